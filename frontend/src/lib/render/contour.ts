/** Marching squares: where a map crosses zero. */

interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/**
 * Trace the zero contour of `values` (resolution × resolution, row by row); values belong to the centres of cells that
 * are `wide` × `high` pixels.
 */
export function traceContour(pen: Pen, values: Float32Array, resolution: number, wide: number, high: number): void {
  const crossings: number[] = [];
  for (let row = 0; row + 1 < resolution; row++) {
    for (let column = 0; column + 1 < resolution; column++) {
      const at = row * resolution + column;
      const a = values[at] ?? 0;
      const b = values[at + 1] ?? 0;
      const c = values[at + resolution] ?? 0;
      const d = values[at + resolution + 1] ?? 0;
      // Most cells lie wholly on one side.
      if (a > 0 === b > 0 && a > 0 === c > 0 && a > 0 === d > 0) continue;
      crossings.length = 0;
      if (a > 0 !== b > 0) crossings.push(column + a / (a - b), row);
      if (b > 0 !== d > 0) crossings.push(column + 1, row + b / (b - d));
      if (c > 0 !== d > 0) crossings.push(column + c / (c - d), row + 1);
      if (a > 0 !== c > 0) crossings.push(column, row + a / (a - c));
      for (let index = 0; index + 3 < crossings.length; index += 4) {
        pen.moveTo(((crossings[index] ?? 0) + 0.5) * wide, ((crossings[index + 1] ?? 0) + 0.5) * high);
        pen.lineTo(((crossings[index + 2] ?? 0) + 0.5) * wide, ((crossings[index + 3] ?? 0) + 0.5) * high);
      }
    }
  }
}

/**
 * The same contour as whole lines, each a row of x, y, so that it can be dashed: a dash does not go on from one segment of
 * `traceContour` to the next.
 */
export function contourLines(values: Float32Array, resolution: number, wide: number, high: number): number[][] {
  const segments = new Segments();
  traceContour(segments, values, resolution, wide, high);
  return joined(segments.ends);
}

class Segments implements Pen {
  ends: [x: number, y: number][] = [];

  moveTo(x: number, y: number): void {
    this.ends.push([x, y]);
  }

  lineTo(x: number, y: number): void {
    this.ends.push([x, y]);
  }
}

/** Pairs of ends to lines: two segments that meet share the crossing of one edge, number for number. */
function joined(ends: readonly [x: number, y: number][]): number[][] {
  const meeting = new Map<string, number[]>();
  const keys = ends.map(([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}`);
  keys.forEach((key, end) => meeting.set(key, [...(meeting.get(key) ?? []), end]));
  const used = new Uint8Array(ends.length / 2);
  const follow = (from: number): number[] => {
    const line: number[] = [];
    let end: number | undefined = from;
    while (end !== undefined) {
      used[end >> 1] = 1;
      const far: number = end ^ 1;
      line.push(...(ends[far] ?? []));
      end = meeting.get(keys[far] ?? '')?.find((other) => used[other >> 1] === 0);
    }
    return line;
  };
  const lines: number[][] = [];
  // From loose ends first, so that an open line is not begun in its middle; what is left are rings.
  const loose = keys.flatMap((key, end) => (meeting.get(key)?.length === 1 ? [end] : []));
  for (const start of [...loose, ...ends.keys()]) {
    if (used[start >> 1] === 0) lines.push([...(ends[start] ?? []), ...follow(start)]);
  }
  return lines;
}

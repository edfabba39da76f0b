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

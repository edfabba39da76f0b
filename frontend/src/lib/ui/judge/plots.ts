/** Where things lie in a plot, and round numbers along its axes. Pure. */

export interface Axis {
  label: string;
  low: number;
  high: number;
  ticks: number[];
  write: (value: number) => string;
}

/** Something in a plot that can be pointed at, in data units, and what is said of it. */
export interface Spot {
  x: number;
  y: number;
  said: string;
}

const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** From 0 to 100 per cent. */
export function shareAxis(label: string): Axis {
  return { label, low: 0, high: 1, ticks: SHARES, write: (value) => `${Math.round(value * 100)}` };
}

/** An axis that holds all values, with about four round ticks. */
export function numberAxis(label: string, low: number, high: number, write: (value: number) => string): Axis {
  const from = Number.isFinite(low) ? low : 0;
  const to = Number.isFinite(high) && high > from ? high : from + 1;
  const step = roundStep((to - from) / 4);
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  return { label, low: from, high: to, ticks: Array.from({ length: Math.max(0, count) }, (_, n) => (first + n) * step), write };
}

/** 1, 2 or 5 times a power of ten, at least as large. */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const digit = [1, 2, 5, 10].find((candidate) => candidate * power >= atLeast * (1 - 1e-9)) ?? 10;
  return digit * power;
}

/** Least and greatest of several columns. */
export function extent(...columns: ArrayLike<number>[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const column of columns) {
    for (let row = 0; row < column.length; row++) {
      const value = column[row] ?? NaN;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/** The spot nearest to a place, distances as `far` measures them. */
export function nearestSpot(spots: readonly Spot[], far: (spot: Spot) => number): number | null {
  let best: number | null = null;
  let least = Infinity;
  spots.forEach((spot, index) => {
    const distance = far(spot);
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

/** SVG path of a line through points in pixels. */
export const linePath = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

/** SVG path that a round line cap makes a dot at each place. */
export const dotPath = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join('');

/** A precision-recall curve is a staircase: the precision of a step holds from the recall before. */
export function staircase(points: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return before ? [{ x: before.x, y: point.y }, point] : [point];
  });
}

export interface Group {
  from: number;
  to: number;
  rows: number;
  mean: number;
}

/** Rows grouped along one column in equal steps, with the mean of another: a scatter plot as a table. */
export function grouped(along: ArrayLike<number>, of: ArrayLike<number>, groups: number): Group[] {
  const [low, high] = extent(along);
  const width = (high - low) / groups || 1;
  const sums = Array.from({ length: groups }, () => ({ rows: 0, sum: 0 }));
  for (let row = 0; row < along.length; row++) {
    const group = sums[Math.min(groups - 1, Math.floor(((along[row] ?? low) - low) / width))];
    if (!group) continue;
    group.rows += 1;
    group.sum += of[row] ?? 0;
  }
  return sums.map(({ rows, sum }, index) => ({
    from: low + index * width,
    to: low + (index + 1) * width,
    rows,
    mean: sum / rows,
  }));
}

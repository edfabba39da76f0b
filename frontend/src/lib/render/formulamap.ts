/** The map of a formula: over the two columns it reads, all others held at their mean. Pure. */
import { PLANE_REACH } from './features';
import type { Dots } from './points';

/** Of one column over the rows at hand. */
interface Extent {
  low: number;
  high: number;
  mean: number;
}

export interface FormulaMap {
  /** The columns drawn: the first runs to the right, the second upwards. */
  axes: readonly [string, string];
  /** Scaled to [−1, 1]; `x` and `y` from −1 to 1. */
  value: (x: number, y: number) => number;
}

const STEPS = 24;

/** What columns reach from and to. The plane is known without its rows; null where there are none yet. */
export function extentsOf(columns: readonly string[], rows: Dots | null, onPlane: boolean): Map<string, Extent> | null {
  if (onPlane) return new Map(columns.map((name) => [name, { low: -PLANE_REACH, high: PLANE_REACH, mean: 0 }]));
  if (!rows || rows.count === 0) return null;
  return new Map(columns.map((name, column) => [name, extent(rows, column)]));
}

function extent(rows: Dots, column: number): Extent {
  let [low, high, sum] = [Infinity, -Infinity, 0];
  for (let row = 0; row < rows.count; row++) {
    const value = rows.inputs[row * rows.columns + column] ?? 0;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  return { low, high, mean: sum / rows.count };
}

/** On the plane the axes are x1 and x2 whatever the formula reads. */
export function formulaMap(
  formula: { value: (row: (column: string) => number) => number; columns: ReadonlySet<string> },
  extents: ReadonlyMap<string, Extent>,
): FormulaMap {
  const names = [...extents.keys()];
  const read = names.length === 2 ? names : [...formula.columns, ...names.filter((name) => !formula.columns.has(name))];
  const [first = '', second = ''] = read;
  const raw = (x: number, y: number): number =>
    formula.value((column) => {
      const known = extents.get(column);
      if (!known) return 0;
      const place = column === first ? x : column === second ? y : null;
      return place === null ? known.mean : known.low + ((place + 1) / 2) * (known.high - known.low);
    });
  let reach = 0;
  for (let row = 0; row < STEPS; row++) {
    for (let column = 0; column < STEPS; column++) reach = Math.max(reach, Math.abs(raw(place(column), place(row))));
  }
  return { axes: [first, second], value: (x, y) => raw(x, y) / (reach || 1) };
}

const place = (step: number): number => (2 * (step + 0.5)) / STEPS - 1;

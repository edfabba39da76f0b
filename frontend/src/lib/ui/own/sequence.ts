/** Where a hand is on the plot of a sequence, as a step and a value. Pure. */

/** `SequencePlot` leaves this share free on either side. */
const ASIDE = 4 / 200;
const ABOVE = 4 / 44;

/** The nearest of so many steps; `across` is a share of the plot's width. */
export function stepAt(across: number, steps: number): number {
  const along = (across - ASIDE) / (1 - 2 * ASIDE);
  return Math.min(steps - 1, Math.max(0, Math.round(along * Math.max(1, steps - 1))));
}

/** `down` is a share of the plot's height. */
export function valueAt(down: number, [low, high]: readonly [number, number]): number {
  const up = 1 - (down - ABOVE) / (1 - 2 * ABOVE);
  return Number((low + Math.min(1, Math.max(0, up)) * (high - low)).toFixed(3));
}

export const withValue = (values: readonly number[], place: number, value: number): number[] =>
  values.map((old, at) => (at === place ? value : old));

/** What a network says at every step of a row, and what it should. Pure. */
import type { Rows } from './samples.svelte';

/** The likeliest class at each step of (steps, classes). */
export function likeliest(outputs: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: Math.floor(outputs.length / classes) }, (_, step) => {
    let best = 0;
    for (let at = 1; at < classes; at++) {
      if ((outputs[step * classes + at] ?? 0) > (outputs[step * classes + best] ?? 0)) best = at;
    }
    return best;
  });
}

/** What a row's last answer should be: its only one, but where every step has one. */
export function lastTarget(rows: Rows, index: number): number | null {
  return rows.targets[(index + 1) * rows.answers - 1] ?? null;
}

/** All answers of a row. */
export const targetsOf = (rows: Rows, index: number): Float32Array =>
  rows.targets.subarray(index * rows.answers, (index + 1) * rows.answers);

/** Share of the steps at which both say the same. */
export function agreement(said: readonly number[], wanted: ArrayLike<number>): number {
  return said.length === 0 ? 0 : said.filter((token, step) => token === wanted[step]).length / said.length;
}

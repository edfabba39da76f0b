/** The curves of pinned runs behind the live one. Pure. */

export interface Ghost {
  name: string;
  updates: readonly number[];
  values: readonly (number | null)[];
}

/** A ghost never presses the live curve into less than this part of the width. */
const LEAST_SHARE = 0.25;

/** The updates the chart spans: the live run, and as much of the longest ghost as leaves it room to be seen. */
export function spanned(low: number | null, high: number | null, ghosts: readonly Ghost[]): [number, number] | null {
  const starts = ghosts.flatMap(({ updates }) => updates.slice(0, 1));
  const ends = ghosts.flatMap(({ updates }) => updates.slice(-1));
  if (ends.length === 0) return low === null || high === null || low === high ? null : [low, high];
  const end = Math.max(...ends);
  if (low === null || high === null || high <= 0) return [Math.min(...starts), end];
  return [Math.min(low, ...starts), Math.max(high, Math.min(end, high / LEAST_SHARE))];
}

/** Lowest and highest value of the ghosts up to this update, together with those of the live curve. */
export function reached(low: number | null, high: number | null, ghosts: readonly Ghost[], until: number): [number | null, number | null] {
  let [least, most] = [low, high];
  for (const { updates, values } of ghosts) {
    for (let at = 0; at < values.length && (updates[at] ?? 0) <= until; at++) {
      const value = values[at];
      if (value === null || value === undefined) continue;
      least = least === null ? value : Math.min(least, value);
      most = most === null ? value : Math.max(most, value);
    }
  }
  return [least, most];
}

/** Labels, from the top down, moved so that they neither lie on each other nor leave the plot. */
export function spread(labels: { y: number }[], apart: number, top: number, bottom: number): void {
  labels.sort((one, other) => one.y - other.y);
  let free = top;
  for (const label of labels) {
    label.y = Math.max(free, label.y);
    free = label.y + apart;
  }
  let limit = bottom;
  for (const label of labels.toReversed()) {
    label.y = Math.min(limit, label.y);
    limit = label.y - apart;
  }
}

export const shortened = (name: string, most: number): string => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

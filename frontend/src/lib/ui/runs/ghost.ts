/** A pinned answer over the plane, ready to be drawn. Pure. */
import { projection, rangeScale } from '../../render/values';
import { fromBase64 } from '../../state/base64';
import type { PinnedMap, PinnedRun } from '../../state/pins.svelte';
import type { TensorView } from '../../wire/frame';

export interface GhostMap {
  levels: TensorView;
  range: TensorView;
  /** Value to [−1, 1]. */
  project: (value: number) => number;
}

/** The latest pinned run whose answer can be laid on the live one: asked for alike, of the same data set and task. */
export function ghostOf(runs: readonly PinnedRun[], live: { title: string; task: string; ask: string; domain: readonly number[] }): PinnedRun | null {
  const domain = JSON.stringify(live.domain);
  const fits = ({ title, task, map }: PinnedRun): boolean =>
    map !== null && title === live.title && task === live.task && map.ask === live.ask && JSON.stringify(map.domain) === domain;
  return runs.findLast(fits) ?? null;
}

export function ghostMap(map: PinnedMap, task: PinnedRun['task']): GhostMap {
  const { levels, units, resolution, low, high, activation, scale } = map;
  return {
    levels: { data: fromBase64(levels), shape: [units, resolution, resolution] },
    range: { data: Float32Array.of(low, high), shape: [2] },
    project: task === 'regression' ? (value) => value / scale : projection('output', activation, rangeScale(low, high)),
  };
}

/** The `statistics` stream of one layer, named. */

import type { FrameStore } from '../state/frames';

export interface LayerStatistics {
  readonly mean: number;
  readonly deviation: number;
  /** Fraction of units that answer every row alike. */
  readonly dead: number;
  /** Fraction of activations where their function is flat. */
  readonly saturated: number;
  /** Euclidean norm of the gradient of the weights. */
  readonly gradient: number;
  /** Norm of the next update over norm of the weights. */
  readonly step: number;
  readonly counts: ArrayLike<number>;
  readonly low: number;
  readonly high: number;
  readonly finite: boolean;
}

export function statisticsOf(frames: FrameStore, channel: string, layers: Iterable<string>): Map<string, LayerStatistics> {
  const found = new Map<string, LayerStatistics>();
  for (const layer of layers) {
    const figures = frames.get(channel, layer)?.data;
    const range = frames.get(channel, `${layer}.range`)?.data;
    const counts = frames.get(channel, `${layer}.histogram`)?.data;
    if (figures === undefined || range === undefined || counts === undefined) continue;
    const at = (index: number): number => figures[index] ?? NaN;
    found.set(layer, {
      mean: at(0),
      deviation: at(1),
      dead: at(2),
      saturated: at(3),
      gradient: at(4),
      step: at(5),
      counts,
      low: range[0] ?? 0,
      high: range[1] ?? 0,
      finite: figures.every(Number.isFinite) && range.every(Number.isFinite),
    });
  }
  return found;
}

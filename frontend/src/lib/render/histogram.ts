/** A layer's activations over the training rows, as bars whose colour is the activation's own. */

import type { Palette } from './colors';

export interface HistogramView {
  readonly counts: ArrayLike<number>;
  /** Value at the left edge of the first bar and the right edge of the last. */
  readonly low: number;
  readonly high: number;
}

/** Bar heights, 0 to 1: the square root shows rare values beside common ones. A value that occurs is never invisible. */
export function barHeights(counts: ArrayLike<number>): number[] {
  let most = 1;
  for (let bar = 0; bar < counts.length; bar++) most = Math.max(most, counts[bar] ?? 0);
  return Array.from({ length: counts.length }, (_, bar) => Math.sqrt((counts[bar] ?? 0) / most));
}

/** The ramp value of each bar: its middle, lifted off the neutral so that it stays visible around zero. */
export function barValues(view: HistogramView): number[] {
  const scale = Math.max(1, Math.abs(view.low), Math.abs(view.high));
  const step = (view.high - view.low) / view.counts.length;
  return Array.from({ length: view.counts.length }, (_, bar) => {
    const value = (view.low + (bar + 0.5) * step) / scale;
    return 0.7 * value + (value < 0 ? -0.12 : 0.12);
  });
}

/** Fill the canvas; `mark` draws a line at that value. */
export function drawHistogram(
  context: CanvasRenderingContext2D,
  view: HistogramView,
  palette: Palette,
  size: { readonly width: number; readonly height: number },
  mark?: number,
): void {
  const { width, height } = size;
  context.clearRect(0, 0, width, height);
  const heights = barHeights(view.counts);
  const values = barValues(view);
  const barWidth = width / heights.length;
  heights.forEach((share, bar) => {
    if (share === 0) return;
    const tall = Math.max(1, share * (height - 2));
    context.fillStyle = palette.ramp.css(values[bar] ?? 0);
    context.fillRect(bar * barWidth, height - 1 - tall, Math.max(1, barWidth - 1), tall);
  });
  context.fillStyle = palette.line2;
  context.fillRect(0, height - 1, width, 1);
  if (mark === undefined || view.high <= view.low) return;
  const share = Math.min(1, Math.max(0, (mark - view.low) / (view.high - view.low)));
  context.fillStyle = palette.accent;
  context.fillRect(Math.min(width - 2, share * width - 1), 0, 2, height);
}

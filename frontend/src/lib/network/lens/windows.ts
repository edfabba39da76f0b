/** Which numbers lie under a window or a kernel: the arithmetic of `spec/layers/windows.py`, axis by axis. Pure. */
import type { ConvTranspose2d } from '../../schema.gen';
import { range } from './tensors';

export type Padding = ConvTranspose2d['padding'];

export const pair = (sides: number | readonly [number, number]): readonly [number, number] =>
  typeof sides === 'number' ? [sides, sides] : sides;

/** One axis of a window that slides. */
export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
}

/** Something under the window: its place on the axis, outside of it where it is padding, and its place in the kernel. */
export interface Tap {
  readonly at: number;
  readonly kernel: number;
}

const reach = ({ kernel, dilation }: Axis): number => (kernel - 1) * dilation + 1;

/** Zeros before and after the axis. */
export function edges(axis: Axis): readonly [before: number, after: number] {
  const { size, stride, padding } = axis;
  if (typeof padding === 'number') return [padding, padding];
  if (padding === 'valid') return [0, 0];
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach(axis) - size);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

export function taps(axis: Axis, place: number): Tap[] {
  const start = place * axis.stride - edges(axis)[0];
  return range(axis.kernel).map((kernel) => ({ at: start + kernel * axis.dilation, kernel }));
}

/** The place whose window has its middle nearest to this number of the axis. */
export function placeNear(axis: Axis, at: number): number {
  return Math.round((at + edges(axis)[0] - (reach(axis) - 1) / 2) / axis.stride);
}

/** What is left out before the full result of a transposed convolution; negative: zeros added. */
function cutBefore({ kernel, stride, padding }: Axis): number {
  if (typeof padding === 'number') return padding;
  return padding === 'valid' ? 0 : Math.floor(Math.max(kernel - stride, 0) / 2);
}

/** The numbers of the axis whose kernels, put down `stride` apart, reach this place of the result. */
export function transposedTaps(axis: Axis, place: number): Tap[] {
  const from = place + cutBefore(axis);
  return range(axis.size)
    .map((at) => ({ at, kernel: from - at * axis.stride }))
    .filter(({ kernel }) => kernel >= 0 && kernel < axis.kernel);
}

export const transposedPlaceNear = (axis: Axis, at: number): number =>
  at * axis.stride - cutBefore(axis) + Math.floor(axis.kernel / 2);

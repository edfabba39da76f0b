/** A fitted model's map as the renderer takes it: the same shape and terms as the network's. */
import { projection } from '../../render/values';
import type { ModelMap } from '../../schema.gen';
import type { TensorView } from '../../wire/frame';

export interface Answer {
  levels: TensorView;
  range: TensorView;
  /** Value to [−1, 1]; `spread` is that of the network's regression maps, in standard deviations of the target. */
  project: (value: number) => number;
}

export function answerOf({ levels, units, resolution, low, high, activation }: ModelMap, spread: number): Answer {
  const bytes = Uint8Array.from(atob(levels), (character) => character.charCodeAt(0));
  return {
    levels: { data: bytes, shape: [units, resolution, resolution] },
    range: { data: Float32Array.of(low, high), shape: [2] },
    project: activation === 'linear' ? (value) => value / spread : projection('output', activation, 1),
  };
}

/** Which layer of an autoencoder holds its code, and what its answers are in the data's own units. Pure. */
import type { Rows } from '../../state/samples.svelte';

/** The narrowest hidden layer with at least the two units that two axes show; the first of equals. */
export function codeLayerOf<Layer extends { units: number }>(layers: readonly Layer[]): Layer | null {
  return layers.reduce<Layer | null>(
    (best, layer) => (layer.units >= 2 && (best === null || layer.units < best.units) ? layer : best),
    null,
  );
}

export const inOwnUnits = (values: ArrayLike<number>, { shift, width }: NonNullable<Rows['scale']>): number[] =>
  Array.from(values, (value, place) => (shift[place] ?? 0) + (width[place] ?? 1) * value);

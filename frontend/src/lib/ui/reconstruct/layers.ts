/** Which layer of an autoencoder holds its code. Pure. */

/** The narrowest hidden layer with at least the two units that two axes show; the first of equals. */
export function codeLayerOf<Layer extends { units: number }>(layers: readonly Layer[]): Layer | null {
  return layers.reduce<Layer | null>(
    (best, layer) => (layer.units >= 2 && (best === null || layer.units < best.units) ? layer : best),
    null,
  );
}

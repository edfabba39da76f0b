/** UMAP (McInnes et al. 2018) by umap-js: a plane on which neighbours stay neighbours. Seeded: the same rows, the same picture. */
import { UMAP } from 'umap-js';

import type { TensorView } from '../../wire/frame';

/** How many rows around each are its neighbourhood, and how near the nearest may come: the method's own usual values. */
const NEIGHBOURS = 15;
const MIN_DISTANCE = 0.1;
const SEED = 2018;

/**
 * rows (rows, numbers) -> (rows, 2), around zero. `onshare` hears how much is done, from 0 to 1. At least 4 rows.
 *
 * Throws where there is nothing to lay out: rows that are all alike have no neighbourhoods.
 */
export function laidOut({ data, shape }: TensorView, onshare: (share: number) => void): Float32Array {
  const [rows = 0, numbers = 0] = shape;
  const points = Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * numbers, (row + 1) * numbers)));
  if (points.every((point) => point.every((value, at) => value === points[0]?.[at]))) {
    throw new RangeError('All these rows are alike to this layer: there is nothing to lay out');
  }
  const umap = new UMAP({ nComponents: 2, nNeighbors: Math.min(NEIGHBOURS, rows - 1), minDist: MIN_DISTANCE, random: seeded(SEED) });
  const epochs = umap.initializeFit(points);
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    onshare((epoch + 1) / epochs);
  }
  return centred(umap.getEmbedding());
}

function centred(places: readonly (readonly number[])[]): Float32Array {
  const middle = [0, 1].map((axis) => {
    const along = places.map((place) => place[axis] ?? 0);
    return (Math.min(...along) + Math.max(...along)) / 2;
  });
  return Float32Array.from(places.flatMap((place) => [0, 1].map((axis) => (place[axis] ?? 0) - (middle[axis] ?? 0))));
}

/** Numbers from 0 to 1 by mulberry32: the method draws its beginning and its counterexamples. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

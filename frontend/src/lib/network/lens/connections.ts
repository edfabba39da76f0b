/** Single connections of a sparse layer, cut and restored. Pure but for the draft. */
import type { Experiment, SparseDense } from '../../schema.gen';

type Connection = readonly [unit: number, source: number];

const same = ([unit, source]: Connection) => ([u, s]: Connection): boolean => u === unit && s === source;

/** Whatever was said of this connection before, only this is said of it now. */
export function cutOrRestore(draft: Experiment, index: number, connection: Connection, isThere: boolean): void {
  const layer = draft.network.layers[index];
  if (layer?.type !== 'sparse_dense') return;
  const others = (list: SparseDense['cut']): SparseDense['cut'] => list.filter((one) => !same(connection)(one));
  const [cut, restored] = [others(layer.cut), others(layer.restored)];
  const one: [number, number] = [connection[0], connection[1]];
  layer.cut = isThere ? [...cut, one] : cut;
  layer.restored = isThere ? restored : [...restored, one];
}

import { describe, expect, it } from 'vitest';

import type { Experiment, SparseDense } from '../../schema.gen';
import { cutOrRestore } from './connections';

function draft(layer: Partial<SparseDense>): Experiment {
  return { network: { layers: [{ type: 'sparse_dense', cut: [], restored: [], ...layer }] } } as unknown as Experiment;
}

const layerOf = ({ network }: Experiment): Pick<SparseDense, 'cut' | 'restored'> => {
  const { cut, restored } = network.layers[0] as SparseDense;
  return { cut, restored };
};

describe('a single connection', () => {
  it('is cut where it is there and restored where it is not, said once', () => {
    const experiment = draft({ cut: [[0, 1]], restored: [[2, 2]] });
    cutOrRestore(experiment, 0, [0, 1], false);
    expect(layerOf(experiment)).toEqual({ cut: [], restored: [[2, 2], [0, 1]] });
    cutOrRestore(experiment, 0, [2, 2], true);
    expect(layerOf(experiment)).toEqual({ cut: [[2, 2]], restored: [[0, 1]] });
  });

  it('of a layer that is no longer sparse is left alone', () => {
    const experiment = { network: { layers: [{ type: 'dense' }] } } as unknown as Experiment;
    cutOrRestore(experiment, 0, [0, 0], true);
    expect(experiment.network.layers[0]).toEqual({ type: 'dense' });
  });
});

import { describe, expect, it } from 'vitest';

import { experiment } from '../../state/fixtures';
import { asJson } from '../../state/experiments';
import type { PinnedRun } from '../../state/pins.svelte';
import { differences, inWords, labelOf } from './differences';
import { best, figures } from './figures';
import { nameOf } from './names';

const base = experiment();
const faster = experiment((draft) => (draft.training.optimizer.learning_rate = 0.3));

describe('what sets runs apart', () => {
  it('is listed setting by setting, nothing that is equal', () => {
    const other = experiment((draft) => {
      draft.training.optimizer = { type: 'momentum', learning_rate: 0.03, momentum: 0.9 };
      draft.data.seed = 4;
    });
    expect(differences([base, faster, other].map(asJson))).toEqual([
      { path: 'data.seed', label: 'Data seed', values: ['0', '0', '4'], isOther: [false, false, true] },
      { path: 'training.optimizer.type', label: 'Optimizer', values: ['sgd', 'sgd', 'momentum'], isOther: [false, false, true] },
      { path: 'training.optimizer.learning_rate', label: 'Learning rate', values: ['0.03', '0.3', '0.03'], isOther: [false, true, false] },
      { path: 'training.optimizer.momentum', label: 'Momentum', values: ['–', '–', '0.9'], isOther: [false, false, true] },
    ]);
    expect(differences([base, base].map(asJson))).toEqual([]);
    expect(differences([asJson(base)])).toEqual([]);
  });

  it('names layers by their place, and a layer only some have as a whole', () => {
    const deeper = experiment((draft) => {
      const [first] = draft.network.layers;
      if (first?.type !== 'dense') return;
      draft.network.layers.push({ ...first, name: 'dense_3', units: 3, activation: 'relu', initializer: 'he_uniform' });
      first.units = 8;
    });
    const [units, third, ...rest] = differences([base, deeper].map(asJson));
    expect(rest).toEqual([]);
    expect([units?.label, units?.values]).toEqual(['Layer 1 neurons', ['4', '8']]);
    expect([third?.label, third?.values[0]]).toEqual(['Layer 3', '–']);
    expect(third?.values[1]).toContain('dense, neurons 3, relu, he uniform');
  });

  it('is written for people', () => {
    expect(labelOf(['training', 'regularization', 'rate'])).toBe('Regularisation rate');
    expect(labelOf(['data', 'train_fraction'])).toBe('Train share');
    expect([-0.5, 1e-7, true, 'he_normal', [], ['x1', 'x2'], null].map((value) => inWords(value))).toEqual([
      '−0.5', '1e−7', 'on', 'he normal', 'none', 'x1, x2', '–',
    ]);
  });

  it('names a run by the one thing in which it differs from the live one', () => {
    const run = { number: 3, name: null, experiment: faster } as PinnedRun;
    expect(nameOf(run, base)).toBe('Learning rate 0.3');
    expect(nameOf(run, faster)).toBe('Run 3');
    expect(nameOf({ ...run, name: 'quick' }, base)).toBe('quick');
  });

  it('finds the one best score, and none where two share it', () => {
    const point = (test_accuracy: number) => ({ update: 5, epoch: 1, train_loss: 0.1, test_loss: null, test_accuracy });
    const rows = figures([0.5, 0.75].map(point));
    expect(rows.map(({ label }) => label)).toEqual(['Updates', 'Epochs', 'Train loss', 'Test accuracy']);
    const accuracy = rows.at(-1);
    expect([accuracy?.written, accuracy && best(accuracy)]).toEqual([['50.0 %', '75.0 %'], 1]);
    expect(best({ label: '', written: [], values: [1, 1, 0], better: 'high' })).toBeNull();
  });
});

/** Facts about a made-up run for the tests of this folder. */
import type { Point } from '../schema.gen';
import { experiment } from '../state/fixtures';
import type { Facts, LayerHealth } from './facts';

export function layer(overrides: Partial<LayerHealth> = {}): LayerHealth {
  return {
    name: 'dense_1', title: 'Dense 8', position: 1, role: 'hidden', units: 8, learns: true, activation: 'relu',
    dead: 0, saturated: 0.1, gradient: 0.1, step: 2e-3, ...overrides,
  };
}

export const output = layer({ name: 'output', title: 'Output', position: 9, role: 'output', units: 1, activation: null, gradient: 0.31 });

export function facts(overrides: Partial<Facts> = {}): Facts {
  return {
    experiment: experiment(),
    data: { task: 'classification', classes: ['orange', 'blue'], kind: 'plane' },
    layers: [layer(), output],
    points: curve(40, () => 0.4, () => 0.42),
    update: 4_000,
    since: 0,
    divergence: null,
    gentlerRate: 0.003,
    counts: null,
    most: { units: 512, samples: 10_000, layers: 256 },
    ...overrides,
  };
}

/** `count` points, one every hundred updates; losses by place from 0 to 1. Accuracy follows the loss unless it is said. */
export function curve(
  count: number,
  train: (at: number) => number,
  test: (at: number) => number,
  right: (at: number) => number = () => 0.9,
): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const at = index / (count - 1);
    return {
      update: 100 * (index + 1),
      epoch: index,
      train_loss: train(at),
      test_loss: test(at),
      train_accuracy: right(at),
      test_accuracy: right(at) - (test(at) > 1.5 * train(at) ? 0.1 : 0),
    };
  });
}

/** An experiment for tests. */
import type { Experiment } from '../schema.gen';
import { PLAIN } from './data';

export function experiment(change: (draft: Experiment) => void = () => undefined): Experiment {
  const made: Experiment = {
    version: 1,
    data: {
      ...structuredClone(PLAIN),
      source: 'synthetic',
      name: 'circle',
      samples: 500,
      noise: 0,
      train_fraction: 0.5,
      features: ['x1', 'x2'],
      seed: 0,
    },
    network: {
      layers: [
        { type: 'dense', name: 'dense_1', units: 4, activation: 'tanh', initializer: 'glorot_uniform', dropout: 0, frozen: false },
        { type: 'dense', name: 'dense_2', units: 2, activation: 'tanh', initializer: 'glorot_uniform', dropout: 0, frozen: false },
      ],
      output_initializer: 'glorot_uniform',
      output_frozen: false,
      pins: [],
    },
    training: {
      loss: 'auto',
      loss_parameters: { gamma: 2, delta: 1 },
      class_weights: 'none',
      batch_size: 10,
      optimizer: { type: 'sgd', learning_rate: 0.03 },
      schedule: { type: 'constant', warmup: 0 },
      clipping: { type: 'none', limit: 1 },
      regularization: { type: 'none', rate: 0 },
      stop: {},
      seed: 0,
    },
  };
  change(made);
  return made;
}

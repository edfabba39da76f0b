/** An experiment for tests. */
import type { Experiment } from '../schema.gen';

export function experiment(change: (draft: Experiment) => void = () => undefined): Experiment {
  const made: Experiment = {
    version: 1,
    data: {
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
        { type: 'dense', name: 'dense_1', units: 4, activation: 'tanh', initializer: 'glorot_uniform' },
        { type: 'dense', name: 'dense_2', units: 2, activation: 'tanh', initializer: 'glorot_uniform' },
      ],
      output_initializer: 'glorot_uniform',
    },
    training: {
      loss: 'auto',
      batch_size: 10,
      optimizer: { type: 'sgd', learning_rate: 0.03 },
      regularization: { type: 'none', rate: 0 },
      seed: 0,
    },
  };
  change(made);
  return made;
}

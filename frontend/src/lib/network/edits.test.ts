import { describe, expect, it } from 'vitest';

import type { Catalog, Experiment } from '../schema.gen';
import { experiment as plain } from '../state/fixtures';
import { changeLayer, coefficients, complaint, fieldBounds, learningRateBounds, optimizerOf, scheduleOf } from './edits';

function experiment(units: number[]): Experiment {
  const layers = units.map((count, index) => ({
    type: 'dense' as const,
    name: `dense_${index + 1}`,
    units: count,
    activation: 'relu' as const,
    initializer: 'he_uniform' as const,
    dropout: 0,
    frozen: false,
  }));
  return {
    version: 1,
    data: { ...plain().data, source: 'synthetic', name: 'xor', samples: 500, noise: 0, features: ['x1', 'x2', 'x1*x2'] },
    network: { layers, output_initializer: 'glorot_uniform', output_frozen: false, pins: [] },
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
}

const catalog = {
  schemas: {
    experiment: {
      $defs: {
        Sgd: { properties: { type: { const: 'sgd' }, learning_rate: { default: 0.03, exclusiveMinimum: 0, maximum: 10 } } },
        StepSchedule: {
          properties: { warmup: { default: 0 }, type: { const: 'step', default: 'step' }, every: { default: 1000 }, factor: { default: 0.5 } },
        },
        Stop: { properties: { epochs: { anyOf: [{ minimum: 1, maximum: 9 }, { const: null }], default: null } } },
        Adam: {
          properties: {
            type: { const: 'adam', default: 'adam' },
            learning_rate: { default: 0.005 },
            b1: { default: 0.9, minimum: 0, exclusiveMaximum: 1 },
          },
        },
      },
    },
  },
} as unknown as Catalog;

it('changes a layer by its place', () => {
  const draft = experiment([8, 4]);
  changeLayer(draft, 1, { units: 5, activation: 'sine' });
  expect(draft.network.layers).toMatchObject([{ name: 'dense_1', units: 8 }, { name: 'dense_2', units: 5, activation: 'sine' }]);
});

describe('optimizers', () => {
  it('come with the defaults and bounds of the schema and keep the learning rate', () => {
    expect(optimizerOf(catalog, 'adam', 0.1)).toEqual({ type: 'adam', learning_rate: 0.1, b1: 0.9 });
    expect(coefficients(catalog, 'adam')).toEqual([
      { name: 'b1', label: 'First moment decay β₁', bounds: { low: 0, high: 1, openLow: false, openHigh: true } },
    ]);
    expect(coefficients(catalog, 'sgd')).toEqual([]);
  });

  it('say what is wrong with a number and what to do', () => {
    const bounds = learningRateBounds(catalog);
    expect(complaint(0.03, bounds, false)).toBeNull();
    expect(complaint(0, bounds, false)).toBe('Choose more than 0');
    expect(complaint(11, bounds, false)).toBe('Choose 10 or less');
    expect(complaint(NaN, bounds, false)).toBe('Type a number, e.g. 0.01 or 1e-3');
    expect(complaint(2.5, { low: 1, high: 9, openLow: false, openHigh: false }, true)).toBe('Type a whole number');
  });
});

it('gives a new schedule its own defaults and keeps the warm-up', () => {
  expect(scheduleOf(catalog, 'step', 7)).toEqual({ type: 'step', every: 1000, factor: 0.5, warmup: 7 });
});

it('knows the bounds of a field that may be left out', () => {
  expect(fieldBounds(catalog, 'Stop', 'epochs')).toEqual({ low: 1, high: 9, openLow: false, openHigh: false });
});

import { describe, expect, it } from 'vitest';

import { store, tensor } from '../render/fixtures';
import { layers } from '../render/fixtures';
import { NetworkValues } from '../render/values';
import { equationOf, rounded, sketchOf, sorted } from './equation';

const frames = store(
  {
    u: {
      'dense_1.inputs': tensor([3], [0.5, -2, 0]),
      'dense_1.weights': tensor([3], [1, 0.25, 7]),
      'dense_1.bias': tensor([1], [0.125]),
      'dense_1.z': tensor([1], [0.125]),
      'dense_1.a': tensor([1], [Math.tanh(0.125)]),
      'dense_1.outgoing': tensor([2], [0.5, -0.5]),
    },
  },
  { u: 42 },
);

describe('the equation of a neuron', () => {
  const equation = equationOf(frames, 'u', 'dense_1');

  it('adds up: signals plus bias are z', () => {
    expect(equation?.terms.map((term) => term.signal)).toEqual([0.5, -0.5, 0]);
    expect(equation?.sum).toBe(0);
    expect((equation?.sum ?? NaN) + (equation?.bias ?? NaN)).toBe(equation?.z);
    expect(equation?.update).toBe(42);
    expect(equation?.outgoing).toEqual([0.5, -0.5]);
  });

  it('is nothing before the first frame', () => {
    expect(equationOf(frames, 'u', 'dense_2')).toBeNull();
  });

  it('sorts by strength, keeping which unit a signal is from', () => {
    expect(sorted(equation?.terms ?? [], true).map((term) => term.unit)).toEqual([0, 1, 2]);
  });
});

it('is sketched from the numbers on the screen until the exact ones arrive', () => {
  const network = layers([1]);
  const [x, hidden, output] = network;
  const tensors = {
    a: { x: tensor([2], [0.5, -2]), dense_1: tensor([1], [0.1]), output: tensor([1], [0]) },
    w: { dense_1: tensor([1, 2], [1, 0.25]), 'dense_1.bias': tensor([1], [0.125]), output: tensor([1, 1], [3]) },
  };
  const values = new NetworkValues();
  values.refresh(store(tensors, { a: 5, w: 5 }), { activations: 'a', weights: 'w', gradients: undefined, statistics: undefined }, network);
  const sketch = x && hidden && output ? sketchOf(values, x, hidden, 0, output) : null;
  expect(sketch).toMatchObject({ update: 5, sum: 0, bias: 0.125, z: 0.125, outgoing: [3] });
  expect(sketch?.terms.map((term) => term.input)).toEqual([0.5, -2]);
});

it('writes figures that add up', () => {
  // 1.0004 + 2.0004 = 3.0008: each rounded on its own would say 1.000 + 2.000 = 3.001.
  const { sum, bias, z } = rounded({ bias: 2.0004, z: 3.0008 }, 3);
  expect(sum + bias).toBeCloseTo(z, 9);
  expect(z).toBe(3.001);
});

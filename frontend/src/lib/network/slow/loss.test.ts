import { describe, expect, it } from 'vitest';

import { drawn, noise } from '../lens/fixtures';
import { range, type Part } from '../lens/tensors';
import { formulaOf, lossOf, termsOfLoss, type Objective } from './loss';

const objective = (loss: string, head: string): Objective => ({ loss, head, gamma: 2, delta: 0.5 });
const part = (name: string, data: number[], shape = [data.length]): Part => ({ name, data, shape, offset: 0 });
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const softmax = (z: number[]): number[] => z.map((own) => Math.exp(own) / z.reduce((sum, other) => sum + Math.exp(other), 0));

describe('the loss of one sample', () => {
  const z = [0.4, -1.2, 2.1];

  it('of classes is what their probabilities say', () => {
    for (const label of [0, 1, 2]) {
      const p = softmax(z)[label] ?? NaN;
      expect(lossOf(objective('cross_entropy', 'softmax'), { z, target: [label] }).value).toBeCloseTo(-Math.log(p), 12);
      expect(lossOf(objective('focal', 'softmax'), { z, target: [label] }).value).toBeCloseTo(-((1 - p) ** 2) * Math.log(p), 12);
    }
    for (const label of [0, 1]) {
      const p = label === 1 ? sigmoid(0.7) : 1 - sigmoid(0.7);
      expect(lossOf(objective('cross_entropy', 'sigmoid'), { z: [0.7], target: [label] }).value).toBeCloseTo(-Math.log(p), 12);
      expect(lossOf(objective('focal', 'sigmoid'), { z: [0.7], target: [label] }).value).toBeCloseTo(-((1 - p) ** 2) * Math.log(p), 12);
    }
  });

  it('stays finite however sure the network is', () => {
    expect(lossOf(objective('cross_entropy', 'sigmoid'), { z: [-900], target: [1] }).value).toBe(900);
    expect(lossOf(objective('cross_entropy', 'softmax'), { z: [900, 0], target: [1] }).value).toBeCloseTo(900, 9);
  });

  it('of a margin is how much of it is missing', () => {
    expect(lossOf(objective('hinge', 'tanh'), { z: [0.3], target: [0] }).value).toBeCloseTo(1.3, 12);
    expect(lossOf(objective('hinge', 'tanh'), { z: [3], target: [1] }).value).toBe(0);
    expect(lossOf(objective('hinge', 'softmax'), { z, target: [0] }).value).toBeCloseTo(1 + 2.1 - 0.4, 12);
  });

  it('of numbers is a mean over outputs of what their residuals come to', () => {
    const target = [0.1, -1.0, 3.0];
    const mean = (of: (residual: number) => number): number => z.reduce((sum, own, at) => sum + of(own - (target[at] ?? NaN)), 0) / 3;
    const value = (loss: string): number => lossOf(objective(loss, 'linear'), { z, target }).value;
    expect(value('squared_error')).toBeCloseTo(mean((r) => 0.5 * r * r), 12);
    expect(value('absolute_error')).toBeCloseTo(mean(Math.abs), 12);
    expect(value('log_cosh')).toBeCloseTo(mean((r) => Math.log(Math.cosh(r))), 12);
    expect(value('huber')).toBeCloseTo(mean((r) => (Math.abs(r) <= 0.5 ? 0.5 * r * r : 0.5 * (Math.abs(r) - 0.25))), 12);
  });

  it('of numbers on classes is a sum of distances to the sides', () => {
    const signs = [-1, 1, -1];
    const expected = z.reduce((sum, own, at) => sum + 0.5 * (Math.tanh(own) - (signs[at] ?? 0)) ** 2, 0);
    expect(lossOf(objective('squared_error', 'tanh'), { z, target: [1] }).value).toBeCloseTo(expected, 12);
    expect(lossOf(objective('absolute_error', 'tanh'), { z: [0.5], target: [0] }).value).toBeCloseTo(Math.tanh(0.5) + 1, 12);
  });

  it('of steps is their mean, with a row for each', () => {
    const steps = drawn('a', [4, 3], noise(5));
    const target = part('target', [0, 2, 1, 1]);
    const found = termsOfLoss(objective('cross_entropy', 'softmax'), steps, steps, target);
    const each = range(4).map((step) => -Math.log(softmax(range(3).map((at) => steps.data[3 * step + at] ?? NaN))[target.data[step] ?? 0] ?? NaN));
    expect(found.rows.map(({ cells }) => cells[1]?.value)).toEqual(each.map((one) => expect.closeTo(one, 12) as number));
    expect(found.value).toBeCloseTo(each.reduce((sum, one) => sum + one, 0) / 4, 12);
  });

  it('shows z, answer and target of every output', () => {
    const { rows, heads } = termsOfLoss(objective('cross_entropy', 'softmax'), part('a', z), part('answer', softmax(z)), part('target', [2]));
    expect(heads).toEqual(['z', 'answer', 'target']);
    expect(rows.map(({ cells }) => cells[2]?.value)).toEqual([0, 0, 1]);
    expect(rows[1]?.cells[0]).toEqual({ value: -1.2, from: 'a:1' });
  });

  it('has a formula for every loss there is', () => {
    for (const loss of ['cross_entropy', 'focal', 'hinge', 'squared_error', 'absolute_error', 'huber', 'log_cosh']) {
      expect(formulaOf(objective(loss, 'linear'), 1, 1)).toMatch(/^L = /);
    }
    expect(formulaOf(objective('squared_error', 'tanh'), 2, 1)).toContain('tanh');
    expect(formulaOf(objective('cross_entropy', 'softmax'), 2, 9)).toContain('mean over steps');
  });
});

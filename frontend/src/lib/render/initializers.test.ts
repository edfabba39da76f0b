import { describe, expect, it } from 'vitest';

import { counted, density, distributionOf, reachOf } from './initializers';

describe('initial distributions', () => {
  it.each([
    ['glorot_uniform', 8, 6, 6 / 14 / 3],
    ['glorot_normal', 8, 6, 2 / 14],
    ['he_uniform', 8, 6, 2 / 8],
    ['he_normal', 8, 6, 2 / 8],
    ['lecun_normal', 8, 6, 1 / 8],
    ['playground', 8, 6, 1 / 12],
  ] as const)('%s has the variance of its rule, and density that adds up to 1', (initializer, fanIn, fanOut, variance) => {
    const distribution = distributionOf(initializer, fanIn, fanOut);
    const reach = 2 * reachOf(distribution);
    const step = reach / 20_000;
    let [mass, second] = [0, 0];
    for (let at = -reach + step / 2; at < reach; at += step) {
      mass += density(distribution, at) * step;
      second += at * at * density(distribution, at) * step;
    }
    expect(mass).toBeCloseTo(1, 3);
    expect(second).toBeCloseTo(variance, 3);
  });

  it('counts every value once, the far ones at the ends', () => {
    const { counts } = counted([-9, -0.9, 0.1, 0.2, 1, 7], 1, 4);
    expect(counts).toEqual([2, 0, 2, 2]);
  });
});

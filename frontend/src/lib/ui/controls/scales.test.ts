import { describe, expect, it } from 'vitest';

import { linear, wholeLog } from './scales';

describe('scales', () => {
  it('step evenly', () => {
    const noise = linear(0, 0.5, 0.01);
    expect([0, 0.5, 1].map(noise.toValue)).toEqual([0, 0.25, 0.5]);
    expect(noise.toValue(0.333)).toBe(0.17);
    expect(noise.toPosition(0.1)).toBeCloseTo(0.2);
  });

  it('step by whole round numbers in the logarithm', () => {
    const samples = wholeLog(10, 10_000);
    expect([0, 1 / 3, 2 / 3, 1].map(samples.toValue)).toEqual([10, 100, 1000, 10_000]);
    expect(samples.toValue(0.5)).toBe(320);
    expect(samples.toPosition(100)).toBeCloseTo(1 / 3);
  });

  it('survive a range of one value', () => {
    expect(wholeLog(1, 1).toValue(0.5)).toBe(1);
  });
});

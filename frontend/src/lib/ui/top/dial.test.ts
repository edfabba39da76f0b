import { describe, expect, it } from 'vitest';

import { DIAL_END, STOPS, toPosition, toRate } from './dial';

describe('the speed dial', () => {
  it('has its named stops where they are written', () => {
    expect(STOPS.map((stop) => toRate(stop.position))).toEqual([1, 10, 100, 1000, null]);
  });

  it('is continuous in between and never goes back', () => {
    const rates = Array.from({ length: 79 }, (_, step) => toRate(step * 0.05) ?? Infinity);
    expect(rates.every((rate, index) => index === 0 || rate >= (rates[index - 1] ?? 0))).toBe(true);
    expect(new Set(rates).size).toBeGreaterThan(60);
  });

  it('finds the position of a rate', () => {
    for (const rate of [1, 7, 30, 450, 5000]) expect(toRate(toPosition(rate))).toBe(rate);
    expect(toPosition(null)).toBe(DIAL_END);
    expect(toPosition(1e6)).toBeLessThan(DIAL_END);
    expect(toPosition(0.01)).toBe(0);
  });
});

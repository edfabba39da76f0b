import { describe, expect, it } from 'vitest';

import { dotPath, extent, grouped, linePath, nearestSpot, numberAxis, roundStep, staircase } from './plots';

describe('axes', () => {
  it.each([
    [0.03, 0.05],
    [1, 1],
    [2.2, 5],
    [60, 100],
  ])('steps of at least %f are %f', (atLeast, step) => expect(roundStep(atLeast)).toBeCloseTo(step));

  it('have round ticks inside their range', () => {
    const { ticks, low, high } = numberAxis('', 23, 311, String);
    expect(ticks).toEqual([100, 200, 300]);
    expect([low, high]).toEqual([23, 311]);
  });

  it('keep a width where all values are the same or there are none', () => {
    expect(numberAxis('', 5, 5, String).high).toBeGreaterThan(5);
    const [low, high] = extent([]);
    expect(numberAxis('', low, high, String)).toMatchObject({ low: 0, high: 1 });
  });
});

describe('drawings', () => {
  it('join points, or leave them apart as dots', () => {
    expect(linePath([[0, 1], [2, 3]])).toBe('M0.0 1.0L2.0 3.0');
    expect(dotPath([[0, 1], [2, 3]])).toBe('M0.0 1.0h0M2.0 3.0h0');
  });

  it('hold the precision of a step from the recall before', () => {
    expect(staircase([{ x: 0, y: 1 }, { x: 0.5, y: 0.8 }])).toEqual([{ x: 0, y: 1 }, { x: 0, y: 0.8 }, { x: 0.5, y: 0.8 }]);
  });

  it('find the nearest spot, and none among none', () => {
    const spots = [{ x: 0, y: 0, said: '' }, { x: 3, y: 4, said: '' }];
    expect(nearestSpot(spots, ({ x }) => Math.abs(x - 2))).toBe(1);
    expect(nearestSpot([], () => 0)).toBeNull();
  });

  it('group a scatter plot into a table', () => {
    const [first, second] = grouped([0, 1, 9, 10], [2, 4, 6, 8], 2);
    expect(first).toEqual({ from: 0, to: 5, rows: 2, mean: 3 });
    expect(second).toEqual({ from: 5, to: 10, rows: 2, mean: 7 });
  });
});

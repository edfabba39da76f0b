import { describe, expect, it } from 'vitest';

import { columns, last, logRange, logTicks, short } from './series';

describe('the timeline', () => {
  it('reads losses and scores, leaving out what is missing', () => {
    const points = [
      { update: 1, epoch: 0, train_loss: 0.5, test_loss: null, train_accuracy: 0.5, test_accuracy: 0.25 },
      { update: 2, epoch: 0, train_loss: 0, test_loss: 0.25, train_r2: -1, test_r2: 0.5 },
    ];
    expect(columns(points, 'loss', false)).toEqual([
      [1, 2],
      [0.5, 0],
      [null, 0.25],
    ]);
    expect(columns(points, 'loss', true)[1]).toEqual([0.5, 1e-12]);
    expect(columns(points, 'score', true)[2]).toEqual([0.25, 0.5]);
  });

  it('finds the last known value', () => {
    expect(last([1, 2, null])).toBe(2);
    expect(last([])).toBeNull();
  });

  it('labels decades, fewer where they are many', () => {
    expect(logTicks(0.005, 2, 4)).toEqual([0.01, 0.1, 1]);
    expect(logTicks(1e-9, 2, 4)).toEqual([1e-9, 1e-6, 1e-3, 1].map((value) => expect.closeTo(value, 12)));
    expect(logTicks(0.15, 0.7, 4)).toEqual([0.2, 0.5]);
  });

  it('has a range where there is no data', () => {
    expect(logRange(null, null)).toEqual([0.1, 1]);
    const [low, high] = logRange(0.2, 0.2);
    expect(low).toBeLessThan(0.2);
    expect(high).toBeGreaterThan(0.2);
  });

  it('writes updates in short', () => {
    expect([0, 950, 12_000, 2_500_000, 1e9, 4.2e11].map(short)).toEqual(['0', '950', '12k', '2.5M', '10⁹', '4·10¹¹']);
  });
});

import { expect, test } from 'vitest';

import { stepAt, valueAt, withValue } from './sequence';

test('the nearest step and the value under a hand are found', () => {
  // The plot is 200 × 44 with a margin of 4; five steps stand 48 apart.
  for (const [x, step] of [[0, 0], [4, 0], [27, 0], [29, 1], [100, 2], [196, 4], [200, 4]] as const) {
    expect(stepAt(x / 200, 5)).toBe(step);
  }
  expect(stepAt(0.5, 1)).toBe(0);
  for (const [y, value] of [[0, 1.5], [4, 1.5], [22, 0], [40, -1.5], [44, -1.5], [13, 0.75]] as const) {
    expect(valueAt(y / 44, [-1.5, 1.5])).toBeCloseTo(value, 3);
  }
  expect(withValue([1, 2, 3], 1, 9)).toEqual([1, 9, 3]);
});

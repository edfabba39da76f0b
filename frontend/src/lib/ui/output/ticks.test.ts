import { describe, expect, it } from 'vitest';

import { mapTicks, trimmed } from './ticks';

describe('numbers along a map', () => {
  it('are the quarters of the plane', () => {
    expect(mapTicks(-6, 6, true, String).map(({ label }) => label)).toEqual(['-6', '-3', '0', '3', '6']);
  });

  it('are round and where they belong along a column', () => {
    expect(mapTicks(0.7, 7.2, false, String)).toEqual([2, 4, 6].map((value) => ({ at: (value - 0.7) / 6.5, label: String(value) })));
  });

  it('end with a figure that says something', () => {
    expect(['1.00', '0.50', '100', '−2.0', '0.125'].map(trimmed)).toEqual(['1', '0.5', '100', '−2', '0.125']);
  });
});

import { describe, expect, it } from 'vitest';

import { reached, shortened, spanned, spread, type Ghost } from './ghosts';

const GHOST: Ghost = { name: 'Run 1', updates: [0, 500, 1000], values: [0.9, null, 0.1] };

describe('ghosts of pinned runs', () => {
  it('widen the chart, but leave the live curve a quarter of it', () => {
    expect(spanned(0, 2000, [GHOST])).toEqual([0, 2000]);
    expect(spanned(0, 800, [GHOST])).toEqual([0, 1000]);
    expect(spanned(0, 100, [GHOST])).toEqual([0, 400]);
  });

  it('are shown whole while the live run has no points, and change nothing where there are none', () => {
    expect(spanned(null, null, [GHOST])).toEqual([0, 1000]);
    expect(spanned(0, 0, [GHOST])).toEqual([0, 1000]);
    expect(spanned(3, 9, [])).toEqual([3, 9]);
  });

  it('count towards the heights only as far as they are seen', () => {
    expect(reached(0.3, 0.5, [GHOST], 1000)).toEqual([0.1, 0.9]);
    expect(reached(0.3, 0.5, [GHOST], 999)).toEqual([0.3, 0.9]);
    expect(reached(null, null, [], 10)).toEqual([null, null]);
  });

  it('keep their names apart and inside', () => {
    const labels = [{ y: 98 }, { y: 97 }, { y: 99 }, { y: -5 }];
    spread(labels, 10, 0, 100);
    expect(labels.map(({ y }) => y)).toEqual([0, 80, 90, 100]);
    expect([shortened('learning rate', 8), shortened('Run 1', 8)]).toEqual(['learnin…', 'Run 1']);
  });
});

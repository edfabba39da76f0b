import { describe, expect, it } from 'vitest';

import { describeSchedule, horizon, shareAt, type Schedule } from './schedule';

describe('the schedule', () => {
  it.each<[string, Schedule, [number, number][]]>([
    ['constant', { type: 'constant', warmup: 0 }, [[0, 1], [1e6, 1]]],
    ['warm-up', { type: 'constant', warmup: 4 }, [[0, 0.25], [3, 1], [4, 1]]],
    ['step', { type: 'step', every: 10, factor: 0.5, warmup: 0 }, [[9, 1], [10, 0.5], [29, 0.25]]],
    ['exponential', { type: 'exponential', every: 10, factor: 0.25, warmup: 2 }, [[2, 1], [7, 0.5], [12, 0.25]]],
    ['cosine', { type: 'cosine', updates: 100, floor: 0.2, warmup: 0 }, [[0, 1], [50, 0.6], [100, 0.2], [999, 0.2]]],
  ])('%s goes through the points of its formula', (_, schedule, points) => {
    for (const [update, share] of points) expect(shareAt(schedule, update)).toBeCloseTo(share, 12);
  });

  it('is drawn as far as something happens, and beyond where the run is', () => {
    const cosine: Schedule = { type: 'cosine', updates: 10_000, floor: 0, warmup: 500 };
    expect(horizon(cosine, 0)).toBeGreaterThan(10_500);
    expect(horizon(cosine, 80_000)).toBeGreaterThan(80_000);
  });

  it('is said in words', () => {
    expect(describeSchedule({ type: 'step', every: 1_000, factor: 0.5, warmup: 0 })).toBe('The rate is multiplied by 0.5 every 1,000 updates');
    expect(describeSchedule({ type: 'constant', warmup: 1 })).toBe('Rises over the first 1 update, then stays as it is');
  });
});

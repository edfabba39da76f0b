import { describe, expect, it } from 'vitest';

import type { Point } from '../schema.gen';
import { MetricsHistory, thin } from './metrics.svelte';

const points = (...updates: number[]): Point[] => updates.map((update) => ({ update, epoch: 0, train_loss: 1 / (update + 1) }));
const updates = (history: MetricsHistory): number[] => history.points.map((point) => point.update);
const message = (run: string, ...at: number[]) => ({ type: 'metrics' as const, run, points: points(...at) });

describe('MetricsHistory', () => {
  it('appends what is new', () => {
    const history = new MetricsHistory();
    history.restart('1');
    history.add(message('1', 1, 2));
    history.add(message('1', 2, 3));
    expect(updates(history)).toEqual([1, 2, 3]);
    expect(history.latest?.update).toBe(3);
  });

  it('starts over with a run from update 0', () => {
    const history = new MetricsHistory();
    history.restart('1');
    history.add(message('1', 1, 2));
    history.beginRun('2', null);
    expect(updates(history)).toEqual([]);
    expect(history.latest).toBeNull();
  });

  it('cuts the curve where a rewind or a resume began and marks the place', () => {
    const history = new MetricsHistory();
    history.restart('1');
    history.add(message('1', 10, 20, 30));
    history.beginRun('2', 20);
    history.add(message('2', 25));
    expect(updates(history)).toEqual([10, 20, 25]);
    expect(history.marks).toEqual([{ run: '2', update: 20 }]);
  });

  it('takes points of another run as a new one', () => {
    const history = new MetricsHistory();
    history.restart('1');
    history.add(message('1', 10, 20));
    history.add(message('2', 5));
    expect(updates(history)).toEqual([5]);
  });

  it('stays bounded and keeps both ends', () => {
    const history = new MetricsHistory();
    history.restart('1');
    for (let update = 1; update <= 20_000; update++) history.add(message('1', update));
    expect(history.points.length).toBeLessThanOrEqual(8_000);
    expect([updates(history)[0], updates(history).at(-1)]).toEqual([1, 20_000]);
  });

  it('thins the older half only', () => {
    expect(thin(points(1, 2, 3, 4, 5, 6, 7, 8)).map((point) => point.update)).toEqual([1, 3, 5, 6, 7, 8]);
  });
});

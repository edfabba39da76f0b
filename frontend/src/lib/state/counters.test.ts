import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Counters } from './counters.svelte';

let counters: Counters;
beforeEach(() => {
  vi.useFakeTimers();
  counters = new Counters(() => Date.now());
});
afterEach(() => vi.useRealTimers());

/** `updates` more every `everyMs`, for `times`. */
function run(from: number, updates: number, everyMs: number, times: number): number {
  for (let step = 1; step <= times; step++) {
    vi.advanceTimersByTime(everyMs);
    counters.see(from + step * updates, 0);
  }
  vi.advanceTimersByTime(200);
  return from + updates * times;
}

describe('Counters', () => {
  it('shows where the run is, a few times a second', () => {
    counters.see(5, 1);
    expect(counters.update).toBe(0);
    vi.advanceTimersByTime(100);
    expect([counters.update, counters.epoch]).toEqual([5, 1]);
  });

  it('measures fast and slow runs', () => {
    run(0, 1000, 33, 100);
    expect(counters.updatesPerSecond).toBeCloseTo(1000 / 0.033, -2);
    counters.rest();
    run(200_000, 1, 1000, 6);
    expect(counters.updatesPerSecond).toBeCloseTo(1, 5);
  });

  it('is not fooled by a burst after a pause', () => {
    const at = run(0, 100, 50, 60);
    vi.advanceTimersByTime(5_000);
    counters.see(at + 5_000, 0);
    counters.see(at + 10_000, 0);
    vi.advanceTimersByTime(200);
    expect(counters.updatesPerSecond).toBeLessThan(3_000);
  });

  it('passes over what comes late', () => {
    run(0, 100, 50, 60);
    const before = counters.updatesPerSecond;
    counters.see(5_900, 0);
    vi.advanceTimersByTime(100);
    expect([counters.update, counters.updatesPerSecond]).toEqual([6_000, before]);
  });

  it('starts anew with another run', () => {
    run(0, 100, 50, 60);
    counters.restart(0, 0);
    vi.advanceTimersByTime(200);
    expect([counters.update, counters.updatesPerSecond]).toEqual([0, null]);
  });
});

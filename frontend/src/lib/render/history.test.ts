import { describe, expect, it } from 'vitest';

import type { TensorView } from '../wire/frame';
import { across, apart, bandsAt, historyOf, MARGINS, momentAt, quantile, scaleOf, shareBelow, type History } from './history';

const SHARES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
const history = (...moments: number[][]): History => ({
  updates: moments.map((_, at) => at * 100),
  shares: SHARES,
  values: moments.flat(),
});
const EVEN = history([-10, -9, -5, 0, 5, 9, 10]);

describe('what a frame tells', () => {
  const tensors = new Map<string, TensorView>([
    ['dense_1.updates', { data: Uint32Array.from([0, 7, 0, 9, 5_000, 123]), shape: [3, 2] }],
    ['dense_1.weights', { data: Float32Array.from([...[1, 2, 3, 4, 5, 6, 7], ...Array<number>(7).fill(NaN), ...[2, 3, 4, 5, 6, 7, 8]]), shape: [3, 7] }],
  ]);

  it('counts updates beyond what 32 bits hold, and leaves out moments without numbers', () => {
    const found = historyOf(tensors, 'dense_1', 'weights', SHARES);
    expect(found?.updates).toEqual([7, 5_000_000_123]);
    expect(quantile(found ?? EVEN, 1, 0.5)).toBe(5);
  });

  it('is nothing where the layer has no such numbers', () => {
    expect(historyOf(tensors, 'dense_1', 'gradients', SHARES)).toBeNull();
    expect(historyOf(tensors, 'other', 'weights', SHARES)).toBeNull();
  });
});

describe('the share below a value', () => {
  it('is the quantile turned round, linear between two, nothing below the least and all from the largest on', () => {
    for (const [place, share] of SHARES.entries()) expect(shareBelow(EVEN, 0, EVEN.values[place] ?? 0)).toBeCloseTo(share, 9);
    expect(shareBelow(EVEN, 0, 2.5)).toBeCloseTo(0.625, 9);
    expect(shareBelow(EVEN, 0, -11)).toBe(0);
    expect(shareBelow(EVEN, 0, 99)).toBe(1);
  });

  it('counts all that is alike at once', () => {
    expect(shareBelow(history([0, 0, 0, 0, 1, 2, 3]), 0, 0)).toBe(0.5);
  });
});

describe('scales', () => {
  it.each(['linear', 'log'] as const)('%s goes from the least to the largest, is monotone and goes back', (name) => {
    const scale = scaleOf(EVEN, name);
    expect([scale.to(-10), scale.to(10)]).toEqual([0, 1]);
    expect(scale.to(1)).toBeGreaterThan(scale.to(0.5));
    for (const value of [-9, -0.01, 0, 0.3, 10]) expect(scale.from(scale.to(value))).toBeCloseTo(value, 9);
  });

  it('log gives the small numbers room', () => {
    const outlying = history([-100, -0.2, -0.1, 0, 0.1, 0.2, 100]);
    expect(scaleOf(outlying, 'linear').to(0.2) - 0.5).toBeLessThan(0.01);
    expect(scaleOf(outlying, 'log').to(0.2) - 0.5).toBeGreaterThan(0.05);
  });

  it.each(['linear', 'log'] as const)('%s has room around numbers that are all alike', (name) => {
    for (const value of [0, 3, -2]) {
      const scale = scaleOf(history(SHARES.map(() => value)), name);
      expect(scale.to(value)).toBeGreaterThan(0);
      expect(scale.to(value)).toBeLessThan(1);
    }
  });
});

describe('bands', () => {
  it('cover everything from the least to the largest, and change colour at zero', () => {
    const bands = bandsAt(history([-4, -3, -1, 1, 2, 3, 4]), 0, scaleOf(history([-4, -3, -1, 1, 2, 3, 4]), 'linear'));
    expect(bands[0]?.bottom).toBe(0);
    expect(bands.at(-1)?.top).toBe(1);
    for (const [at, band] of bands.entries()) {
      if (at > 0) expect(band.bottom).toBeCloseTo(bands[at - 1]?.top ?? NaN, 9);
      expect(Math.sign(band.tone)).toBe(band.top <= 0.5 ? -1 : 1);
    }
  });

  it('are fuller where the numbers lie denser, and never beyond what maps use', () => {
    const narrow = history([-100, -1, -0.5, 0, 0.5, 1, 100]);
    const tones = bandsAt(narrow, 0, scaleOf(narrow, 'linear')).map(({ tone }) => Math.abs(tone));
    expect(tones[1]).toBeGreaterThan(tones[0] ?? 1);
    expect(Math.max(...tones)).toBeLessThanOrEqual(0.54);
  });
});

describe('places', () => {
  const size = { width: 300, height: 200 };
  const two = history([0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6]);

  it('lead from updates to pixels and back to the nearest moment', () => {
    const { toX, toUpdate } = across(two, size);
    expect([toX(0), toX(200)]).toEqual([MARGINS.left, size.width - MARGINS.right]);
    expect(toUpdate(toX(100))).toBeCloseTo(100, 9);
    expect(momentAt(two, toUpdate(-50))).toBe(0);
    expect(momentAt(two, toUpdate(toX(100) + 10))).toBe(1);
    expect(momentAt(two, toUpdate(1_000))).toBe(2);
  });

  it('keep names apart, in order and inside', () => {
    const placed = apart([10, 11, 12, 95, 99], 0, 100, 12);
    expect(placed[0]).toBeGreaterThanOrEqual(0);
    expect(placed.at(-1)).toBeLessThanOrEqual(100);
    for (let at = 1; at < placed.length; at++) expect((placed[at] ?? 0) - (placed[at - 1] ?? 0)).toBeGreaterThanOrEqual(12);
  });
});

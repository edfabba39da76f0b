import { describe, expect, it } from 'vitest';

import type { TensorView } from '../../wire/frame';
import { laidOut } from './umap';

const GROUPS = 3;
const EACH = 30;
const NUMBERS = 12;
const ROWS = GROUPS * EACH;

/** Groups around places of their own, by a generator that has nothing to do with the one under test. */
function grouped(): TensorView {
  let state = 1;
  const drawn = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  const middles = Array.from({ length: GROUPS }, () => Array.from({ length: NUMBERS }, () => 8 * drawn()));
  const data = Float32Array.from({ length: ROWS * NUMBERS }, (_, at) => {
    const row = Math.floor(at / NUMBERS);
    return (middles[row % GROUPS]?.[at % NUMBERS] ?? 0) + drawn();
  });
  return { data, shape: [ROWS, NUMBERS] };
}

/** By row, the others from the nearest to the farthest. */
function ordered({ data, shape }: TensorView): number[][] {
  const [rows = 0, numbers = 0] = shape;
  const distance = (one: number, other: number): number => {
    let sum = 0;
    for (let at = 0; at < numbers; at++) sum += ((data[one * numbers + at] ?? 0) - (data[other * numbers + at] ?? 0)) ** 2;
    return sum;
  };
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: rows }, (_, other) => other)
      .filter((other) => other !== row)
      .sort((one, other) => distance(row, one) - distance(row, other)),
  );
}

/** Venna and Kaski (2001): 1 where all neighbours on the plane were neighbours before, about a half by chance. */
function trustworthiness(before: TensorView, after: TensorView, near: number): number {
  const [was, is] = [ordered(before), ordered(after)];
  let strayed = 0;
  is.forEach((others, row) => {
    for (const other of others.slice(0, near)) strayed += Math.max(0, (was[row]?.indexOf(other) ?? 0) + 1 - near);
  });
  return 1 - (2 * strayed) / (ROWS * near * (2 * ROWS - 3 * near - 1));
}

describe('UMAP', () => {
  const rows = grouped();
  const shares: number[] = [];
  const places: TensorView = { data: laidOut(rows, (share) => shares.push(share)), shape: [ROWS, 2] };

  it('keeps neighbours together', () => {
    expect(trustworthiness(rows, places, 10)).toBeGreaterThan(0.85);
    const strangers: TensorView = { data: Float32Array.from({ length: 2 * ROWS }, (_, at) => (at * 7_919) % 101), shape: [ROWS, 2] };
    expect(trustworthiness(rows, strangers, 10)).toBeLessThan(0.65);
    const alike = ordered(places).flatMap((others, row) => others.slice(0, 10).map((other) => Number(other % GROUPS === row % GROUPS)));
    expect(alike.reduce((sum, one) => sum + one, 0) / alike.length).toBeGreaterThan(0.95);
  });

  it('gives the same picture of the same rows, around zero', () => {
    expect(laidOut(rows, () => undefined)).toEqual(places.data);
    for (const axis of [0, 1]) {
      const along = Array.from({ length: ROWS }, (_, row) => places.data[2 * row + axis] ?? 0);
      expect(Math.min(...along)).toBeCloseTo(-Math.max(...along), 4);
    }
  });

  it('tells how far it is', () => {
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
  });

  it('takes few rows, and says so where all are alike', () => {
    const few: TensorView = { data: rows.data.slice(0, 5 * NUMBERS), shape: [5, NUMBERS] };
    expect(laidOut(few, () => undefined).every(Number.isFinite)).toBe(true);
    const alike: TensorView = { data: new Float32Array(8), shape: [4, 2] };
    expect(() => laidOut(alike, () => undefined)).toThrow('alike');
  });
});

import { describe, expect, it } from 'vitest';

import type { TensorView } from '../wire/frame';
import { readJudgement, rowsOfCell, type ClassJudgement } from './judgement';

const f32 = (shape: number[], ...values: number[]): TensorView => ({ data: Float32Array.from(values), shape });
const u32 = (...values: number[]): TensorView => ({ data: Uint32Array.from(values), shape: [values.length] });

function read(tensors: Record<string, TensorView>): ReturnType<typeof readJudgement> {
  return readJudgement((name) => tensors[name]);
}

const ROWS = { rows: u32(0, 1, 2), of: u32(9), loss: f32([3], 0.1, 0.2, 3), worst: u32(2) };
const TWO_CLASSES: Record<string, TensorView> = {
  ...ROWS,
  figures: f32([4], 0.5, NaN, NaN, NaN),
  confusion: { data: Uint32Array.from([1, 1, 0, 1]), shape: [2, 2] },
  actual: u32(0, 1, 0),
  predicted: u32(0, 1, 1),
  classes: f32([2, 6], 1, 0.5, 0.6, 0.7, 0.8, 2, 0.5, 1, 0.66, NaN, NaN, 1),
  averages: f32([2, 6], 0.75, 0.75, 0.63, 0.7, 0.8, 3, 0.8, 0.6, 0.62, 0.7, 0.8, 3),
};

describe('readJudgement', () => {
  it('waits until all of it is there', () => {
    expect(read({})).toBeNull();
    expect(read(ROWS)).toBeNull();
  });

  it('names the figures of classes and their means', () => {
    const judgement = read(TWO_CLASSES) as ClassJudgement;
    expect(judgement.kind).toBe('classes');
    expect(judgement.of).toBe(9);
    expect(judgement.worst).toEqual([2]);
    expect(judgement.byClass[0]?.recall).toBeCloseTo(0.5);
    expect(judgement.byClass[1]?.support).toBe(1);
    expect(judgement.macro.precision).toBeCloseTo(0.75);
    expect(judgement.weighted.recall).toBeCloseTo(0.6);
    expect(judgement.calibration).toBeNull();
    expect(judgement.roc).toBeNull();
  });

  it('drops repeated points of a curve and the points of one that does not exist', () => {
    const roc = f32([2, 3, 3], 0, 0, 9, 1, 1, 0, 1, 1, 0, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN);
    const judgement = read({ ...TWO_CLASSES, roc }) as ClassJudgement;
    expect(judgement.roc?.map((curve) => curve.length)).toEqual([2, 0]);
    expect(judgement.roc?.[0]?.[1]).toEqual({ x: 1, y: 1, threshold: 0 });
  });

  it('finds the rows of a cell', () => {
    const judgement = read(TWO_CLASSES) as ClassJudgement;
    expect(rowsOfCell(judgement, 0, 1)).toEqual([2]);
    expect(rowsOfCell(judgement, 1, 0)).toEqual([]);
  });

  it('tells numbers from several outputs', () => {
    const figures = f32([5], 0.9, 1, 2, 3, 4);
    const one = { ...ROWS, figures, actual: f32([1], 1), predicted: f32([1], 2), 'histogram.range': f32([2], -7, 7) };
    expect(read(one)).toMatchObject({ kind: 'numbers', reach: 7, largest: 4 });
    const several = read({ ...ROWS, figures, outputs: f32([2, 2], 1, 0, 0.5, 2) });
    expect(several).toMatchObject({ kind: 'vectors', outputs: [{ r2: 1, meanSquared: 0 }, { r2: 0.5, meanSquared: 2 }] });
  });
});

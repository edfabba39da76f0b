import { describe, expect, it } from 'vitest';

import { duration, macroF1, rowsOf, type Measured } from './figures';

const column = (accuracy: number, fitSecs: number | null): Measured => ({
  train: {},
  test: { accuracy },
  fitSecs,
  predictSecs: null,
  size: '3 nodes',
  effort: '1,200 updates',
});

describe('rows of the comparison', () => {
  it('mark the best, also where two share it, and nothing where all are alike', () => {
    const rows = rowsOf('classification', [column(0.9, null), column(0.95, 2), column(0.95, 0.01), null]);
    const of = (label: string) => rows.find((row) => row.label === label);
    expect(of('Test accuracy')?.best).toEqual([1, 2]);
    expect(of('Test accuracy')?.written).toEqual(['90.0 %', '95.0 %', '95.0 %', '–']);
    expect(of('Fitting')?.best).toEqual([2]);
    expect(of('Fitting')?.written[0]).toBe('1,200 updates');
    expect(of('Test loss')?.best).toEqual([]);
    expect(rowsOf('classification', [column(0.9, 1), column(0.9, 1)]).flatMap((row) => row.best)).toEqual([]);
  });

  it('judge numbers by what is left unexplained', () => {
    const [r2, , mae] = rowsOf('regression', [
      { ...column(0, 1), test: { r2: 0.5, mae: 12 } },
      { ...column(0, 1), test: { r2: 0.7, mae: 9 } },
    ]);
    expect([r2?.best, mae?.best]).toEqual([[1], [1]]);
  });
});

describe('durations', () => {
  it('have the unit a person would choose', () => {
    expect([12.34, 0.25, 0.0123, 0.0000123, 0.0000012].map(duration)).toEqual(['12.3 s', '250 ms', '12.3 ms', '12 µs', '1.2 µs']);
  });
});

describe('macro F1', () => {
  it('is the mean over classes that occur', () => {
    // Precision and recall of class 0 are 1/2 and 1, of class 1 both 1/2 … as 2·hits / (actual + predicted).
    expect(macroF1([2, 0, 1, 1], 2)).toBeCloseTo((4 / 5 + 2 / 3) / 2);
    expect(macroF1([2, 0, 0, 0, 0, 0, 0, 0, 0], 3)).toBe(1);
    expect(macroF1([0, 0, 0, 0], 2)).toBeNull();
  });
});

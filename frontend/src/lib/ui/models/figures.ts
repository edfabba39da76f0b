/** The measured rows of the comparison, the network's column first, and which is best in each. Pure. */
import { magnitude } from '../../render/figures';
import type { DataSetFacts, Figures, FittedModel } from '../../schema.gen';
import { loss, measure, percent, r2, whole } from '../format';

/** One column: a fitted model, or the network as it is now. */
export interface Measured {
  train: Partial<Figures>;
  test: Partial<Figures>;
  fitSecs: number | null;
  /** Per row. */
  predictSecs: number | null;
  size: string;
  /** What stands in the row of fitting times where there is no time. */
  effort?: string;
}

export interface Row {
  label: string;
  /** What the label means, for those who ask. */
  meaning: string;
  written: string[];
  /** The places of the best; none where fewer than two can be compared or all are alike. */
  best: number[];
}

const ABSENT = '–';

export function measuredOf({ train, test, fit_secs, predict_secs, predicted_rows, size, size_of }: FittedModel): Measured {
  return {
    train,
    test,
    fitSecs: fit_secs,
    predictSecs: predicted_rows > 0 ? predict_secs / predicted_rows : null,
    size: `${whole(size)} ${size === 1 ? size_of.replace(/s$/, '') : size_of}`,
  };
}

/** `columns` may have gaps: what is still being fitted. */
export function rowsOf(task: DataSetFacts['task'], columns: readonly (Measured | null)[]): Row[] {
  const row = (
    label: string,
    meaning: string,
    read: (column: Measured) => number | null | undefined,
    write: (value: number) => string,
    better: 'high' | 'low',
    instead: (column: Measured) => string | undefined = () => undefined,
  ): Row => {
    const values = columns.map((column) => (column ? (read(column) ?? null) : null));
    // What reads the same is the same to a person.
    const written = values.map((value, place) => {
      const column = columns[place];
      return value === null ? ((column && instead(column)) ?? ABSENT) : write(value);
    });
    return { label, meaning, written, best: bestOf(values, written, better) };
  };
  const share = (value: number): string => `${percent(value)} %`;
  const judged =
    task === 'regression'
      ? [
          row('Test R²', 'Share of the variance that is explained; 1 is perfect', ({ test }) => test.r2, r2, 'high'),
          row('Train R²', 'The same on the rows it was fitted on', ({ train }) => train.r2, r2, 'high'),
          row('Test error', 'Mean absolute error, in the units of the target', ({ test }) => test.mae, measure, 'low'),
        ]
      : [
          row('Test accuracy', 'Share of test rows that are answered rightly', ({ test }) => test.accuracy, share, 'high'),
          row('Train accuracy', 'The same on the rows it was fitted on', ({ train }) => train.accuracy, share, 'high'),
          row('Test F1', 'Mean over classes of the harmonic mean of precision and recall', ({ test }) => test.f1, share, 'high'),
        ];
  return [
    ...judged,
    row('Test loss', 'As the network is trained on; it punishes being sure and wrong', ({ test }) => test.loss, loss, 'low'),
    row('Train loss', 'The same on the rows it was fitted on', ({ train }) => train.loss, loss, 'low'),
    row('Fitting', 'From nothing to the finished model, on one core', ({ fitSecs }) => fitSecs, duration, 'low', ({ effort }) => effort),
    row('Prediction', 'For one row, many rows at once', ({ predictSecs }) => predictSecs, duration, 'low'),
    { label: 'Size', meaning: 'What it has learned', written: columns.map((column) => column?.size ?? ABSENT), best: [] },
  ];
}

function bestOf(values: readonly (number | null)[], written: readonly string[], better: 'high' | 'low'): number[] {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return [];
  const target = better === 'high' ? Math.max(...known) : Math.min(...known);
  const text = written[values.indexOf(target)];
  const places = values.flatMap((value, place) => (value !== null && written[place] === text ? [place] : []));
  return places.length === known.length ? [] : places;
}

/** 1.2 s, 34 ms, 5.6 µs */
export function duration(secs: number): string {
  if (secs >= 1) return `${secs.toFixed(1)} s`;
  if (secs >= 1e-3) return `${(secs * 1e3).toFixed(secs >= 0.1 ? 0 : 1)} ms`;
  return secs >= 1e-7 ? `${(secs * 1e6).toFixed(secs >= 1e-5 ? 0 : 1)} µs` : `${magnitude(secs * 1e6)} µs`;
}

/** Macro F1 of a confusion matrix (row actual, column predicted): the mean over classes that occur among either. */
export function macroF1(confusion: ArrayLike<number>, classes: number): number | null {
  const scores: number[] = [];
  for (let label = 0; label < classes; label++) {
    let [actual, predicted] = [0, 0];
    for (let other = 0; other < classes; other++) {
      actual += confusion[label * classes + other] ?? 0;
      predicted += confusion[other * classes + label] ?? 0;
    }
    if (actual + predicted > 0) scores.push((2 * (confusion[label * classes + label] ?? 0)) / (actual + predicted));
  }
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

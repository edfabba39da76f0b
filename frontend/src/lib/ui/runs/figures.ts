/** The measured rows of the table of runs. Pure. */
import type { Point } from '../../schema.gen';
import { loss, percent, r2, whole } from '../format';

export interface FigureRow {
  label: string;
  written: string[];
  values: (number | null)[];
  /** Which end is the better one; null where there is none. */
  better: 'high' | 'low' | null;
}

const ABSENT = '–';

/** One column for each run, by the last point of its curve. */
export function figures(points: readonly (Point | null)[]): FigureRow[] {
  const row = (
    label: string,
    read: (point: Point) => number | null | undefined,
    write: (value: number) => string,
    better: FigureRow['better'],
  ): FigureRow => {
    const values = points.map((point) => (point ? (read(point) ?? null) : null));
    return { label, values, better, written: values.map((value) => (value === null ? ABSENT : write(value))) };
  };
  const rows = [
    row('Updates', (point) => point.update, whole, null),
    row('Epochs', (point) => point.epoch, whole, null),
    row('Train loss', (point) => point.train_loss, loss, null),
    row('Test loss', (point) => point.test_loss, loss, null),
    row('Train accuracy', (point) => point.train_accuracy, (value) => `${percent(value)} %`, null),
    row('Test accuracy', (point) => point.test_accuracy, (value) => `${percent(value)} %`, 'high'),
    row('Train R²', (point) => point.train_r2, r2, null),
    row('Test R²', (point) => point.test_r2, r2, 'high'),
  ];
  return rows.filter(({ values }) => values.some((value) => value !== null));
}

/** The place of the one best run; none where two share it. */
export function best({ values, better }: FigureRow): number | null {
  const known = values.filter((value) => value !== null);
  if (better === null || known.length < 2) return null;
  const top = better === 'high' ? Math.max(...known) : Math.min(...known);
  return known.filter((value) => value === top).length === 1 ? values.indexOf(top) : null;
}

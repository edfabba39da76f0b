/** Raw cells of the rows in words: numbers, days and codes as the person's own table had them. Pure. */
import type { SheetColumn } from '../../schema.gen';
import type { Data } from '../../state/data';
import { sheetColumn } from '../../state/uploaded';
import { measure } from '../format';

const DAY_MS = 86_400_000;

/** What stands in a raw cell. `NaN` is a cell without a value; codes of words count from the most frequent one. */
export function cellText(value: number, column: SheetColumn | undefined): string {
  if (Number.isNaN(value)) return 'missing';
  if (!column || column.type === 'number') return measure(value);
  if (column.type === 'date') return dateText(value);
  return column.categories[value] ?? 'other';
}

/** Of one raw column of the experiment's data. */
export const cellOf = (data: Data, name: string, value: number): string =>
  cellText(value, data.source === 'upload' ? sheetColumn(data, name) : undefined);

function dateText(days: number): string {
  const moment = new Date(days * DAY_MS);
  if (Number.isNaN(moment.getTime())) return measure(days);
  const text = moment.toISOString();
  return Number.isInteger(days) ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
}

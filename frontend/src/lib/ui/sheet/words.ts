/** What the page says about files and columns. Pure. */
import type { ColumnSheet, DataSheet, PublicSet } from '../../schema.gen';
import { PUBLISHED } from '../../state/uploaded';
import { measure, plural, whole } from '../format';

export const TAKEN = 'CSV, TSV, Excel, Parquet, NPZ, IDX, zip of images';

/** 12 MB: decimal, as file managers say it. */
export function bytes(count: number): string {
  if (count < 1000) return plural(Math.round(count), 'byte');
  const [size, unit] = count < 1e6 ? [count / 1e3, 'kB'] : count < 1e9 ? [count / 1e6, 'MB'] : [count / 1e9, 'GB'];
  return `${size < 10 ? size.toFixed(1) : whole(size)} ${unit}`;
}

const ADVICE: Record<string, string> = {
  too_large: 'Upload a part of it, or fewer columns',
  unreachable: 'Check the connection and try again',
};

/** What to do about a refusal whose own sentence does not say it. */
export const advice = (code: string): string | undefined => ADVICE[code];

/** How a refusal begins: what was fetched had not been brought. */
export const refusedAs = (code: string): string => (code === 'no_network' || code === 'fetch_failed' ? 'could not be fetched' : 'was not taken');

const FLOAT_BYTES = 4;

/** "70,000 images of 28 × 28 pixels, 55 MB" */
export function sizeOf({ rows, columns, image_shape: shape }: PublicSet): string {
  if (!shape) return `${plural(rows, 'row')} × ${plural(columns + 1, 'column')}, ${bytes(FLOAT_BYTES * rows * (columns + 1))}`;
  return `${plural(rows, 'image')} of ${shape[0]} × ${shape[1]} pixels${shape[2] === 1 ? '' : ' in colour'}, ${bytes(rows * columns)}`;
}

/** "1,000 rows × 12 columns, 48 kB, from CSV" */
export function about({ rows, columns, stored_bytes, format }: DataSheet): string {
  return `${plural(rows, 'row')} × ${plural(columns.length, 'column')}, ${bytes(stored_bytes)}, from ${format === PUBLISHED ? 'OpenML' : format.toUpperCase()}`;
}

const TYPES: Record<ColumnSheet['type'], string> = {
  number: 'number',
  category: 'category',
  boolean: 'yes or no',
  date: 'date',
  text: 'free text',
  image: 'image',
};

export const typeName = (column: ColumnSheet): string => TYPES[column.type];

/** What is in a column, in a few words. */
export function rangeOf(column: ColumnSheet): string {
  const { type, low, high, earliest, latest, distinct, image_shape: shape } = column;
  if (type === 'image' && shape) return `${shape[0]} × ${shape[1]} pixels, ${shape[2] === 1 ? 'grey' : 'colour'}`;
  if (type === 'date') return earliest && latest ? `${earliest} to ${latest}` : '–';
  if (type === 'number') return isKnown(low) && isKnown(high) ? `${measure(low)} to ${measure(high)}` : '–';
  return isKnown(distinct) ? plural(distinct, 'value') : '–';
}

/** "12 missing, 3.1 %"; nothing where nothing is missing. */
export function missingOf({ missing }: ColumnSheet, rows: number): string | null {
  if (missing === 0) return null;
  const share = (100 * missing) / Math.max(1, rows);
  return `${whole(missing)} missing, ${share < 0.1 ? '<0.1' : share.toFixed(1)} %`;
}

/** The bars of a column in words, for who cannot see them. */
export function contentOf(column: ColumnSheet): string {
  const shown = column.categories.slice(0, 3).map((name, index) => `${name} ${whole(column.counts[index] ?? 0)} times`);
  if (shown.length > 0 && column.type !== 'number') return `Most often ${shown.join(', ')}`;
  return isKnown(column.mean) && isKnown(column.std) ? `Mean ${measure(column.mean)}, deviation ${measure(column.std)}` : rangeOf(column);
}

const isKnown = (value: number | null | undefined): value is number => value !== null && value !== undefined;

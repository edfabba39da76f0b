import { describe, expect, it } from 'vitest';

import type { DataSetFacts, UploadedData } from '../schema.gen';
import { askedAxes, columnsFor, columnsOf, hasMaps, offeredAxes, settledAxes, spanOf, withColumn, type ColumnChoice } from './axes';
import { PLAIN, type Data } from './data';

const facts = (columns: string[], more: Partial<DataSetFacts> = {}): DataSetFacts =>
  ({ kind: 'table', task: 'classification', columns, classes: ['a', 'b'], ...more }) as DataSetFacts;
const TABLE = { ...PLAIN, source: 'bundled', name: 'iris' } as unknown as Data;
const THREE = facts(['length', 'width', 'height']);
const chosen = (...columns: [string, string]): ColumnChoice => ({ type: 'columns', columns, others: 'median' });

const number = { missing: 'mean', encode: 'number', scale: 'standard', categories: 20 };
const OWN = {
  ...PLAIN,
  source: 'upload',
  dataset: 'd',
  inputs: ['age', 'day', 'colour', 'rooms'],
  preparation: { age: number, day: { ...number, encode: 'date_parts' }, colour: { ...number, encode: 'category' }, rooms: { ...number, encode: 'category' } },
  sheet: {
    title: 'Own',
    rows: 9,
    columns: [
      { name: 'age', type: 'number', categories: [], more: false },
      { name: 'day', type: 'date', categories: [], more: false },
      { name: 'colour', type: 'category', categories: ['red', 'blue'], more: false },
      { name: 'rooms', type: 'number', categories: ['1', '2'], more: false },
    ],
  },
} as unknown as UploadedData;

describe('planes that are offered', () => {
  it('are all columns of a table and its principal components', () => {
    expect(offeredAxes(TABLE, THREE)).toEqual({ components: true, columns: ['length', 'width', 'height'] });
  });

  it('leave out columns that are read as words', () => {
    expect(offeredAxes(OWN, facts(OWN.inputs)).columns).toEqual(['age', 'day']);
  });

  it('need two inputs for components', () => {
    const data = { ...TABLE, switched_off: ['width', 'height'] } as Data;
    expect(offeredAxes(data, THREE).components).toBe(false);
  });

  it('are none on the plane, for images, for what is reconstructed, and for a single column', () => {
    for (const other of [{ kind: 'plane' }, { kind: 'image' }, { task: 'reconstruction' }] as const) {
      expect(offeredAxes(TABLE, facts(['a', 'b', 'c'], other))).toEqual({ components: false, columns: [] });
    }
    expect(hasMaps(TABLE, facts(['a'], {}))).toBe(false);
    expect(hasMaps(TABLE, facts(['a', 'b'], { kind: 'image' }))).toBe(false);
    expect(hasMaps(TABLE, facts(['x1', 'x2'], { kind: 'plane' }))).toBe(true);
  });
});

describe('the plane that is shown', () => {
  const offered = offeredAxes(TABLE, THREE);

  it('is that of the components until another is chosen, and of two columns those two', () => {
    expect(settledAxes(null, offered, THREE)).toEqual({ type: 'components' });
    const two = facts(['a', 'b']);
    expect(settledAxes(null, offeredAxes(TABLE, two), two)).toMatchObject({ type: 'columns', columns: ['a', 'b'] });
  });

  it('stays while its columns are there', () => {
    expect(settledAxes(chosen('height', 'width'), offered, THREE)).toEqual(chosen('height', 'width'));
    expect(settledAxes(chosen('height', 'colour'), offered, THREE)).toEqual({ type: 'components' });
  });

  it('falls back to columns where one input makes no components', () => {
    const data = { ...TABLE, switched_off: ['width', 'height'] } as Data;
    const choice = settledAxes({ type: 'components' }, offeredAxes(data, THREE), THREE);
    expect(choice).toMatchObject({ type: 'columns', columns: ['length', 'width'] });
  });

  it('is none where there is nothing to choose', () => {
    expect(settledAxes(chosen('a', 'b'), { components: false, columns: [] }, facts(['x1', 'x2']))).toBeNull();
    expect(columnsOf(['a'])).toBeNull();
  });
});

describe('choosing columns', () => {
  it('puts a column along one axis that is not along the other', () => {
    expect(withColumn(chosen('a', 'b'), 0, 'c')).toEqual(chosen('c', 'b'));
    expect(withColumn(chosen('a', 'b'), 1, 'c')).toEqual(chosen('a', 'c'));
    const offered = { components: true, columns: ['a', 'b', 'c'] };
    expect(columnsFor(offered, chosen('a', 'b'), 0)).toEqual(['a', 'c']);
    expect(columnsFor(offered, chosen('a', 'b'), 1)).toEqual(['b', 'c']);
  });

  it('asks for the others where the sample has them, which moves no row', () => {
    const sample = { split: 'test' as const, index: 4 };
    const asked = askedAxes({ ...chosen('a', 'b'), others: 'sample' }, sample);
    expect(asked).toEqual({ type: 'columns', columns: ['a', 'b'], others: sample });
    expect(spanOf(asked)).toEqual({ type: 'columns', columns: ['a', 'b'] });
    expect(askedAxes(chosen('a', 'b'), sample)).toEqual(chosen('a', 'b'));
  });
});

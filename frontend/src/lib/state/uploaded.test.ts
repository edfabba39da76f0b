import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Catalog, ColumnSheet, DataSheet, UploadedData } from '../schema.gen';
import { fileStem, offeredInputs, sourceFacts } from './data';
import { sheetFor, tasksOf, uploadedFacts, usualPreparation } from './uploaded';

interface Case {
  about: DataSheet;
  data: UploadedData;
  classes: string[];
  columns: string[];
  inputs: string[];
}

const cases = JSON.parse(readFileSync('../tests/golden/uploads.json', 'utf8')) as Case[];
const stems = Object.entries(JSON.parse(readFileSync('../tests/golden/file_stems.json', 'utf8')) as Record<string, string>);

describe('uploaded data', () => {
  it('have the classes, columns and inputs that the server says', () => {
    for (const { data, classes, columns, inputs } of cases) {
      const facts = uploadedFacts(data);
      expect(facts.classes).toEqual(classes);
      expect(facts.columns).toEqual(columns);
      expect(offeredInputs(data, facts)).toEqual(inputs);
    }
  });

  it('have the sheet that the server will write, before it has', () => {
    for (const { data, about } of cases) {
      const told = data.sheet?.columns.toSorted((one, other) => one.name.localeCompare(other.name));
      const made = sheetFor(data, about).columns.toSorted((one, other) => one.name.localeCompare(other.name));
      expect(JSON.parse(JSON.stringify(made))).toMatchObject(JSON.parse(JSON.stringify(told)));
    }
  });

  it('are prepared as the server would unless something else is said', () => {
    for (const { data, about } of cases.slice(0, 1)) {
      for (const name of data.inputs) {
        const column = about.columns.find((one) => one.name === name) as ColumnSheet;
        expect(usualPreparation(column), name).toEqual(data.preparation[name]);
      }
    }
  });

  it.each(stems)('give files the names that the server gives them: %s', (title, stem) => {
    const facts = uploadedFacts(cases[0]?.data as UploadedData);
    expect(fileStem({ ...facts, title })).toBe(stem);
  });

  it('are a public set where the catalog says so', () => {
    const catalog = { public_sets: [{ dataset: 'public-mnist', sentence: 'Handwritten digits' }] } as unknown as Catalog;
    const data = cases[0]?.data as UploadedData;
    expect(sourceFacts(data, catalog).sentence).toBe('Your own data');
    expect(sourceFacts({ ...data, dataset: 'public-mnist' }, catalog).sentence).toBe('Handwritten digits');
  });

  it('say nothing of their columns until the server has', () => {
    const bare = { ...(cases[0]?.data as UploadedData), sheet: null };
    expect(uploadedFacts(bare)).toMatchObject({ kind: 'table', classes: [], title: 'Your data' });
  });

  it('can be predicted as what they are: few whole numbers as classes first', () => {
    const column = (change: Partial<ColumnSheet>): ColumnSheet =>
      ({ name: 'a', type: 'number', missing: 0, distinct: 2, categories: ['0', '1'], counts: [2, 1], others: 0, ...change }) as ColumnSheet;
    expect(tasksOf(column({}))).toEqual(['classification', 'regression']);
    expect(tasksOf(column({ categories: ['0.5', '1'] }))).toEqual(['regression', 'classification']);
    expect(tasksOf(column({ distinct: 500, categories: [], counts: [] }))).toEqual(['regression']);
    expect(tasksOf(column({ type: 'category' }))).toEqual(['classification']);
    expect(tasksOf(column({ type: 'category', distinct: 1, categories: ['a'] }))).toEqual([]);
    expect(tasksOf(column({ type: 'text', distinct: 500, others: 400 }))).toEqual([]);
    expect(tasksOf(column({ type: 'image', categories: [] }))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ColumnSheet, DataSheet, Preparation, PublicSet, UploadedData } from '../../schema.gen';
import { ENCODINGS } from '../../state/uploaded';
import { cellText } from './cells';
import { encodings, fillings, proposal, scalings, withFed, withRecipe, withTarget } from './proposal';
import { rowChoices, rowFloats, withFittingRows } from './rows';
import { about, bytes, contentOf, missingOf, rangeOf, refusedAs, sizeOf } from './words';

interface Case {
  about: DataSheet;
  data: UploadedData;
  row_floats: number;
}

const cases = JSON.parse(readFileSync('../tests/golden/uploads.json', 'utf8')) as Case[];
const [table, , , , , images] = cases.map((one) => one.about) as [DataSheet, unknown, unknown, unknown, unknown, DataSheet];
const columnOf = (name: string): ColumnSheet => table.columns.find((column) => column.name === name) as ColumnSheet;

/** What the server would refuse (`spec/uploaded_checks.py`). */
function refusals(data: UploadedData, sheet: DataSheet): string[] {
  const wrong: string[] = [];
  if (data.inputs.includes(data.target ?? '')) wrong.push('the target is fed');
  if ((data.target ?? null) === null && data.goal !== 'reconstruct') wrong.push('no target and no goal');
  if (new Set(data.inputs).size < data.inputs.length) wrong.push('fed twice');
  for (const name of data.inputs) {
    const recipe = data.preparation[name];
    const column = sheet.columns.find((one) => one.name === name);
    if (!recipe || !column) return [...wrong, `${name} is not prepared`];
    const isWords = recipe.encode === 'category' || recipe.encode === 'ordinal';
    if (!ENCODINGS[column.type].includes(recipe.encode)) wrong.push(`${name} encoded as ${recipe.encode}`);
    if (recipe.missing === 'category' && recipe.encode !== 'category') wrong.push(`${name} has no category for missing`);
    if ((recipe.missing === 'mean' || recipe.missing === 'median') && isWords) wrong.push(`${name}: words have no mean`);
    if (recipe.encode === 'category' && recipe.scale !== 'none') wrong.push(`${name}: categories are scaled`);
    if (column.type === 'image' && data.inputs.length > 1) wrong.push('an image is not alone');
  }
  if (JSON.stringify(Object.keys(data.preparation)) !== JSON.stringify(data.inputs)) wrong.push('recipes of what is not fed');
  return wrong;
}

describe('the proposal', () => {
  it('is what the server suggests', () => {
    const data = proposal(table, 7);
    expect(data).toMatchObject({ dataset: table.id, target: 'species', task: 'classification', goal: 'predict', seed: 7 });
    expect(data.inputs).toEqual(['age', 'colour']);
    expect(data.sheet?.columns.map(({ name }) => name)).toEqual(['species', 'age', 'colour']);
  });

  it('stays one the server takes, whatever is chosen on the sheet and in whatever order', () => {
    const choice = fc.record({
      column: fc.nat(10),
      act: fc.constantFrom('feed', 'leave', 'predict', 'encode', 'missing', 'scale'),
      option: fc.nat(5),
    });
    for (const sheet of [table, images]) {
      fc.assert(
        fc.property(fc.array(choice, { maxLength: 25 }), (choices) => {
          let data = proposal(sheet, 0);
          for (const { column: at, act, option } of choices) {
            const column = sheet.columns[at % sheet.columns.length] as ColumnSheet;
            const recipe = data.preparation[column.name];
            const pick = <Value>(options: { value: Value }[]): Value | undefined => options[option % Math.max(1, options.length)]?.value;
            if (act === 'feed') data = withFed(data, sheet, column.name, true);
            if (act === 'leave') data = withFed(data, sheet, column.name, false);
            if (act === 'predict') data = withTarget(data, sheet, option === 0 ? null : column.name);
            const change: Partial<Preparation> = {};
            if (recipe && act === 'encode') change.encode = pick(encodings(column)) ?? recipe.encode;
            if (recipe && act === 'missing') change.missing = pick(fillings(column, recipe)) ?? recipe.missing;
            if (recipe && act === 'scale') change.scale = pick(scalings(recipe)) ?? recipe.scale;
            data = withRecipe(data, sheet, column.name, change);
            expect(refusals(data, sheet)).toEqual([]);
          }
        }),
      );
    }
  });

  it('keeps what was chosen for a column while others change', () => {
    const chosen = withRecipe(proposal(table, 0), table, 'age', { missing: 'drop' });
    expect(withFed(chosen, table, 'born', true).preparation.age?.missing).toBe('drop');
    expect(withFed(chosen, table, 'born', true).inputs).toEqual(['age', 'colour', 'born']);
  });
});

describe('the rows that are learned from', () => {
  const many = { ...table, rows: 60_000 };
  const data = proposal(table, 0);
  // The server counts 2 raw columns, and three times 6 inputs and the target.
  const each = 4 * (2 + 3 * (6 + 1));

  it('are all where they fit, and as many as fit where they do not', () => {
    expect(rowChoices(data, { ...table, rows: 1_500 }, 1e9)).toEqual([100, 200, 500, 1_000, null]);
    expect(withFittingRows(data, many, 1e9).max_rows).toBeNull();
    expect(withFittingRows(data, many, (21_000 * each) / 0.75).max_rows).toBe(20_000);
    expect(withFittingRows(data, many, (19_000 * each) / 0.75).max_rows).toBe(10_000);
  });

  it('are the fewest, not all, where not even those fit', () => {
    expect(withFittingRows(data, many, 99 * each).max_rows).toBe(100);
    expect(withFittingRows(data, { ...table, rows: 90 }, each).max_rows).toBeNull();
  });

  it('take as much memory as the server counts', () => {
    for (const one of cases) expect(rowFloats(one.data)).toBe(one.row_floats);
  });
});

describe('words about data', () => {
  it('say what is in a column', () => {
    expect(about(table)).toBe('100 rows × 7 columns, 1 byte, from CSV');
    expect([0, 999, 1_500, 48_000, 5e8, 2.1e9].map(bytes)).toEqual(['0 bytes', '999 bytes', '1.5 kB', '48 kB', '500 MB', '2.1 GB']);
    expect(rangeOf(columnOf('age'))).toBe('0.000 to 9.00');
    expect(rangeOf(columnOf('born'))).toBe('1970-01-01 to 1970-01-10');
    expect(missingOf(columnOf('age'), 100)).toBe('3 missing, 3.0 %');
    expect(missingOf(columnOf('legs'), 100)).toBeNull();
    expect(contentOf(columnOf('colour'))).toBe('Most often red 4 times, blue 3 times, Äpfel 2 times');
  });

  it('say of public sets how large they are, and of what was fetched that it was', () => {
    const digits = { rows: 70_000, columns: 784, image_shape: [28, 28, 1] } as unknown as PublicSet;
    expect(sizeOf(digits)).toBe('70,000 images of 28 × 28 pixels, 55 MB');
    expect(sizeOf({ ...digits, rows: 20_640, columns: 8, image_shape: null })).toBe('20,640 rows × 9 columns, 743 kB');
    expect(about({ ...table, format: 'openml' })).toBe('100 rows × 7 columns, 1 byte, from OpenML');
    expect([refusedAs('no_network'), refusedAs('upload_rejected')]).toEqual(['could not be fetched', 'was not taken']);
  });

  it('give raw cells back as the table had them', () => {
    const words = { name: 'c', type: 'category', categories: ['red', 'blue'], more: true } as const;
    expect([0, 1, 7, NaN].map((value) => cellText(value, { ...words, categories: [...words.categories] }))).toEqual([
      'red', 'blue', 'other', 'missing',
    ]);
    const date = { name: 'd', type: 'date' as const, categories: [], more: false };
    expect([0, 20_000, 0.5].map((value) => cellText(value, date))).toEqual(['1970-01-01', '2024-10-04', '1970-01-01 12:00']);
    expect(cellText(4.25, undefined)).toBe('4.25');
  });
});

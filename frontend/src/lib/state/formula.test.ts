import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readFormula } from './formula';

interface Golden {
  columns: string[];
  rows: number[][];
  values: Record<string, number[]>;
  errors: Record<string, { position: number; message: string }>;
}

const golden = JSON.parse(readFileSync('../tests/golden/formulas.json', 'utf8')) as Golden;

describe('a formula on the page', () => {
  it.each(Object.entries(golden.values))('%s is worth what the server computes', (text, expected) => {
    const read = readFormula(text, golden.columns);
    if (read.kind === 'error') throw new Error(read.message);
    golden.rows.forEach((row, index) => {
      const value = read.value((column) => row[golden.columns.indexOf(column)] ?? 0);
      expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 9);
    });
  });

  it.each(Object.entries(golden.errors))('"%s" is refused with the words and the place of the server', (text, expected) => {
    expect(readFormula(text, golden.columns)).toEqual({ kind: 'error', ...expected });
  });

  it('names the columns it reads', () => {
    const read = readFormula('x1 + [petal length (cm)]^2', golden.columns);
    expect(read.kind === 'formula' && [...read.columns]).toEqual(['x1', 'petal length (cm)']);
  });

  it('is total: any text is a finite number everywhere or an error in it', () => {
    const pieces = fc.constantFrom('x1', 'x2', '(', ')', '+', '-', '*', '/', '^', ' ', '2', '.5', 'sin', ',', '[', ']', 'ö', 'constructor');
    fc.assert(
      fc.property(fc.oneof(fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')), fc.string()), (text) => {
        const read = readFormula(text, ['x1', 'x2']);
        if (read.kind === 'error') return read.position >= 0 && read.position <= text.length && read.message !== '';
        return Number.isFinite(read.value((column) => (column === 'x1' ? 0.5 : -2)));
      }),
      { numRuns: 500 },
    );
  });
});

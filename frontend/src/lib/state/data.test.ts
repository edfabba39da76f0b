import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Catalog, DataSetFacts } from '../schema.gen';
import { factsOf, offeredInputs, outputCount, splitCounts, type Data } from './data';

interface Case {
  data: Data;
  facts: DataSetFacts;
  inputs: string[];
  outputs: number;
  rows: [train: number, test: number];
}

const cases = JSON.parse(readFileSync('../tests/golden/data_sets.json', 'utf8')) as Case[];
/** Its entries are those of the data as they are first chosen. */
const catalog = {
  sample_text: readFileSync('../backend/neuroglow/spec/sonnets.txt', 'utf8'),
  data_sets: cases.flatMap(({ facts }, at) => (cases.findIndex((other) => other.facts.name === facts.name) === at ? [facts] : [])),
} as unknown as Catalog;

describe('data whose shape is chosen in the experiment', () => {
  it.each(cases)('have the facts, inputs, outputs and rows that the server says: $data', ({ data, facts, inputs, outputs, rows }) => {
    const ours = factsOf(data, catalog);
    expect(ours).toMatchObject(facts);
    expect(offeredInputs(data, ours)).toEqual(inputs);
    expect(outputCount(data, ours)).toBe(outputs);
    expect(splitCounts(data, ours, catalog)).toEqual(rows);
  });
});

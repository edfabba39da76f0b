import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DataSetFacts, SyntheticData } from '../../schema.gen';
import { inputNames, type Data } from '../../state/data';
import { experiment } from '../../state/fixtures';
import { addFormula, removeFormula, setNoiseColumns, toggle, whyStuck, whyTaken } from './inputs';

const FEATURES = ['x1', 'x2', 'x1^2', 'x2^2', 'x1*x2', 'sin(x1)', 'sin(x2)'];
const PLANE = { kind: 'plane', columns: ['x1', 'x2'] } as DataSetFacts;
const IRIS = { kind: 'table', columns: ['a', 'b', 'c'] } as DataSetFacts;

const plane = (): SyntheticData => experiment().data as SyntheticData;
const table = (): Data => ({ ...plane(), source: 'bundled', name: 'iris' }) as Data;
/** What a person finds on the page to switch. */
const isSwitch = (data: Data, name: string): boolean => !name.startsWith('noise') || Number(name.slice(6)) <= data.noise_columns;
const fed = (data: Data, facts: DataSetFacts = PLANE): string[] => inputNames(data, facts);

describe('inputs', () => {
  it('features leave the spec and come back in the order of the catalog', () => {
    const data = plane();
    toggle(data, PLANE, FEATURES, 'sin(x1)');
    toggle(data, PLANE, FEATURES, 'x1');
    toggle(data, PLANE, FEATURES, 'x1');
    expect(fed(data)).toEqual(['x1', 'x2', 'sin(x1)']);
    expect(data.switched_off).toEqual([]);
  });

  it('the last feature can go where something else is fed, and only there', () => {
    const data = plane();
    addFormula(data, ' x1 / x2 ');
    for (const name of ['x1', 'x2']) toggle(data, PLANE, FEATURES, name);
    expect(fed(data)).toEqual(['x1 / x2']);
    expect(whyStuck(data, PLANE, 'x1 / x2')).toBeDefined();
    toggle(data, PLANE, FEATURES, 'x2');
    expect(fed(data)).toEqual(['x2', 'x1 / x2']);
    expect(whyStuck(data, PLANE, 'x2')).toBeUndefined();
  });

  it('columns of a table, formulas and noise are switched by name', () => {
    const data = table();
    addFormula(data, 'a*b');
    setNoiseColumns(data, IRIS, 2);
    for (const name of ['b', 'a*b', 'noise_1']) toggle(data, IRIS, FEATURES, name);
    expect(fed(data, IRIS)).toEqual(['a', 'c', 'noise_2']);
    toggle(data, IRIS, FEATURES, 'b');
    expect(fed(data, IRIS)).toEqual(['a', 'b', 'c', 'noise_2']);
  });

  it('what is gone is switched off no longer', () => {
    const data = table();
    addFormula(data, 'a*b');
    setNoiseColumns(data, IRIS, 2);
    for (const name of ['a*b', 'noise_2']) toggle(data, IRIS, FEATURES, name);
    removeFormula(data, IRIS, 'a*b');
    setNoiseColumns(data, IRIS, 1);
    expect(data.switched_off).toEqual([]);
  });

  it('a formula that is an input already is none', () => {
    const data = plane();
    addFormula(data, 'x1/2');
    for (const text of ['x1/2', ' x1 ', 'sin(x2)']) expect(whyTaken(data, PLANE, FEATURES, text)).toBeDefined();
    expect(whyTaken(data, PLANE, FEATURES, 'x1/3')).toBeUndefined();
  });

  it('whatever is switched, something is fed and every switch names an input', () => {
    const names = [...FEATURES, 'x1/2', 'noise_1', 'noise_2'];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...names), fc.integer({ min: 0, max: 2 })), { maxLength: 30 }), (steps) => {
        const data = plane();
        addFormula(data, 'x1/2');
        for (const step of steps) {
          if (typeof step === 'number') setNoiseColumns(data, PLANE, step);
          else if (isSwitch(data, step) && !whyStuck(data, PLANE, step)) toggle(data, PLANE, FEATURES, step);
          if (fed(data).length === 0 || data.features.length === 0) return false;
        }
        return data.switched_off.every((name) => names.includes(name) && isSwitch(data, name));
      }),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Experiment } from '../schema.gen';
import { experiment } from '../state/fixtures';
import type { Layer } from '../state/layers';
import {
  addAfter, connect, disconnect, duplicate, group, insertBetween, obstacle, removeLayers, ungroup, ungroupable, withInside, withoutInside,
} from './graphedits';

type Short = string | [string, ...string[]];

const dense = (): Layer => ({ type: 'dense', units: 4, activation: 'tanh', initializer: 'glorot_uniform', dropout: 0.1, frozen: false });
const add = (): Layer => ({ type: 'add' });

/** `a` reads the layer before, `['c', 'a', 'b']` is a merge. */
function network(...layers: Short[]): Experiment {
  return experiment((draft) => {
    draft.network.layers = layers.map((short) =>
      typeof short === 'string'
        ? { ...dense(), name: short }
        : { ...(short.length > 2 ? add() : dense()), name: short[0], inputs: short.slice(1) },
    );
  });
}

const short = ({ network: { layers } }: Experiment): (string | (string | undefined)[])[] =>
  layers.map(({ name, inputs }) => (inputs ? [name ?? '', ...inputs] : (name ?? '')));

describe('editing who reads whom', () => {
  it('inserts on an edge and leaves the other readers alone', () => {
    const draft = network('a', 'b', ['c', 'b', 'a']);
    insertBetween(draft, 'a', 'c', dense(), 'n');
    expect(short(draft)).toEqual(['a', 'b', ['n', 'a'], ['c', 'b', 'n']]);
    insertBetween(draft, 'c', 'output', dense(), 'm');
    expect(short(draft).at(-1)).toBe('m');
  });

  it('adds after a layer into the way to the next, and a merge as a skip connection', () => {
    const draft = network('a', 'b');
    addAfter(draft, 'a', dense(), 'n');
    expect(short(draft)).toEqual(['a', 'n', 'b']);
    addAfter(draft, null, add(), 'm');
    expect(short(draft)).toEqual(['a', 'n', 'b', ['m', 'b', 'n']]);
    const empty = network();
    addAfter(empty, null, dense(), 'first');
    expect(short(empty)).toEqual(['first']);
  });

  it('hands the readers of a removed layer what it read', () => {
    const draft = network('a', 'b', ['c', 'b', 'a'], 'd');
    removeLayers(draft, new Set(['b', 'd']));
    expect(short(draft)).toEqual(['a', ['c', 'a', 'a']]);
  });

  it('connects in place of what was read, beside it for a merge, and brings the list into order', () => {
    const draft = network('a', ['b', 'x'], ['c', 'a', 'b'], 'd');
    connect(draft, 'x', 'c');
    expect(short(draft)[2]).toEqual(['c', 'a', 'b', 'x']);
    disconnect(draft, 'a', 'c');
    expect(short(draft)[2]).toEqual(['c', 'b', 'x']);
    const late = network('a', ['b', 'x']);
    connect(late, 'b', 'a');
    expect(short(late)).toEqual(['b', 'a']);
    connect(late, 'a', 'output');
    expect(short(late)).toEqual(['b', 'a']);
  });

  it('says why a connection cannot be', () => {
    const draft = network('a', 'b');
    expect(obstacle(draft, 'b', 'a')).toContain('cycle');
    expect(obstacle(draft, 'a', 'output')).toContain('last layer');
    expect(obstacle(draft, 'x', 'b')).toBeNull();
  });

  it('duplicates a layer after itself', () => {
    const draft = network('a', ['b', 'x'], ['c', 'a', 'b']);
    duplicate(draft, 'b', 'n');
    expect(short(draft)).toEqual(['a', ['b', 'x'], 'n', ['c', 'a', 'n']]);
  });

  it('groups a residual block, and takes it apart again', () => {
    const draft = network('a', 'b', ['c', 'a', 'b'], 'd');
    const names = new Set(['b', 'c']);
    expect(ungroupable(draft, names)).toBeNull();
    group(draft, names, 200, 'n');
    expect(short(draft)).toEqual(['a', 'n', 'd']);
    expect(draft.network.layers[1]).toEqual({
      type: 'repeat', name: 'n', times: 200, frozen: false,
      layers: [
        { ...dense(), name: 'dense_1', dropout: 0 },
        { type: 'add', name: 'add_1', inputs: ['x', 'dense_1'] },
      ],
    });
    let count = 0;
    ungroup(draft, 'n', () => `new ${++count}`);
    expect(short(draft)).toEqual(['a', 'new 1', ['new 2', 'a', 'new 1'], 'd']);
  });

  it('puts a layer into a block and takes one out, and rewires what is inside', () => {
    const body = [{ ...dense(), name: 'dense_1' }, { type: 'add', name: 'add_1', inputs: ['x', 'dense_1'] }] as Layer[];
    const names = (layers: readonly Layer[]) => layers.map(({ name, inputs }) => (inputs ? [name, ...inputs] : name));
    const first = withInside(body, 0, dense());
    expect(names(first)).toEqual(['dense_2', 'dense_1', ['add_1', 'x', 'dense_1']]);
    const second = withInside(body, 1, dense());
    expect(names(second)).toEqual(['dense_1', 'dense_2', ['add_1', 'x', 'dense_2']]);
    expect(names(withoutInside(second, 'dense_1'))).toEqual(['dense_2', ['add_1', 'x', 'dense_2']]);
    expect(names(body)).toEqual(['dense_1', ['add_1', 'x', 'dense_1']]);
  });

  it('says why layers are no block', () => {
    const draft = network('a', 'b', ['c', 'a', 'b'], 'd');
    expect(ungroupable(draft, new Set(['a', 'd']))).toContain('follow each other');
    expect(ungroupable(draft, new Set(['a', 'b']))).toContain('in the middle');
    expect(ungroupable(draft, new Set(['c', 'd']))).toContain('reads one layer');
  });

  it('keeps every list in the order data flow, whatever is done to it', () => {
    const step = fc.record({ kind: fc.constantFrom('add', 'dense', 'remove', 'connect'), a: fc.nat(9), b: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const draft = network('a', 'b');
        steps.forEach(({ kind, a, b }, number) => {
          const names = ['x', ...draft.network.layers.map(({ name }) => name ?? '')];
          const [from, to] = [names[a % names.length] ?? 'x', names[b % names.length] ?? 'x'];
          if (kind === 'remove') removeLayers(draft, new Set([from]));
          else if (kind !== 'connect') addAfter(draft, from, kind === 'add' ? add() : dense(), `n${number}`);
          else if (obstacle(draft, from, to) === null) connect(draft, from, to);
        });
        const seen = new Set(['x']);
        for (const { name, inputs } of draft.network.layers) {
          expect((inputs ?? []).filter((input) => !seen.has(input))).toEqual([]);
          seen.add(name ?? '');
        }
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';

import { apply, diff, type Json } from './diff';

describe('diff and apply', () => {
  it.each<[string, Json, Json, number]>([
    ['nothing', { a: 1 }, { a: 1 }, 0],
    ['a value', { a: 1 }, { a: 2 }, 1],
    ['a deep value', { a: { b: [{ c: 1 }, { c: 2 }] } }, { a: { b: [{ c: 1 }, { c: 3 }] } }, 1],
    ['a new member', { a: 1 }, { a: 1, b: null }, 1],
    ['a member gone', { a: 1, b: 2 }, { a: 1 }, 1],
    ['an array that grew', { a: [1, 2] }, { a: [1, 2, 3] }, 1],
    ['another kind', { a: [1] }, { a: { b: 1 } }, 1],
    ['names that need escapes', { 'a/b~c': 1 }, { 'a/b~c': 2 }, 1],
    ['the whole document', 1, [2], 1],
  ])('carries %s', (_, from, to, operations) => {
    const patch = diff(from, to);
    expect(patch).toHaveLength(operations);
    expect(apply(from, patch)).toEqual(to);
  });

  it('replaces an array that differs in more places than the server takes operations', () => {
    const points = (by: number): Json => Array.from({ length: 2_000 }, (_, index) => [index, index + by, 0]);
    const patch = diff({ points: points(0) }, { points: points(1) });
    expect(patch).toEqual([{ op: 'replace', path: '/points', value: points(1) }]);
  });

  it('writes JSON pointers', () => {
    expect(diff({ 'a/b~c': { d: [1] } }, { 'a/b~c': { d: [2] } })).toEqual([
      { op: 'replace', path: '/a~1b~0c/d/0', value: 2 },
    ]);
  });

  it('refuses a patch whose place is gone', () => {
    expect(apply({ a: 1 }, [{ op: 'replace', path: '/b', value: 1 }])).toBeUndefined();
    expect(apply({ a: 1 }, [{ op: 'remove', path: '/b' }])).toBeUndefined();
    expect(apply({ a: [1] }, [{ op: 'replace', path: '/a/3', value: 1 }])).toBeUndefined();
    expect(apply({ a: 1 }, [{ op: 'add', path: '/b/c', value: 1 }])).toBeUndefined();
  });

  it('leaves its inputs alone', () => {
    const from = { a: { b: 1 } };
    apply(from, [{ op: 'replace', path: '/a/b', value: 2 }]);
    expect(from).toEqual({ a: { b: 1 } });
  });
});

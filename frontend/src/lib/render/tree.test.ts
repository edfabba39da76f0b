import { describe, expect, it } from 'vitest';

import type { TreeNode } from '../schema.gen';
import { layoutTree } from './tree';

const node = (depth: number, below: number | null = null, above: number | null = null): TreeNode => ({
  depth,
  rows: 10,
  impurity: 0.5,
  value: 0,
  counts: [5, 5],
  below,
  above,
  is_leaf: below === null,
});
/** A question, whose right answer is a question again. */
const NODES = [node(0, 1, 2), node(1), node(1, 3, 4), node(2), node(2)];

describe('layout of a tree', () => {
  it('puts leaves side by side and questions in the middle above', () => {
    const { nodes, columns, rows } = layoutTree(NODES, () => true);
    const at = new Map(nodes.map(({ index, column, row }) => [index, [column, row]]));
    expect([columns, rows]).toEqual([3, 3]);
    expect(at.get(1)).toEqual([0, 1]);
    expect(at.get(3)).toEqual([1, 2]);
    expect(at.get(2)).toEqual([1.5, 1]);
    expect(at.get(0)).toEqual([0.75, 0]);
  });

  it('folds what is not open and says so', () => {
    const { nodes, columns } = layoutTree(NODES, (index) => index === 0);
    expect(nodes.map(({ index, isFolded }) => [index, isFolded])).toEqual([[0, false], [1, false], [2, true]]);
    expect(columns).toBe(2);
  });

  it('tells the yes from the no, and who asked', () => {
    const { nodes } = layoutTree(NODES, () => true);
    expect(nodes.map(({ index, parent, isBelow }) => [index, parent, isBelow])).toEqual([
      [0, null, false], [1, 0, true], [2, 0, false], [3, 2, true], [4, 2, false],
    ]);
  });
});

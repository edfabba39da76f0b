/** Where the nodes of a decision tree stand: leaves side by side, a question in the middle above its answers. Pure. */
import type { TreeNode } from '../schema.gen';

export interface PlacedNode {
  index: number;
  node: TreeNode;
  /** Of the middle, in columns of one leaf, from 0. */
  column: number;
  row: number;
  /** The place among the placed nodes of the question above, and whether this is its "yes" (≤ threshold). */
  parent: number | null;
  isBelow: boolean;
  /** It has more beneath that is not shown. */
  isFolded: boolean;
}

export interface TreeLayout {
  nodes: PlacedNode[];
  columns: number;
  rows: number;
}

/** `isOpen` says of a question whether its answers are shown. */
export function layoutTree(nodes: readonly TreeNode[], isOpen: (index: number) => boolean): TreeLayout {
  const placed: PlacedNode[] = [];
  let [columns, rows] = [0, 0];

  function place(index: number, row: number, parent: number | null, isBelow: boolean): number {
    const node = nodes[index];
    if (!node) return columns;
    const here: PlacedNode = { index, node, column: 0, row, parent, isBelow, isFolded: false };
    const own = placed.push(here) - 1;
    rows = Math.max(rows, row + 1);
    const { below, above } = node;
    const hasAnswers = typeof below === 'number' && typeof above === 'number';
    if (hasAnswers && isOpen(index)) {
      const left = place(below, row + 1, own, true);
      const right = place(above, row + 1, own, false);
      here.column = (left + right) / 2;
    } else {
      here.isFolded = hasAnswers;
      here.column = columns++;
    }
    return here.column;
  }

  if (nodes.length > 0) place(0, 0, null, false);
  return { nodes: placed, columns, rows };
}

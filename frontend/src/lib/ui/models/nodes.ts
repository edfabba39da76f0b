/** The nodes of a tree in words. Pure. */
import type { PlacedNode } from '../../render/tree';
import type { DataSetFacts, TreeNode } from '../../schema.gen';
import { measure, whole } from '../format';

export const questionText = ({ input, threshold }: TreeNode): string => `${input} ≤ ${measure(threshold ?? 0)}?`;

/** The class, or the number, that would be answered here. */
export const answerText = ({ value }: TreeNode, facts: DataSetFacts): string =>
  facts.task === 'regression' ? measure(value) : (facts.classes[value] ?? '');

/** For a screen reader and the tooltip: the way here, the question, and who comes by. */
export function describeNode({ node, parent, isBelow, isFolded }: PlacedNode, facts: DataSetFacts): string {
  const way = parent === null ? '' : isBelow ? 'Yes: ' : 'No: ';
  const what = node.is_leaf ? `answers ${answerText(node, facts)}` : `${questionText(node)} Mostly ${answerText(node, facts)}`;
  const kinds = node.counts.flatMap((count, label) => (count > 0 ? [`${whole(count)} ${facts.classes[label]}`] : []));
  const rows = `${whole(node.rows)} rows${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`;
  const impurity = facts.task === 'regression' ? 'variance' : 'Gini';
  return `${way}${what}, ${rows}, ${impurity} ${measure(node.impurity)}${isFolded ? ', folded' : ''}`;
}

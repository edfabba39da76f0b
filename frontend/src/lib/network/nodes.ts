/** The layout as nodes of Svelte Flow: a card per item, and on everything that flows a + with its shape. */

import type { Node } from '@xyflow/svelte';

import type { Card, Gap, NetworkLayout } from '../render/layout';
import { layerTitle, type LayerModel } from '../render/model';
import { shapeText } from '../render/titles';

const PLUS = 20;

export interface Edge {
  /** Names of the layers at its ends. */
  readonly from: string;
  readonly to: string;
  /** "between Dense 8 and Output". */
  readonly between: string;
  /** "8×24×24": what flows; empty until it is known. */
  readonly shape: string;
  /** Of the line on which the + stands. */
  readonly length: number;
}

export function flowNodes(layout: NetworkLayout): Node[] {
  return [...layout.cards.map(cardNode), ...layout.gaps.map(insertNode)];
}

function cardNode(card: Card): Node {
  const { item, x, y, width, height } = card;
  const data = item.kind === 'layer' ? { card, layer: item.layer } : { run: item };
  return { id: card.id, type: item.kind, position: { x, y }, width, height, data, ariaRole: 'group', ariaLabel: nameOf(card) };
}

function insertNode(gap: Gap): Node {
  const from = edgeLayer(gap.from, 'last');
  const to = edgeLayer(gap.to, 'first');
  const between = `between ${nameOf(gap.from)} and ${nameOf(gap.to)}`;
  const shape = from?.shape ? shapeText(from.shape) : '';
  const edge: Edge = { from: from?.name ?? '', to: to?.name ?? '', between, shape, length: gap.length };
  return {
    id: `+${gap.from.id} ${gap.to.id}`,
    type: 'insert',
    position: { x: gap.x - PLUS / 2, y: gap.y - PLUS / 2 },
    width: PLUS,
    height: PLUS,
    data: { edge },
    ariaRole: 'group',
    ariaLabel: `Gap ${between}`,
  };
}

function edgeLayer({ item }: Card, side: 'first' | 'last'): LayerModel | undefined {
  return item.kind === 'layer' ? item.layer : item.layers.at(side === 'first' ? 0 : -1);
}

function nameOf(card: Card): string {
  const { item } = card;
  if (item.kind === 'layer') return layerTitle(item.layer);
  const [first] = item.layers;
  return `${item.layers.length} layers of ${first ? layerTitle(first) : 'equal size'}`;
}

/** The layout as nodes of Svelte Flow: a card per item and a + per gap. */

import type { Node } from '@xyflow/svelte';

import type { Card, Gap, NetworkLayout } from '../render/layout';
import { layerTitle, type LayerModel } from '../render/model';

const PLUS = 20;

export function flowNodes(layout: NetworkLayout, models: readonly LayerModel[]): Node[] {
  return [...layout.cards.map(cardNode), ...layout.gaps.map((gap) => insertNode(gap, models))];
}

function cardNode(card: Card): Node {
  const { item, x, y, width, height } = card;
  const data = item.kind === 'layer' ? { card, layer: item.layer } : { run: item };
  return { id: card.id, type: item.kind, position: { x, y }, width, height, data, ariaRole: 'group', ariaLabel: nameOf(card) };
}

function insertNode(gap: Gap, models: readonly LayerModel[]): Node {
  const next = gap.to.item.kind === 'layer' ? gap.to.item.layer : gap.to.item.layers[0];
  // Before the output is after the last hidden layer.
  const at = next?.role === 'hidden' ? next.index : models.length - 2;
  const between = `between ${nameOf(gap.from)} and ${nameOf(gap.to)}`;
  return {
    id: `+${gap.to.id}`,
    type: 'insert',
    position: { x: gap.x - PLUS / 2, y: gap.y - PLUS / 2 },
    width: PLUS,
    height: PLUS,
    data: { at, between, length: gap.length },
    ariaRole: 'group',
    ariaLabel: `Gap ${between}`,
  };
}

function nameOf(card: Card): string {
  const { item } = card;
  if (item.kind === 'layer') return layerTitle(item.layer);
  const [first] = item.layers;
  return `${item.layers.length} layers of ${first ? layerTitle(first) : 'equal size'}`;
}

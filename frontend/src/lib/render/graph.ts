/**
 * Where the cards of a network with branches stand: layers of cards from left to right, lines around those between.
 * What decides it is handed in, as the result of a layered drawing. Pure geometry.
 */

import type { Item } from './collapse';
import type { Point } from './curves';
import {
  bodyOf,
  centreAcross,
  fixedWidth,
  gridOf,
  HEADER,
  isListItem,
  LIST_INSET,
  listSize,
  NARROWEST_CARD,
  place,
  type Card,
  type Gap,
  type NetworkLayout,
} from './layout';
import { arrange, type Arrangement } from './tilegrid';

/** What is to be drawn: boxes, and arrows between them. */
export interface Graph {
  readonly boxes: readonly { readonly id: string; readonly width: number; readonly height: number }[];
  readonly arrows: readonly { readonly id: string; readonly from: string; readonly to: string }[];
}

/** Where boxes stand (their upper left corners) and arrows run (their corners). */
export interface Drawing {
  readonly boxes: ReadonlyMap<string, Point>;
  readonly arrows: ReadonlyMap<string, readonly Point[]>;
  readonly width: number;
  readonly height: number;
}

/** Between two neighbouring columns. */
export const COLUMN_GAP = 44;
/** Beneath the tiles there is room for one line. */
const FOOT = 40;
const SMALLEST_BODY = 52;
const TALLEST_BODY = 420;
const PITCH = 48;
/** Of the + between neighbours, from the upper edge of the higher one. */
const PLUS_INSET = 8;

/** The network as boxes and arrows. */
export function graphOf(items: readonly Item[]): Graph {
  const names = new Map(items.flatMap((item) => (item.kind === 'layer' ? [[item.layer.name, item.id] as const] : [])));
  return {
    boxes: items.map((item) => ({ id: item.id, ...sizeOf(item, gridFor(item)) })),
    arrows: items.flatMap((item) =>
      item.kind === 'layer'
        ? [...new Set(item.layer.sources)].flatMap((source) => {
            const from = names.get(source);
            return from === undefined ? [] : [{ id: arrowId(from, item.id), from, to: item.id }];
          })
        : [],
    ),
  };
}

export function layoutGraph(items: readonly Item[], drawing: Drawing, scrolled: ReadonlyMap<string, number>): NetworkLayout {
  const cards = items.map((item): Card => {
    const grid = gridFor(item);
    const size = sizeOf(item, grid);
    const at = { ...(drawing.boxes.get(item.id) ?? { x: 0, y: 0 }), ...size };
    const body = size.height - HEADER - FOOT;
    return place(item, grid, at, scrolled, (along, across, { length }) => ({
      x: at.x + (isListItem(item) ? LIST_INSET : centreAcross(item, at.width)) + across,
      y: at.y + HEADER + body / 2 + along - length / 2,
    }));
  });
  const byId = new Map(cards.map((card) => [card.id, card]));
  const gaps = [...drawing.arrows].flatMap(([id, corners]): Gap[] => {
    const [from, to] = id.split(' > ').map((end) => byId.get(end));
    return from && to ? [gapBetween(from, to, corners)] : [];
  });
  return { direction: 'right', cards, gaps, width: drawing.width, height: drawing.height, header: HEADER, footer: FOOT, body: 0 };
}

export const arrowId = (from: string, to: string): string => `${from} > ${to}`;

function gapBetween(from: Card, to: Card, corners: readonly Point[]): Gap {
  const length = to.x - from.x - from.width;
  if (length <= COLUMN_GAP * 1.5) {
    // Level with the higher card, so that its shape stands clear of both titles.
    const y = Math.min(from.y, to.y) + PLUS_INSET;
    return { from, to, route: null, x: from.x + from.width + length / 2, y, length: from.y === to.y ? length : 0 };
  }
  return { from, to, route: corners, ...middleOf(corners), length: 0 };
}

/** The middle of the longest level stretch. */
function middleOf(corners: readonly Point[]): Point {
  let best = { length: -1, x: 0, y: 0 };
  corners.slice(1).forEach((to, index) => {
    const from = corners[index] ?? to;
    const length = Math.abs(to.x - from.x);
    if (length > best.length) best = { length, x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  });
  return { x: best.x, y: best.y };
}

function sizeOf(item: Item, grid: Arrangement | null): { width: number; height: number } {
  const body = Math.max(SMALLEST_BODY, bodyOf(grid));
  return { width: fixedWidth(item) ?? NARROWEST_CARD, height: HEADER + body + FOOT };
}

const gridFor = (item: Item): Arrangement | null =>
  gridOf(item, (layer) =>
    arrange(layer.units, {
      along: TALLEST_BODY,
      across: (fixedWidth(item) ?? NARROWEST_CARD) - 8,
      list: listSize(layer),
      named: layer.role === 'input' && layer.picture === 'cell',
      pitch: PITCH,
    }),
  );

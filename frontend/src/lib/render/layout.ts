/**
 * Where everything in the network view stands: a rack of equal columns (or, on a phone, rows), and the tiles in them.
 *
 * One coordinate system for cards (HTML) and drawings (canvas); units are CSS pixels at 100 % zoom. Pure geometry.
 */

import type { Item } from './collapse';
import type { Point } from './curves';
import { hasWeights, isWhole, type LayerModel } from './model';
import { arrange, CLOSEST, type Arrangement } from './tilegrid';

export type Direction = 'right' | 'down';

/** One neuron's place. `x` and `y` are its centre. */
export interface Tile {
  readonly layer: string;
  readonly unit: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

export interface Card {
  readonly id: string;
  readonly item: Item;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly tiles: readonly Tile[];
  /** Units shown: from, to (exclusive); all of them unless the layer is wide. */
  readonly shown: readonly [number, number];
  /** True when each unit stands beside its name and value: the classes of the output. */
  readonly list: boolean;
  /** Lines the tiles stand in. */
  readonly lines: number;
}

/** What flows from one card to another: the space between two neighbours, or a line around the cards between. */
export interface Gap {
  readonly from: Card;
  readonly to: Card;
  /** The corners of the line around others, from card to card; null between neighbours. */
  readonly route: readonly Point[] | null;
  /** Middle of the header line (columns) or of the strip between two rows: where the + stands. */
  readonly x: number;
  readonly y: number;
  /** From card edge to card edge along the flow. */
  readonly length: number;
}

export interface NetworkLayout {
  readonly direction: Direction;
  readonly cards: readonly Card[];
  readonly gaps: readonly Gap[];
  readonly width: number;
  readonly height: number;
  readonly header: number;
  readonly footer: number;
  /** Height of the part tiles stand in. */
  readonly body: number;
}

export interface LayoutOptions {
  readonly stageWidth: number;
  readonly stageHeight: number;
  readonly direction: Direction;
  /** The drawer is open: no footers, tiles closer. */
  readonly compact: boolean;
  /** First unit shown of wide layers that were scrolled. */
  readonly scrolled: ReadonlyMap<string, number>;
  /** Larger weight matrices are drawn as an image, which needs room between its cards. */
  readonly mostCells: number;
}

export const HEADER = 36;
export const FOOTER = 104;
const ROW_HEADER = 28;
const ROW_PADDING = 12;
const SIDE_WIDTH = 88;
const CARD_WIDTH = 136;
/** Below this a card cannot hold its header. */
export const NARROWEST_CARD = 96;
const LABELLED_WIDTH = 136;
const LIST_WIDTH = 152;
const IMAGE_WIDTH = 108;
/** Of a layer without anything of its own to see. */
const SMALL_WIDTH = 96;
const IMAGE_SIZE = 84;
const RUN_WIDTH = 148;
const WIDEST_GAP = 120;
const MATRIX_GAP = 104;
const NARROWEST_GAP = 36;
/** Links between two long columns need room to be told apart. */
const MARGIN = 48;
/** Height above and below the rack that belongs to the head strip, the diagnosis and the zoom control. */
const OUTSIDE = 168;
const OUTSIDE_COMPACT = 76;
const SHORTEST_BODY = 232;
/** Beside the drawer the view zooms out rather than break eight neurons into two lines. */
const SHORTEST_COMPACT_BODY = 348;
const TALLEST_BODY = 640;
const BODY_PADDING = 12;
/** Where the classes' circles stand from the left edge of the output card. */
export const LIST_INSET = 30;
/** Of lines around cards. */
const SKIP_RISE = 20;
const SKIP_INSET = 4;
/** Where the + between two rows stands from their right edge. */
const PLUS_INSET = 16;

/** Hidden cards that fit at their narrowest: what decides when runs collapse. */
export function room(options: Pick<LayoutOptions, 'stageWidth' | 'stageHeight' | 'direction'>): number {
  const fitting =
    options.direction === 'right'
      ? (options.stageWidth - MARGIN - 2 * SIDE_WIDTH) / (NARROWEST_CARD + NARROWEST_GAP)
      : options.stageHeight / 112 - 2;
  return Math.max(4, Math.floor(fitting));
}

export function layoutNetwork(items: readonly Item[], options: LayoutOptions): NetworkLayout {
  return withSkips(options.direction === 'right' ? columns(items, options) : rows(items, options));
}

/** Lines around the cards between two that are no neighbours: above columns, left of rows. */
function withSkips(layout: NetworkLayout): NetworkLayout {
  const { cards, direction } = layout;
  const skips = cards.flatMap((to, place): Gap[] =>
    cards.slice(0, Math.max(0, place - 1)).flatMap((from) => {
      if (!reads(to.item, from.item)) return [];
      const down = direction === 'down';
      const [start, end] = down
        ? [{ x: from.x, y: from.y + from.height / 2 }, { x: to.x, y: to.y + to.height / 2 }]
        : [{ x: from.x + from.width / 2, y: from.y }, { x: to.x + to.width / 2, y: to.y }];
      const first = down ? { x: SKIP_INSET, y: start.y } : { x: start.x, y: -SKIP_RISE };
      const last = down ? { x: SKIP_INSET, y: end.y } : { x: end.x, y: -SKIP_RISE };
      const middle = { x: (first.x + last.x) / 2, y: (first.y + last.y) / 2 };
      return [{ from, to, route: [start, first, last, end], ...middle, length: 0 }];
    }),
  );
  return skips.length === 0 ? layout : { ...layout, gaps: [...layout.gaps, ...skips] };
}

function columns(items: readonly Item[], options: LayoutOptions): NetworkLayout {
  const footer = options.compact ? 0 : FOOTER;
  const outside = options.compact ? OUTSIDE_COMPACT : OUTSIDE;
  const available = clamp(
    options.stageHeight - outside - HEADER - footer,
    options.compact ? SHORTEST_COMPACT_BODY : SHORTEST_BODY,
    TALLEST_BODY,
  );
  const widths = cardWidths(items, options.stageWidth);
  const along = available - BODY_PADDING;
  const pitch = sharedPitch(items, along, options.compact ? 44 : 52);
  const grids = items.map((item, index) =>
    gridOf(item, (layer) =>
      arrange(layer.units, {
        along,
        across: (widths[index] ?? CARD_WIDTH) - 8,
        list: listSize(layer),
        named: layer.role === 'input' && layer.picture === 'cell',
        pitch,
      }),
    ),
  );
  const body = Math.max(SHORTEST_BODY, ...grids.map(bodyOf));
  const height = HEADER + body + footer;
  const total = widths.reduce((sum, width) => sum + width, 0);
  const gap = clamp((options.stageWidth - MARGIN - total) / Math.max(1, items.length - 1), NARROWEST_GAP, WIDEST_GAP);

  let x = 0;
  const cards = items.map((item, index): Card => {
    const width = widths[index] ?? CARD_WIDTH;
    const at = { x, y: 0, width, height };
    x += width + gapBetween(item, items[index + 1], gap, options);
    return place(item, grids[index] ?? null, at, options.scrolled, (along, across, grid) => ({
      x: at.x + (isListItem(item) ? LIST_INSET : centreAcross(item, width)) + across,
      y: HEADER + body / 2 + along - grid.length / 2,
    }));
  });
  const gaps = between(cards, (from, to) => ({
    x: (from.x + from.width + to.x) / 2,
    y: HEADER / 2,
    length: to.x - from.x - from.width,
  }));
  return { direction: 'right', cards, gaps, width: x - gap, height, header: HEADER, footer, body };
}

function rows(items: readonly Item[], options: LayoutOptions): NetworkLayout {
  const width = options.stageWidth - 24;
  const grids = items.map((item) =>
    gridOf(item, (layer) =>
      arrange(layer.units, { along: width - 8, across: 132, list: listSize(layer), pitch: 44, tile: 44 }),
    ),
  );
  const heights = items.map((item, index) => {
    const grid = grids[index];
    if (item.kind === 'run') return ROW_HEADER + 44;
    if (isWhole(item.layer)) return ROW_HEADER + IMAGE_SIZE + ROW_PADDING;
    const labels = item.layer.labels.length > 0 && item.layer.role === 'output' ? 32 : 0;
    return ROW_HEADER + (grid?.breadth ?? 36) + ROW_PADDING + labels;
  });
  const total = heights.reduce((sum, height) => sum + height, 0);
  const gap = clamp((options.stageHeight - 24 - total) / Math.max(1, items.length - 1), 28, 40);
  let y = 12;
  const cards = items.map((item, index): Card => {
    const at = { x: 12, y, width, height: heights[index] ?? 76 };
    y += at.height + gapBetween(item, items[index + 1], gap, options);
    return place(item, grids[index] ?? null, at, options.scrolled, (along, across, grid) => ({
      x: at.x + width / 2 + along - grid.length / 2,
      y: at.y + ROW_HEADER + 4 + grid.breadth / 2 + across,
    }));
  });
  const gaps = between(cards, (from, to) => ({
    // At the side, clear of the links.
    x: from.x + from.width - PLUS_INSET,
    y: (from.y + from.height + to.y) / 2,
    length: to.y - from.y - from.height,
  }));
  return { direction: 'down', cards, gaps, width: options.stageWidth, height: y - gap + 12, header: ROW_HEADER, footer: 0, body: 0 };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function place(
  item: Item,
  grid: Arrangement | null,
  box: Box,
  scrolled: ReadonlyMap<string, number>,
  point: (along: number, across: number, grid: Arrangement) => { x: number; y: number },
): Card {
  const card = { id: item.id, item, ...box };
  if (item.kind === 'run' || grid === null) return { ...card, tiles: [], shown: [0, 0], list: false, lines: 0 };
  const { layer } = item;
  if (isWhole(layer)) {
    const middle = point(grid.length / 2, 0, grid);
    return { ...card, tiles: [{ layer: layer.name, unit: 0, ...middle, size: IMAGE_SIZE }], shown: [0, 1], list: false, lines: 1 };
  }
  const from = clamp(scrolled.get(layer.name) ?? 0, 0, Math.max(0, layer.units - grid.shown));
  const tiles = Array.from({ length: grid.shown }, (_, place): Tile => {
    const line = Math.floor(place / grid.perLine);
    const inLine = place % grid.perLine;
    const along = (inLine + 0.5) * grid.pitch;
    const across = (line - (grid.lines - 1) / 2) * grid.linePitch;
    return { layer: layer.name, unit: from + place, ...point(along, across, grid), size: grid.size };
  });
  return { ...card, tiles, shown: [from, from + grid.shown], list: isList(layer), lines: grid.lines };
}

function between(cards: readonly Card[], point: (from: Card, to: Card) => Omit<Gap, 'from' | 'to' | 'route'>): Gap[] {
  return cards.slice(1).flatMap((to, index) => {
    const from = cards[index] ?? to;
    return reads(to.item, from.item) ? [{ from, to, route: null, ...point(from, to) }] : [];
  });
}

/** Something flows from the one to the other. */
function reads(to: Item, from: Item): boolean {
  const first = to.kind === 'layer' ? to.layer : to.layers[0];
  const last = from.kind === 'layer' ? from.layer : from.layers.at(-1);
  return first !== undefined && last !== undefined && first.sources.includes(last.name);
}

export function gridOf(item: Item, make: (layer: LayerModel) => Arrangement): Arrangement | null {
  if (item.kind === 'run' || item.layer.picture === 'none') return null;
  if (isWhole(item.layer)) {
    return { size: IMAGE_SIZE, pitch: IMAGE_SIZE, linePitch: IMAGE_SIZE, perLine: 1, lines: 1, shown: 1, length: IMAGE_SIZE, free: 0, breadth: IMAGE_SIZE };
  }
  return make(item.layer);
}

/** Height of the part of a column that these tiles, and what scrolls them, stand in. */
export function bodyOf(grid: Arrangement | null): number {
  return (grid === null ? 0 : grid.length + grid.free) + BODY_PADDING;
}

/** Weights drawn as an image need room of their own. */
function gapBetween(from: Item, to: Item | undefined, usual: number, options: LayoutOptions): number {
  return cellsBetween(from, to) > options.mostCells ? Math.max(usual, MATRIX_GAP) : usual;
}

function cellsBetween(from: Item, to: Item | undefined): number {
  if (from.kind !== 'layer' || to?.kind !== 'layer' || !hasWeights(from.layer, to.layer)) return 0;
  return from.layer.units * to.layer.units;
}

/** One pitch for all layers that stand in a single line: what the longest of them needs. */
function sharedPitch(items: readonly Item[], along: number, most: number): number {
  const single = items.flatMap((item) =>
    item.kind === 'layer' && item.layer.picture !== 'none' && !isWhole(item.layer) && item.layer.units * CLOSEST <= along ? [item.layer.units] : [],
  );
  return Math.max(CLOSEST, Math.min(most, along / Math.max(1, ...single)));
}

/** Cards tighten before anything scales. */
function cardWidths(items: readonly Item[], stageWidth: number): number[] {
  const fixed = items.map(fixedWidth);
  const taken = fixed.reduce<number>((sum, width) => sum + (width ?? 0), 0);
  const flexible = fixed.filter((width) => width === null).length;
  const room = stageWidth - MARGIN - taken - (items.length - 1) * NARROWEST_GAP;
  const width = clamp(Math.floor(room / Math.max(1, flexible)), NARROWEST_CARD, CARD_WIDTH);
  return fixed.map((own) => own ?? width);
}

export function fixedWidth(item: Item): number | null {
  if (item.kind === 'run') return RUN_WIDTH;
  const { layer } = item;
  if (isWhole(layer)) return IMAGE_WIDTH;
  if (layer.picture === 'none') return SMALL_WIDTH;
  if (layer.role === 'hidden') return null;
  if (layer.role === 'input') return layer.picture === 'map' ? SIDE_WIDTH : LABELLED_WIDTH;
  return isList(layer) ? LIST_WIDTH : SIDE_WIDTH;
}

/** Labels of inputs stand left of their tiles, so the tiles stand right of the middle. */
export function centreAcross(item: Item, width: number): number {
  if (item.kind !== 'layer' || item.layer.role !== 'input' || isWhole(item.layer)) return width / 2;
  return item.layer.picture === 'map' ? width / 2 + 10 : width - 28;
}

function isList(layer: LayerModel): boolean {
  return layer.role === 'output' && layer.labels.length > 0;
}

export function listSize(layer: LayerModel): number | null {
  if (!isList(layer)) return null;
  return layer.picture === 'map' ? 28 : 18;
}

export function isListItem(item: Item): boolean {
  return item.kind === 'layer' && isList(item.layer);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

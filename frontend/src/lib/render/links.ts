/**
 * Which links are drawn between two cards, and how: width, opacity and colour from the weight. Pure.
 */

import type { LayerType } from '../state/layers';
import { curveBetween, type Curve } from './curves';
import type { Card, Direction, Gap, NetworkLayout, Tile } from './layout';
import { hasWeights } from './model';
import type { Matrix, NetworkValues } from './values';

/** Beyond this many links a gap shows the weight matrix as an image instead. */
export const MOST_LINKS = 1_500;

/** Beyond this many threads a gap shows one. */
const MOST_THREADS = 256;

/** Width in pixels of a link whose weight is the largest of its layer, and of one near zero. */
export const WIDEST = 3.7;
export const THINNEST = 0.5;
const TINIEST = 1e-9;

/** One drawn link between two units. */
export interface Link {
  readonly from: Tile;
  readonly to: Tile;
  readonly curve: Curve;
  /** Position within its gap, 0 to 1, spread evenly: where its pulse starts. */
  readonly phase: number;
}

export type GapForm =
  /** every weight on its own */
  | 'links'
  /** every kernel on its own: from a channel that is read to one that is made */
  | 'kernels'
  /** one thread per receiving unit: the sender is one picture */
  | 'threads'
  /** the weight matrix as an image */
  | 'matrix'
  /** threads without a weight of their own: what flows, not how much it counts */
  | 'bundle'
  /** one line around the cards between */
  | 'route';

export interface GapLinks {
  readonly gap: Gap;
  readonly form: GapForm;
  /** Layer names on both sides; the sender of a bundle is folded. */
  readonly from: string;
  readonly to: string;
  readonly links: readonly Link[];
}

/** All links of a layout, gap by gap. */
export function linksOf(layout: NetworkLayout, mostCells: number): GapLinks[] {
  const units = new Map(
    layout.cards.flatMap(({ item }) => (item.kind === 'layer' ? [[item.layer.name, item.layer.units] as const] : [])),
  );
  return layout.gaps.map((gap) => linksAcross(gap, layout.direction, mostCells, units));
}

function linksAcross(gap: Gap, direction: Direction, mostCells: number, units: ReadonlyMap<string, number>): GapLinks {
  const from = edgeLayer(gap.from, 'last');
  const to = edgeLayer(gap.to, 'first');
  const form = formOf(gap, mostCells);
  if (form === 'route') return { gap, form, from, to, links: [] };
  const link = (a: Tile, b: Tile): Link => ({
    from: a,
    to: b,
    curve: curveBetween(a, b, direction),
    phase: spread(a.unit, b.unit),
  });
  const leaving = [edgeTile(gap.from, from, direction, 'leaving')];
  const arriving = [edgeTile(gap.to, to, direction, 'arriving')];
  const senders = gap.from.tiles.length > 0 ? gap.from.tiles : leaving;
  const receivers = gap.to.tiles.length > 0 ? gap.to.tiles : arriving;
  if (form === 'matrix') return { gap, form, from, to, links: [] };
  const offset = form === 'bundle' ? unitOffset(gap, units) : null;
  if (offset !== null) {
    const pairs = senders.flatMap((a) => receivers.filter((b) => b.unit === a.unit + offset).map((b) => link(a, b)));
    if (pairs.length > 0) return { gap, form, from, to, links: pairs };
  }
  const isTooMany = form === 'bundle' && senders.length * receivers.length > MOST_THREADS;
  const [first, last] = isTooMany ? [leaving, arriving] : [senders, receivers];
  return { gap, form, from, to, links: first.flatMap((a) => last.map((b) => link(a, b))) };
}

/** Types whose unit number n reads unit number n and no other. */
const UNIT_BY_UNIT: ReadonlySet<string> = new Set<LayerType>([
  'max_pool2d', 'avg_pool2d', 'global_avg_pool', 'upsample', 'batch_norm', 'group_norm', 'add', 'multiply', 'concat',
]);

/** By how much the number of a unit grows from one side to the other; null where each reads all. */
function unitOffset({ from, to }: Gap, units: ReadonlyMap<string, number>): number | null {
  if (from.item.kind !== 'layer' || to.item.kind !== 'layer') return null;
  const { name, picture } = from.item.layer;
  const { type, sources } = to.item.layer;
  if (!UNIT_BY_UNIT.has(type) || picture === 'strip' || to.item.layer.picture === 'strip') return null;
  if (type !== 'concat') return 0;
  return sources.slice(0, sources.indexOf(name)).reduce((sum, source) => sum + (units.get(source) ?? 0), 0);
}

function formOf(gap: Gap, mostCells: number): GapForm {
  if (gap.route !== null) return 'route';
  if (gap.from.item.kind === 'run' || gap.to.item.kind === 'run') return 'bundle';
  if (hasKernels(gap)) return 'kernels';
  if (!hasWeights(gap.from.item.layer, gap.to.item.layer)) return 'bundle';
  if (gap.from.item.layer.picture === 'image') return 'threads';
  const cells = gap.from.item.layer.units * gap.to.item.layer.units;
  const drawn = gap.from.tiles.length * gap.to.tiles.length;
  return drawn > MOST_LINKS || cells > mostCells ? 'matrix' : 'links';
}

/** A plain convolution of pictures, few enough to be told apart. */
function hasKernels({ from, to }: Gap): boolean {
  if (from.item.kind !== 'layer' || to.item.kind !== 'layer' || to.item.layer.layer?.type !== 'conv2d') return false;
  const isSeen = from.item.layer.picture === 'features' && to.item.layer.picture === 'features';
  return isSeen && to.item.layer.layer.groups === 1 && from.tiles.length * to.tiles.length <= MOST_THREADS;
}

/**
 * The mean weight of every kernel as a matrix of (channels made, channels read): how much, and with which sign, the one
 * goes into the other. Undefined where the weights came pooled.
 */
export function kernelMeans(matrix: Matrix, read: number): Matrix | undefined {
  const area = matrix.columns / read;
  if (matrix.pooled || !Number.isInteger(area)) return undefined;
  const data = new Float32Array(matrix.rows * read);
  let largest = TINIEST;
  for (let cell = 0; cell < data.length; cell++) {
    let sum = 0;
    for (let place = cell * area; place < (cell + 1) * area; place++) sum += matrix.data[place] ?? 0;
    data[cell] = sum / area;
    largest = Math.max(largest, Math.abs(sum / area));
  }
  return { ...matrix, data, columns: read, largest };
}

/** A weight relative to the largest of its layer, −1 to 1. */
export function relativeWeight(matrix: Matrix, link: Link): number {
  return (matrix.data[link.to.unit * matrix.columns + link.from.unit] ?? 0) / matrix.largest;
}

export function linkWidth(relative: number): number {
  return THINNEST + (WIDEST - THINNEST) * Math.min(1, Math.abs(relative));
}

/** Opacity of a link; `dimmed` when another unit is selected. */
export function linkOpacity(relative: number, theme: 'dark' | 'light', state: 'rest' | 'selected' | 'dimmed'): number {
  const strength = Math.min(1, Math.abs(relative));
  if (state === 'selected') return 0.45 + 0.55 * strength;
  const rest = theme === 'dark' ? 0.1 + 0.62 * strength : 0.14 + 0.66 * strength;
  return state === 'dimmed' ? 0.26 * rest : rest;
}

/** The largest change of any drawn link's relative weight between two moments. */
export function largestMove(before: ReadonlyMap<string, Matrix>, now: NetworkValues, gaps: readonly GapLinks[]): number {
  let largest = 0;
  for (const { form, to, links } of gaps) {
    const a = before.get(to);
    const b = now.weightsInto(to);
    if (a === b) continue;
    if (a === undefined || b === undefined || a.columns !== b.columns || a.rows !== b.rows) return Infinity;
    if (form === 'matrix' || form === 'kernels') {
      for (let cell = 0; cell < b.rows * b.columns; cell++) {
        largest = Math.max(largest, Math.abs((a.data[cell] ?? 0) / a.largest - (b.data[cell] ?? 0) / b.largest));
      }
      continue;
    }
    if (form !== 'links') continue;
    for (const link of links) {
      largest = Math.max(largest, Math.abs(relativeWeight(a, link) - relativeWeight(b, link)));
    }
  }
  return largest;
}

function edgeLayer(card: Card, side: 'first' | 'last'): string {
  if (card.item.kind === 'layer') return card.item.layer.name;
  return card.item.layers.at(side === 'first' ? 0 : -1)?.name ?? '';
}

/** Where links meet a card that shows no units: the middle of its edge. */
function edgeTile(card: Card, layer: string, direction: Direction, side: 'leaving' | 'arriving'): Tile {
  const end = side === 'leaving' ? 1 : 0;
  return direction === 'right'
    ? { layer, unit: 0, x: card.x + end * card.width, y: card.y + card.height / 2, size: 0 }
    : { layer, unit: 0, x: card.x + card.width / 2, y: card.y + end * card.height, size: 0 };
}

/** Evenly spread over 0..1 in both indices (a rank-1 lattice), so that pulses never march in step. */
function spread(from: number, to: number): number {
  const position = from * 0.7548776662 + to * 0.5698402909;
  return position - Math.floor(position);
}

/** What is drawn over the tiles: the ring of the selected neuron with its lead, and the titles of rows. */

import type { Palette } from './colors';
import type { Curve, Point } from './curves';
import type { NetworkLayout, Tile } from './layout';
import { layerTitle, spoken } from './model';
import { isVisible, type View } from './viewport';

const KNOB = 4;
/** Height of the bar below a tile. */
const IMPORTANCE = 3;

/** A ring around the tile and a thin lead to the drawer below. */
export function paintSelection(
  context: CanvasRenderingContext2D,
  tile: Tile,
  palette: Palette,
  layout: NetworkLayout,
  view: View,
): void {
  const half = tile.size / 2 + 4;
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(tile.x - half, tile.y - half, 2 * half, 2 * half, 7);
  context.stroke();
  if (layout.direction === 'down') return;
  const bottom = (view.height - view.y) / view.zoom;
  context.globalAlpha = 0.7;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(tile.x - half, tile.y);
  context.lineTo(tile.x - half - 16, tile.y);
  context.lineTo(tile.x - half - 16, bottom);
  context.stroke();
  context.globalAlpha = 1;
}

/** A pinned weight or bias is held by a knob. */
export function paintKnobs(context: CanvasRenderingContext2D, points: readonly Point[], palette: Palette): void {
  context.lineWidth = 1.5;
  context.strokeStyle = palette.ink;
  context.fillStyle = palette.card;
  for (const { x, y } of points) {
    context.beginPath();
    context.arc(x, y, KNOB, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.fillStyle = palette.ink;
    context.fillRect(x - 1, y - 1, 2, 2);
    context.fillStyle = palette.card;
  }
}

/** A unit that is held at a value, or whose weights stay. */
export interface HeldMark {
  readonly layer: string;
  readonly unit: number;
  /** It answers 0. */
  readonly silent: boolean;
  readonly held: boolean;
  readonly frozen: boolean;
}

const FLAKE = 5;

/** A silent unit is veiled and crossed out, a held one carries a knob, a frozen one a snowflake. */
export function paintHeld(context: CanvasRenderingContext2D, tile: Tile, mark: HeldMark, palette: Palette): void {
  const half = tile.size / 2;
  const [right, top] = [tile.x + half, tile.y - half];
  context.lineCap = 'round';
  if (mark.silent) {
    context.globalAlpha = 0.6;
    context.fillStyle = palette.card;
    context.fillRect(tile.x - half, top, tile.size, tile.size);
    context.globalAlpha = 1;
    context.strokeStyle = palette.ink;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(tile.x - half, tile.y + half);
    context.lineTo(right, top);
    context.stroke();
  }
  if (mark.held) paintKnobs(context, [{ x: right, y: top }], palette);
  if (mark.frozen) paintFlake(context, { x: right, y: tile.y + half }, palette);
  context.lineCap = 'butt';
}

function paintFlake(context: CanvasRenderingContext2D, { x, y }: Point, palette: Palette): void {
  context.fillStyle = palette.card;
  context.beginPath();
  context.arc(x, y, FLAKE + 1.5, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.3;
  context.beginPath();
  for (let arm = 0; arm < 3; arm++) {
    const [across, along] = [FLAKE * Math.sin((arm * Math.PI) / 3), FLAKE * Math.cos((arm * Math.PI) / 3)];
    context.moveTo(x - across, y - along);
    context.lineTo(x + across, y + along);
  }
  context.stroke();
}

/** How much each unit matters, as a bar at the foot of its tile: full for the one that matters most. */
export function paintImportance(
  context: CanvasRenderingContext2D,
  layout: NetworkLayout,
  importance: ReadonlyMap<string, ArrayLike<number>>,
  palette: Palette,
): void {
  let largest = 0;
  for (const values of importance.values()) {
    for (let unit = 0; unit < values.length; unit++) largest = Math.max(largest, Math.abs(values[unit] ?? 0));
  }
  if (largest === 0) return;
  for (const { tiles } of layout.cards) {
    for (const tile of tiles) {
      const value = importance.get(tile.layer)?.[tile.unit];
      if (value === undefined) continue;
      const [left, top] = [tile.x - tile.size / 2, tile.y + tile.size / 2 + 2];
      context.fillStyle = palette.line2;
      context.fillRect(left, top, tile.size, IMPORTANCE);
      context.fillStyle = value < 0 ? palette.neg : palette.pos;
      context.fillRect(left, top, (tile.size * Math.abs(value)) / largest, IMPORTANCE);
    }
  }
}

/** The wire that is pointed at or edited, or a ring around the bias that is. */
export function paintMarked(context: CanvasRenderingContext2D, marked: Curve | Point, palette: Palette): void {
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.beginPath();
  if ('x' in marked) {
    context.arc(marked.x, marked.y, KNOB + 2, 0, 2 * Math.PI);
  } else {
    context.moveTo(marked[0], marked[1]);
    context.bezierCurveTo(marked[2], marked[3], marked[4], marked[5], marked[6], marked[7]);
  }
  context.stroke();
}

/** Links cross the headers of rows, so titles stand above them. */
export function paintTitles(context: CanvasRenderingContext2D, layout: NetworkLayout, palette: Palette, view: View): void {
  context.textBaseline = 'middle';
  for (const card of layout.cards) {
    if (card.item.kind !== 'layer' || !isVisible(card, view)) continue;
    const { layer } = card.item;
    const title = layerTitle(layer);
    const rest = layer.dense === null ? '' : ` · ${spoken(layer.dense.activation)}`;
    context.font = `600 12px ${palette.font}`;
    const width = context.measureText(title).width;
    context.font = `400 12px ${palette.font}`;
    context.fillStyle = palette.card;
    context.beginPath();
    context.roundRect(card.x + 6, card.y + 4, width + context.measureText(rest).width + 12, 20, 4);
    context.fill();
    context.fillStyle = palette.ink2;
    context.fillText(rest, card.x + 12 + width, card.y + 14);
    context.font = `600 12px ${palette.font}`;
    context.fillStyle = palette.ink;
    context.fillText(title, card.x + 12, card.y + 14);
  }
  context.textBaseline = 'alphabetic';
}

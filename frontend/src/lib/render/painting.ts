/** The tiles of one card: halo, picture, edge, bias; and for classes the name, the value and its bar. */

import type { Palette } from './colors';
import type { Card, Direction, Tile } from './layout';
import type { LayerModel } from './model';
import type { Sprites } from './sprites';
import type { TilePictures } from './tiles';
import { figure } from './figures';
import { BIAS_SIDE, biasPoint } from './hit';

export interface TilePainting {
  readonly card: Card;
  readonly model: LayerModel | null;
  readonly palette: Palette;
  readonly sprites: Sprites;
  readonly pictures: TilePictures | null;
  readonly direction: Direction;
  /** The current sample's activation of a unit. */
  activation(unit: number): number | undefined;
  /** An activation on the ramp, −1 to 1. */
  relative(value: number): number;
  bias(unit: number): number | undefined;
}

/** Halos are drawn for tiles of this size; others scale. */
const REFERENCE = 36;
/** Cells show what fires now, so they use more of the ramp than maps. */
export const CELL_GAIN = 0.86;

export function paintTiles(context: CanvasRenderingContext2D, painting: TilePainting): void {
  const { card } = painting;
  for (const tile of card.tiles) paintHalo(context, tile, painting);
  context.save();
  context.clip(outlines(painting));
  for (const tile of card.tiles) paintPicture(context, tile, painting);
  context.restore();
  for (const tile of card.tiles) paintEdge(context, tile, painting);
}

/** Classes: the value beside each circle, and its bar. */
export function paintList(context: CanvasRenderingContext2D, painting: TilePainting): void {
  const { card, model, palette, direction } = painting;
  const values = card.tiles.map((tile) => painting.activation(tile.unit));
  const best = values.reduce<number>((most, value) => Math.max(most, value ?? -Infinity), -Infinity);
  card.tiles.forEach((tile, index) => {
    const value = values[index];
    const wins = value !== undefined && value === best;
    const name = model?.labels[tile.unit] ?? String(tile.unit + 1);
    const share = value === undefined ? 0 : (painting.relative(value) + 1) / 2;
    context.font = `${wins ? 600 : 400} 12px ${palette.font}`;
    context.fillStyle = wins ? palette.ink : palette.ink2;
    if (direction === 'down') {
      context.textAlign = 'center';
      context.fillText(name, tile.x, tile.y + tile.size / 2 + 15, 40);
      if (value !== undefined) context.fillText(figure(value, 2), tile.x, tile.y + tile.size / 2 + 29, 40);
      return;
    }
    const left = tile.x + tile.size / 2 + 10;
    const right = card.x + card.width - 12;
    context.textBaseline = 'middle';
    const number = value === undefined ? '' : figure(value, 3);
    context.textAlign = 'right';
    context.fillText(number, right, tile.y);
    context.textAlign = 'left';
    context.fillText(name, left, tile.y, right - left - context.measureText(number).width - 6);
    context.fillStyle = palette.line2;
    context.fillRect(left, tile.y + 10, right - left, 2);
    context.fillStyle = palette.pos;
    context.fillRect(left, tile.y + 10, (right - left) * Math.min(1, share), 2);
  });
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
}

function paintHalo(context: CanvasRenderingContext2D, tile: Tile, painting: TilePainting): void {
  const value = painting.activation(tile.unit);
  if (value === undefined) return;
  // A class that is surely not meant does not glow.
  const relative = painting.card.list ? Math.max(0, painting.relative(value)) : painting.relative(value);
  const sprite = painting.sprites.halo(relative, isRound(painting));
  if (sprite === null) return;
  const reach = (sprite.reach * tile.size) / REFERENCE;
  context.drawImage(sprite.image, tile.x - reach, tile.y - reach, 2 * reach, 2 * reach);
}

function outlines(painting: TilePainting): Path2D {
  const path = new Path2D();
  for (const tile of painting.card.tiles) outline(path, tile, painting, 0);
  return path;
}

/** Classes without a map are circles. */
function isRound({ card, model }: TilePainting): boolean {
  return card.list && model?.picture === 'cell';
}

function outline(path: Path2D | CanvasRenderingContext2D, tile: Tile, painting: TilePainting, inset: number): void {
  const half = tile.size / 2 - inset;
  if (isRound(painting)) {
    path.moveTo(tile.x + half, tile.y);
    path.arc(tile.x, tile.y, half, 0, 2 * Math.PI);
  } else {
    path.roundRect(tile.x - half, tile.y - half, 2 * half, 2 * half, Math.min(4, tile.size / 7));
  }
}

function paintPicture(context: CanvasRenderingContext2D, tile: Tile, painting: TilePainting): void {
  const { palette, pictures } = painting;
  const half = tile.size / 2;
  if (pictures?.has(tile) === true) {
    pictures.draw(context, tile, tile.x - half, tile.y - half, tile.size);
    return;
  }
  // Until its map is there a neuron glows with its activation.
  const picture = painting.model?.picture;
  const value = picture === 'cell' || picture === 'map' ? painting.activation(tile.unit) : undefined;
  context.fillStyle = value === undefined ? palette.hover : palette.ramp.css(CELL_GAIN * cellValue(value, painting));
  context.fillRect(tile.x - half, tile.y - half, tile.size, tile.size);
}

function cellValue(value: number, painting: TilePainting): number {
  const relative = painting.relative(value);
  return painting.card.list ? (relative + 1) / 2 : relative;
}

function paintEdge(context: CanvasRenderingContext2D, tile: Tile, painting: TilePainting): void {
  const { palette, card } = painting;
  const value = painting.activation(tile.unit);
  const relative = value === undefined ? 0 : cellValue(value, painting);
  const dark = palette.theme === 'dark';
  context.strokeStyle =
    Math.abs(relative) > 0.15 ? palette.ramp.css(relative * 0.9, dark ? 0.9 : 0.8) : palette.line3;
  context.lineWidth = 1;
  context.beginPath();
  outline(context, tile, painting, 0.5);
  context.stroke();
  const bias = painting.bias(tile.unit);
  const place = biasPoint(card, tile);
  if (bias === undefined || place === null) return;
  context.globalAlpha = Math.min(1, 0.3 + Math.abs(bias));
  context.fillStyle = bias < 0 ? palette.neg : palette.pos;
  context.fillRect(place.x - BIAS_SIDE / 2, place.y - BIAS_SIDE / 2, BIAS_SIDE, BIAS_SIDE);
  context.globalAlpha = 1;
}

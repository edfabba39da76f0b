/**
 * What each tile shows, brought into the atlas: live maps, weights as images, the image that comes in.
 */

import type { FrameStore } from '../state/frames';
import { Atlas } from './atlas';
import { MAP_GAIN, OUTPUT_GAIN, type Ramp } from './colors';
import { imageWords, squared, type Picture } from './digit';
import type { NetworkLayout, Tile } from './layout';
import { INPUT, OUTPUT, type LayerModel } from './model';
import { projection, rangeScale, type Matrix, type NetworkValues } from './values';

/** Where the maps of a layer are: the channel, and the unit its first map belongs to. */
export interface MapSource {
  readonly channel: string;
  readonly from: number;
}

export interface PictureSources {
  readonly frames: FrameStore;
  readonly values: NetworkValues;
  readonly ramp: Ramp;
  readonly maps: ReadonlyMap<string, MapSource>;
  /** How the output's values are to be read: sigmoid, softmax, tanh or linear. */
  readonly outputActivation: string | undefined;
  /** The sample as it came, where the input is an image. */
  readonly picture: Picture | null;
}

const NO_LEVELS = new Uint8Array(0);
const WEIGHTS_GAIN = 0.78;
const PIXEL_GAIN = 0.92;
/** A unit whose weights are below this share of the layer's largest is not blown up further. */
const DIM_SHARE = 0.3;
const SMOOTHED_SIZE = 64;

export class TilePictures {
  private readonly atlas: Atlas;
  private readonly slots = new Map<string, number>();
  private readonly tiles: readonly Tile[];

  constructor(
    layout: NetworkLayout,
    private readonly models: ReadonlyMap<string, LayerModel>,
    /** The largest side of any picture. */
    cell: number,
  ) {
    const tiles = layout.cards.flatMap((card) => card.tiles);
    tiles.forEach((tile, slot) => this.slots.set(tileKey(tile), slot));
    this.atlas = new Atlas(Math.max(1, tiles.length), cell);
    this.tiles = tiles;
  }

  /** Read everything anew; call once per frame that arrived. */
  refresh(sources: PictureSources): void {
    const readers = new Map<string, Reader | null>();
    this.tiles.forEach((tile, slot) => {
      const model = this.models.get(tile.layer);
      if (model === undefined) return;
      let reader = readers.get(tile.layer);
      if (reader === undefined) {
        reader = readerOf(model, sources);
        readers.set(tile.layer, reader);
      }
      if (reader === null) return;
      const offset = reader.offsetOf(tile.unit);
      if (offset === null) return;
      this.atlas.write(slot, { levels: reader.levels, offset, side: reader.side, pixels: reader.pixels, words: reader.words });
    });
    this.atlas.flush();
  }

  /** No tile has a picture any more. */
  clear(): void {
    this.atlas.clear();
  }

  /** True once this tile has a picture. */
  has(tile: Tile): boolean {
    const slot = this.slots.get(tileKey(tile));
    return slot !== undefined && this.atlas.has(slot);
  }

  draw(context: CanvasRenderingContext2D, tile: Tile, x: number, y: number, size: number): void {
    const slot = this.slots.get(tileKey(tile));
    if (slot === undefined) return;
    const picture = this.models.get(tile.layer)?.picture;
    context.imageSmoothingEnabled = picture === 'map';
    // Far beyond a tile's size plain interpolation would show its grid.
    context.imageSmoothingQuality = size > SMOOTHED_SIZE ? 'high' : 'low';
    this.atlas.draw(context, slot, x, y, size);
  }
}

interface Reader {
  readonly levels: Uint8Array;
  readonly side: number;
  readonly pixels: Uint32Array;
  readonly words?: Uint32Array;
  offsetOf(unit: number): number | null;
}

function readerOf(model: LayerModel, sources: PictureSources): Reader | null {
  switch (model.picture) {
    case 'map':
      return mapReader(model, sources);
    case 'weights':
      return weightsReader(model, sources);
    case 'image':
      return imageReader(model, sources);
    case 'cell':
      return null;
  }
}

function mapReader(model: LayerModel, { frames, maps, ramp, outputActivation }: PictureSources): Reader | null {
  const source = maps.get(model.name);
  const view = source && frames.get(source.channel, model.name);
  const range = source && frames.get(source.channel, `${model.name}.range`)?.data;
  const side = view?.shape[1];
  if (source === undefined || side === undefined || !(view?.data instanceof Uint8Array) || range === undefined) return null;
  const low = range[0] ?? 0;
  const high = range[1] ?? 0;
  const project = projection(model.name, outputActivation, rangeScale(low, high));
  const count = view.shape[0] ?? 0;
  return {
    levels: view.data,
    side,
    pixels: ramp.levels(low, high, model.name === OUTPUT ? OUTPUT_GAIN : MAP_GAIN, project),
    offsetOf: (unit) => (unit >= source.from && unit < source.from + count ? (unit - source.from) * side * side : null),
  };
}

function weightsReader(model: LayerModel, { values, ramp }: PictureSources): Reader | null {
  const matrix = values.weightsInto(model.name);
  const side = Math.round(Math.sqrt(matrix?.columns ?? 0));
  if (matrix === undefined || matrix.pooled || side * side !== matrix.columns) return null;
  const levels = weightLevels(matrix);
  return {
    levels,
    side,
    pixels: ramp.levels(-1, 1, WEIGHTS_GAIN, (value) => value),
    offsetOf: (unit) => (unit < matrix.rows ? unit * matrix.columns : null),
  };
}

/** Each unit by its own largest weight, so that its pattern shows; units that are weak in their layer stay dim. */
function weightLevels({ data, rows, columns, largest }: Matrix): Uint8Array {
  const levels = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let own = DIM_SHARE * largest;
    for (let cell = row * columns; cell < (row + 1) * columns; cell++) own = Math.max(own, Math.abs(data[cell] ?? 0));
    for (let cell = row * columns; cell < (row + 1) * columns; cell++) {
      levels[cell] = Math.round(127.5 + (127.5 * (data[cell] ?? 0)) / own);
    }
  }
  return levels;
}

function imageReader(model: LayerModel, { values, picture, ramp }: PictureSources): Reader | null {
  if (picture !== null && picture.values.length === model.units) {
    const words = squared(imageWords(picture, ramp, PIXEL_GAIN), picture.shape, ramp.pixel(0));
    return { levels: NO_LEVELS, side: Math.max(...picture.shape), pixels: ramp.pixels, words, offsetOf: () => 0 };
  }
  const side = Math.round(Math.sqrt(model.units));
  const standardised = values.activationsOf(INPUT);
  if (standardised === undefined || side * side !== model.units) return null;
  const scale = values.scale(INPUT);
  return {
    levels: toLevels(standardised, -scale, scale),
    side,
    pixels: ramp.levels(-1, 1, PIXEL_GAIN, (value) => value),
    offsetOf: () => 0,
  };
}

function toLevels(values: ArrayLike<number>, low: number, high: number): Uint8Array {
  const levels = new Uint8ClampedArray(values.length);
  for (let index = 0; index < values.length; index++) levels[index] = (255 * ((values[index] ?? 0) - low)) / (high - low);
  return new Uint8Array(levels.buffer);
}

function tileKey(tile: Tile): string {
  return `${tile.layer}/${tile.unit}`;
}

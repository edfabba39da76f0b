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
const FEATURE_GAIN = 0.86;
/** The largest side of a picture; of the picture of a sequence. */
const CELL = 32;
const STRIP_CELL = 64;

export class TilePictures {
  private readonly atlas: Atlas;
  private readonly slots = new Map<string, number>();
  private readonly tiles: readonly Tile[];

  constructor(
    layout: NetworkLayout,
    private readonly models: ReadonlyMap<string, LayerModel>,
  ) {
    const tiles = layout.cards.flatMap((card) => card.tiles);
    tiles.forEach((tile, slot) => this.slots.set(tileKey(tile), slot));
    const hasStrips = tiles.some((tile) => models.get(tile.layer)?.picture === 'strip');
    this.atlas = new Atlas(Math.max(1, tiles.length), hasStrips ? STRIP_CELL : CELL);
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
      const { levels, width, height, pixels, words } = reader;
      this.atlas.write(slot, { levels, offset, width, height, pixels, words });
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
  readonly width: number;
  readonly height: number;
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
    case 'features':
      return featuresReader(model, sources);
    case 'strip':
      return stripReader(model, sources);
    case 'cell':
    case 'none':
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
    width: side,
    height: side,
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
    width: side,
    height: side,
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
    const side = Math.max(...picture.shape);
    return { levels: NO_LEVELS, width: side, height: side, pixels: ramp.pixels, words, offsetOf: () => 0 };
  }
  const side = Math.round(Math.sqrt(model.units));
  const standardised = values.activationsOf(INPUT);
  if (standardised === undefined || side * side !== model.units) return null;
  const scale = values.scale(INPUT);
  return {
    levels: toLevels(standardised, -scale, scale),
    width: side,
    height: side,
    pixels: ramp.levels(-1, 1, PIXEL_GAIN, (value) => value),
    offsetOf: () => 0,
  };
}

/** One picture per channel, of a (channels, height, width) layer. */
function featuresReader(model: LayerModel, { values, ramp }: PictureSources): Reader | null {
  const data = values.activationsOf(model.name);
  const [channels = 0, rows = 0, columns = 0] = model.shape ?? [];
  if (data?.length !== channels * rows * columns) return null;
  const height = Math.min(rows, CELL);
  const width = Math.min(columns, CELL);
  const at = (channel: number, row: number, column: number): number => (channel * rows + row) * columns + column;
  return {
    levels: sampled(data, values.scale(model.name), channels, [height, rows], [width, columns], at),
    width,
    height,
    pixels: ramp.levels(-1, 1, FEATURE_GAIN, (value) => value),
    offsetOf: (unit) => (unit < channels ? unit * width * height : null),
  };
}

/** Steps across, features down; of a signal its length across, channels down. */
function stripReader(model: LayerModel, { values, ramp }: PictureSources): Reader | null {
  const data = values.activationsOf(model.name);
  const [first = 0, second = 1] = model.shape ?? [];
  if (data?.length !== first * second) return null;
  const isSignal = model.kind === 'signal';
  const [features, steps] = isSignal ? [first, second] : [second, first];
  const height = Math.min(features, STRIP_CELL);
  const width = Math.min(steps, STRIP_CELL);
  const at = (_: number, feature: number, step: number): number =>
    isSignal ? feature * steps + step : step * features + feature;
  return {
    levels: sampled(data, values.scale(model.name), 1, [height, features], [width, steps], at),
    width,
    height,
    pixels: ramp.levels(-1, 1, FEATURE_GAIN, (value) => value),
    offsetOf: () => 0,
  };
}

/** Levels of `count` pictures of (height, width) out of (rows, columns) numbers: the nearest where they do not all fit. */
function sampled(
  data: ArrayLike<number>,
  scale: number,
  count: number,
  [height, rows]: readonly [number, number],
  [width, columns]: readonly [number, number],
  at: (picture: number, row: number, column: number) => number,
): Uint8Array {
  const levels = new Uint8ClampedArray(count * height * width);
  let place = 0;
  for (let picture = 0; picture < count; picture++) {
    for (let y = 0; y < height; y++) {
      const row = Math.floor(((y + 0.5) * rows) / height);
      for (let x = 0; x < width; x++) {
        const value = data[at(picture, row, Math.floor(((x + 0.5) * columns) / width))] ?? 0;
        levels[place++] = 127.5 + (127.5 * value) / scale;
      }
    }
  }
  return new Uint8Array(levels.buffer);
}

function toLevels(values: ArrayLike<number>, low: number, high: number): Uint8Array {
  const levels = new Uint8ClampedArray(values.length);
  for (let index = 0; index < values.length; index++) levels[index] = (255 * ((values[index] ?? 0) - low)) / (high - low);
  return new Uint8Array(levels.buffer);
}

function tileKey(tile: Tile): string {
  return `${tile.layer}/${tile.unit}`;
}

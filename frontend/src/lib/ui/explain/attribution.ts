/** Signed shares of a network's inputs, made ready to be looked at. Pure. */
import type { Picture } from '../../render/digit';
import type { Ramp } from '../../render/colors';

/** Shares over the pixels of a picture. */
export interface PictureMap {
  readonly values: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
}

export interface Share {
  readonly name: string;
  readonly value: number;
}

/** The largest magnitude, 0 for nothing at all. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at] ?? 0);
    if (Number.isFinite(size)) largest = Math.max(largest, size);
  }
  return largest;
}

/** By the largest magnitude, so that the strongest is ±1; zeros where nothing says anything. */
export function normalised(values: ArrayLike<number>): Float32Array {
  const largest = largestOf(values);
  return Float32Array.from(values, (value) => (largest === 0 || !Number.isFinite(value) ? 0 : value / largest));
}

/**
 * The shares of (channels × rows × columns) pixels, summed over channels. `names` are those of the inputs the network
 * reads and `columns` those of all pixels: a pixel that is switched off has no share, a formula has no pixel. Null
 * where they do not fit together.
 */
export function overPixels(
  shares: ArrayLike<number>,
  names: readonly string[],
  columns: readonly string[],
  shape: readonly [number, number],
): PictureMap | null {
  const pixels = shape[0] * shape[1];
  if (shares.length !== names.length || pixels === 0 || columns.length % pixels !== 0) return null;
  const places = new Map(columns.map((name, place) => [name, place]));
  const values = new Float32Array(pixels);
  names.forEach((name, input) => {
    const place = places.get(name);
    if (place !== undefined) values[place % pixels] = (values[place % pixels] ?? 0) + (shares[input] ?? 0);
  });
  return { values, shape };
}

/** Of the ramp: even a weak share has a hue, the strongest is no white. */
const FAINTEST = 0.3;
const SPAN = 0.42;
/** The picture below is quiet, so that no hue is lost in it. */
const PICTURE_SHARE = 0.55;

type Rgb = readonly [number, number, number];

/**
 * One word per pixel, as `ImageData` holds them: the picture in greys between the ramp's zero and `ink`, and over it
 * blue where a pixel speaks for the answer, orange where against it.
 */
export function overlayWords(map: PictureMap, picture: Picture | null, ramp: Ramp, ink: Rgb): Uint32Array {
  const levels = normalised(map.values);
  const zero = ramp.rgb(0);
  const grey = picture && greys(picture);
  const words = new Uint32Array(levels.length);
  for (let pixel = 0; pixel < levels.length; pixel++) {
    const level = levels[pixel] ?? 0;
    const bright = PICTURE_SHARE * (grey?.[pixel] ?? 0);
    // Weak shares let the picture through, strong ones cover it.
    const veil = Math.abs(level);
    const colour = ramp.rgb(Math.sign(level) * (FAINTEST + SPAN * Math.abs(level)));
    const channel = (index: 0 | 1 | 2): number => {
      const below = zero[index] + (ink[index] - zero[index]) * bright;
      return Math.round(below + (colour[index] - below) * veil);
    };
    words[pixel] = (0xff000000 | (channel(2) << 16) | (channel(1) << 8) | channel(0)) >>> 0;
  }
  return words;
}

/** How bright each pixel is, 0 to 1, also of a coloured picture. */
function greys(picture: Picture): Float32Array {
  const { values, shape, brightest } = picture;
  const pixels = shape[0] * shape[1];
  const channels = Math.max(1, Math.round(values.length / pixels));
  return Float32Array.from({ length: pixels }, (_, pixel) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += values[channel * pixels + pixel] ?? 0;
    return Math.min(1, Math.max(0, sum / (channels * brightest)));
  });
}

/** The strongest first; `rest` is how many are left out, and what they say together. */
export function strongest(shares: readonly Share[], most: number): { shown: Share[]; rest: number; together: number } {
  const sorted = shares.toSorted((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const left = sorted.slice(most);
  return { shown: sorted.slice(0, most), rest: left.length, together: left.reduce((sum, { value }) => sum + value, 0) };
}

export const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] ?? 0;
  return sum;
};

/** How large a window should cover a picture of this side: a seventh, so that what is covered can be recognised. */
export const windowFor = (side: number): number => Math.max(1, Math.round(side / 7));

/**
 * Bars for many units in little room: each is the one with the largest magnitude of its group. `of` are the units it
 * stands for.
 */
export function grouped(values: ArrayLike<number>, most: number): { value: number; unit: number }[] {
  const size = Math.ceil(values.length / most) || 1;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, group) => {
    let unit = group * size;
    for (let at = unit; at < Math.min(values.length, (group + 1) * size); at++) {
      if (Math.abs(values[at] ?? 0) > Math.abs(values[unit] ?? 0)) unit = at;
    }
    return { value: values[unit] ?? 0, unit };
  });
}

/** Up and down, the strongest first: of what is sorted from the largest to the smallest, both ends. */
export function bothEnds(values: ArrayLike<number>, most: number): { up: number[]; down: number[] } {
  const up: number[] = [];
  const down: number[] = [];
  for (let place = 0; place < values.length && up.length < most && (values[place] ?? 0) > 0; place++) up.push(place);
  for (let place = values.length - 1; place >= 0 && down.length < most && (values[place] ?? 0) < 0; place--) down.push(place);
  return { up, down };
}

/** A picture of the network's own numbers, from `low` (dark) to `high`. */
export function pictured(values: ArrayLike<number>, low: number, high: number): Float32Array {
  return Float32Array.from(values, (value) => (high > low ? (value - low) / (high - low) : 0));
}


/** Images of a data set as drawings: grey ones bright where there is ink, coloured ones in their own colours. */
import type { DataSetFacts } from '../schema.gen';
import type { Ramp } from './colors';

/** scikit-learn's digits come in 17 levels, everything else in bytes. */
export const brightestOf = ({ source }: Pick<DataSetFacts, 'source'>): number => (source === 'bundled' ? 16 : 255);

/** One image: rows × columns values from 0 to `brightest`, or three times as many: all red ones, all green, all blue. */
export interface Picture {
  values: ArrayLike<number>;
  shape: readonly [rows: number, columns: number];
  brightest: number;
}

const COLOURS = 3;
const OPAQUE = 0xff000000;

/** One word per pixel, as `ImageData` holds them; grey ones use the ramp up to `gain`. */
export function imageWords({ values, shape, brightest }: Picture, ramp: Ramp, gain = 1): Uint32Array {
  const words = new Uint32Array(shape[0] * shape[1]);
  const isColoured = values.length === COLOURS * words.length;
  const byte = (at: number): number => Math.round((255 * (values[at] ?? 0)) / brightest) & 255;
  for (let pixel = 0; pixel < words.length; pixel++) {
    words[pixel] = isColoured
      ? (OPAQUE | (byte(pixel + 2 * words.length) << 16) | (byte(pixel + words.length) << 8) | byte(pixel)) >>> 0
      : ramp.pixel((gain * (values[pixel] ?? 0)) / brightest);
  }
  return words;
}

/** One canvas pixel per pixel. */
export function drawImageSample(canvas: HTMLCanvasElement, picture: Picture, ramp: Ramp): void {
  const [rows, columns] = picture.shape;
  const context = canvas.getContext('2d');
  if (!context || rows * columns === 0) return;
  canvas.width = columns;
  canvas.height = rows;
  const image = context.createImageData(columns, rows);
  new Uint32Array(image.data.buffer).set(imageWords(picture, ramp));
  context.putImageData(image, 0, 0);
}

/** In the middle of a square, as tiles are. */
export function squared(words: Uint32Array, [rows, columns]: readonly [number, number], empty: number): Uint32Array {
  const side = Math.max(rows, columns);
  if (rows === columns) return words;
  const square = new Uint32Array(side * side).fill(empty);
  const [down, right] = [(side - rows) >> 1, (side - columns) >> 1];
  for (let row = 0; row < rows; row++) square.set(words.subarray(row * columns, (row + 1) * columns), (row + down) * side + right);
  return square;
}

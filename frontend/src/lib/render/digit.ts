/** Images of a data set as drawings: bright where there is ink. */
import type { Ramp } from './colors';

/** Digits come in 17 levels. */
export const BRIGHTEST = 16;

/** One image (rows × columns values from 0 to `BRIGHTEST`), one canvas pixel per pixel. */
export function drawImageSample(
  canvas: HTMLCanvasElement,
  pixels: ArrayLike<number>,
  shape: readonly [number, number],
  ramp: Ramp,
): void {
  const [rows, columns] = shape;
  const context = canvas.getContext('2d');
  if (!context) return;
  canvas.width = columns;
  canvas.height = rows;
  const image = context.createImageData(columns, rows);
  const colours = new Uint32Array(image.data.buffer);
  for (let index = 0; index < colours.length; index++) colours[index] = ramp.pixel((pixels[index] ?? 0) / BRIGHTEST);
  context.putImageData(image, 0, 0);
}

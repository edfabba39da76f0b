/** One unit's map over the plane, large, with the data on it and the current sample ringed. */

import type { Palette } from './colors';
import { projection, rangeScale } from './values';

export interface Response {
  /** side² levels, row 0 the top. */
  readonly levels: Uint8Array;
  readonly side: number;
  /** Values of level 0 and level 255. */
  readonly low: number;
  readonly high: number;
  readonly layer: string;
  readonly activation: string | undefined;
  readonly gain: number;
  /** x1 low, x1 high, x2 low, x2 high. */
  readonly domain: readonly number[];
  /** x1, x2, x1, x2, … */
  readonly points: ArrayLike<number>;
  readonly sample: readonly [number, number] | null;
}

/** More dots than this hide the map. */
const MOST_POINTS = 600;

export function drawResponse(context: CanvasRenderingContext2D, response: Response, palette: Palette, size: number): void {
  const { side, levels, low, high } = response;
  const project = projection(response.layer, response.activation, rangeScale(low, high));
  const table = palette.ramp.levels(low, high, response.gain, project);
  const small = document.createElement('canvas');
  small.width = small.height = side;
  const inside = small.getContext('2d');
  if (inside === null) return;
  const image = inside.createImageData(side, side);
  const words = new Uint32Array(image.data.buffer);
  for (let cell = 0; cell < words.length; cell++) words[cell] = table[levels[cell] ?? 0] ?? 0;
  inside.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, 0, 0, size, size);

  const [left = -6, right = 6, bottom = -6, top = 6] = response.domain;
  const toX = (x: number): number => ((x - left) / (right - left)) * size;
  const toY = (y: number): number => ((top - y) / (top - bottom)) * size;
  context.globalAlpha = 0.5;
  context.fillStyle = palette.ink;
  const count = Math.min(MOST_POINTS, response.points.length / 2);
  for (let point = 0; point < count; point++) {
    context.fillRect(toX(response.points[2 * point] ?? 0) - 0.75, toY(response.points[2 * point + 1] ?? 0) - 0.75, 1.5, 1.5);
  }
  context.globalAlpha = 1;
  if (response.sample === null) return;
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(toX(response.sample[0]), toY(response.sample[1]), 6, 0, 2 * Math.PI);
  context.stroke();
}

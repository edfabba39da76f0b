/** The input features of plane data: their names as people write them and the formulas themselves. */
import { MAP_GAIN, type Ramp } from './colors';

/** Half the width of the plane all synthetic sets live on. */
export const PLANE_REACH = 6;

interface FeatureFacts {
  /** Plain text and lowered or raised parts, in order. */
  parts: readonly (readonly [text: string, place: 'line' | 'sub' | 'sup'])[];
  /** In words, for those who do not see the picture. */
  words: string;
  /** Scaled to reach ±1 on the plane. */
  value(x1: number, x2: number): number;
}

export const FEATURES: Record<string, FeatureFacts> = {
  x1: { parts: [['x', 'line'], ['1', 'sub']], words: 'x1', value: (x1) => x1 / PLANE_REACH },
  x2: { parts: [['x', 'line'], ['2', 'sub']], words: 'x2', value: (_, x2) => x2 / PLANE_REACH },
  'x1^2': {
    parts: [['x', 'line'], ['1', 'sub'], ['2', 'sup']],
    words: 'x1 squared',
    value: (x1) => (x1 / PLANE_REACH) ** 2,
  },
  'x2^2': {
    parts: [['x', 'line'], ['2', 'sub'], ['2', 'sup']],
    words: 'x2 squared',
    value: (_, x2) => (x2 / PLANE_REACH) ** 2,
  },
  'x1*x2': {
    parts: [['x', 'line'], ['1', 'sub'], ['x', 'line'], ['2', 'sub']],
    words: 'x1 times x2',
    value: (x1, x2) => (x1 * x2) / PLANE_REACH ** 2,
  },
  'sin(x1)': { parts: [['sin x', 'line'], ['1', 'sub']], words: 'sine of x1', value: (x1) => Math.sin(x1) },
  'sin(x2)': { parts: [['sin x', 'line'], ['2', 'sub']], words: 'sine of x2', value: (_, x2) => Math.sin(x2) },
};

const RESOLUTION = 24;
/** Switches are small and stand alone, so they may be brighter than maps. */
const GAIN = MAP_GAIN * 1.3;

/** A small map: `value` in [−1, 1] over a square whose sides run from −1 to 1, the second axis upwards. */
export function drawField(canvas: HTMLCanvasElement, value: (x: number, y: number) => number, ramp: Ramp): void {
  const at = (cell: number): number => (2 * (cell + 0.5)) / RESOLUTION - 1;
  paint(canvas, RESOLUTION, ramp, (column, row) => value(at(column), -at(row)));
}

/** A feature's own map. */
export function drawFeature(canvas: HTMLCanvasElement, feature: string, ramp: Ramp): void {
  const facts = FEATURES[feature];
  if (facts) drawField(canvas, (x, y) => facts.value(PLANE_REACH * x, PLANE_REACH * y), ramp);
}

const SPECKLES = 12;
const NOISE_REACH = 2.5;

/** A noise column has no map: its first values, row by row. */
export function drawNoise(canvas: HTMLCanvasElement, values: ArrayLike<number>, ramp: Ramp): void {
  paint(canvas, SPECKLES, ramp, (column, row) => (values[row * SPECKLES + column] ?? 0) / NOISE_REACH);
}

function paint(canvas: HTMLCanvasElement, side: number, ramp: Ramp, value: (column: number, row: number) => number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  canvas.width = canvas.height = side;
  const image = context.createImageData(side, side);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) pixels[row * side + column] = ramp.pixel(GAIN * value(column, row));
  }
  context.putImageData(image, 0, 0);
}

/** From a drawing or a photograph to a picture of a data set's own size and place. Pure; one plane of shares at a time. */

/** Values from 0 to 1, row by row. */
export interface Plane {
  readonly values: ArrayLike<number>;
  readonly shape: Shape;
}

export type Shape = readonly [rows: number, columns: number];

/** A part of a plane, in its pixels; it may reach beyond. */
export interface Part {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Fainter is no ink. */
const FAINTEST = 0.05;

export const whole = ([rows, columns]: Shape): Part => ({ top: 0, left: 0, height: rows, width: columns });

/** The largest part in the middle that has the proportions of `shape`. */
export function cropped([rows, columns]: Shape, shape: Shape): Part {
  const scale = Math.min(rows / shape[0], columns / shape[1]);
  const [height, width] = [shape[0] * scale, shape[1] * scale];
  return { top: (rows - height) / 2, left: (columns - width) / 2, height, width };
}

/** Each pixel is the mean of what it covers of the part, so that edges come out smooth; beyond the plane there is 0. */
export function resampled(plane: Plane, part: Part, shape: Shape): Float32Array {
  const sums = summed(plane);
  const [rows, columns] = shape;
  const [down, right] = [part.height / rows, part.width / columns];
  const above = (row: number): number => part.top + row * down;
  const before = (column: number): number => part.left + column * right;
  const picture = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [top, bottom, left, end] = [above(row), above(row + 1), before(column), before(column + 1)];
      const sum = sums(bottom, end) - sums(top, end) - sums(bottom, left) + sums(top, left);
      picture[row * columns + column] = Math.min(1, Math.max(0, sum / (down * right)));
    }
  }
  return picture;
}

/** The sum of all that lies above and left of a place. Pixels are even, so between their corners it is bilinear. */
function summed({ values, shape: [rows, columns] }: Plane): (y: number, x: number) => number {
  const wide = columns + 1;
  const corners = new Float64Array((rows + 1) * wide);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      sum += values[row * columns + column] ?? 0;
      corners[(row + 1) * wide + column + 1] = (corners[row * wide + column + 1] ?? 0) + sum;
    }
  }
  const at = (row: number, column: number): number => corners[row * wide + column] ?? 0;
  return (y, x) => {
    const [down, right] = [Math.min(rows, Math.max(0, y)), Math.min(columns, Math.max(0, x))];
    const [row, column] = [Math.min(rows - 1, Math.floor(down)), Math.min(columns - 1, Math.floor(right))];
    const [low, far] = [down - row, right - column];
    return (
      (1 - low) * ((1 - far) * at(row, column) + far * at(row, column + 1)) +
      low * ((1 - far) * at(row + 1, column) + far * at(row + 1, column + 1))
    );
  };
}

/** Where ink is, from its first to behind its last row and column; null without any. */
export function boxOf({ values, shape: [rows, columns] }: Plane): Part | null {
  let [top, left, bottom, end] = [rows, columns, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if ((values[row * columns + column] ?? 0) < FAINTEST) continue;
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
      [left, end] = [Math.min(left, column), Math.max(end, column + 1)];
    }
  }
  return bottom > top ? { top, left, height: bottom - top, width: end - left } : null;
}

/**
 * The part that shows a drawing as MNIST shows its digits: the longer side of the ink takes `extent` pixels of the result,
 * and its centre of mass lies in the middle, or as near to it as all of the ink can be seen. Null without ink.
 */
export function centred(plane: Plane, extent: number, [rows, columns]: Shape): Part | null {
  const box = boxOf(plane);
  if (box === null) return null;
  const scale = Math.max(box.height / Math.min(extent, rows), box.width / Math.min(extent, columns));
  const [height, width] = [rows * scale, columns * scale];
  const [y, x] = middleOf(plane);
  return {
    top: between(y - height / 2, box.top + box.height - height, box.top),
    left: between(x - width / 2, box.left + box.width - width, box.left),
    height,
    width,
  };
}

function middleOf({ values, shape: [rows, columns] }: Plane): [y: number, x: number] {
  let [mass, down, right] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const ink = values[row * columns + column] ?? 0;
      mass += ink;
      down += ink * (row + 0.5);
      right += ink * (column + 0.5);
    }
  }
  return [down / mass, right / mass];
}

const between = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Shares between the darkest and the brightest twentieth, so that ink on grey paper is ink again. */
export function stretched(values: Float32Array): Float32Array {
  const sorted = values.toSorted();
  const [low, high] = [0.05, 0.95].map((share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0) as [number, number];
  // Ink may be less than a twentieth of the picture.
  const [from, to] = high > low ? [low, high] : [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  return to > from ? values.map((value) => between((value - from) / (to - from), 0, 1)) : values;
}

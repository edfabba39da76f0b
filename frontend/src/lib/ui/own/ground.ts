/** What the pictures of a data set have in common, so that one's own can look like them. Pure. */
import type { Rows } from '../../state/samples.svelte';
import { boxOf, type Plane, type Shape } from './scaling';

export interface Ground {
  /** 0 where the paper is black, 1 where it is white. */
  paper: number;
  /** There is one paper and one ink, as for digits; elsewhere the border of a picture is part of it. */
  isPlain: boolean;
  /** Pixels that the longer side of the ink takes. */
  extent: number;
  /** How wide the ink's lines are, as a share of the extent. */
  stroke: number;
}

const LOOKED_AT = 100;
/** So many border pixels have to be this close to their paper: ink may touch the border here and there. */
const PLAIN = 0.6;
const CLOSE = 0.1;

/** `brightest` is the value of white. */
export function groundOf(rows: Rows, [high, wide]: Shape, brightest: number): Ground {
  const pixels = high * wide;
  const pictures = Array.from({ length: Math.min(LOOKED_AT, rows.count) }, (_, index) =>
    greyOf(rows.inputs.subarray(index * rows.columns, (index + 1) * rows.columns), pixels, brightest),
  );
  const border = pictures.flatMap((picture) => Array.from(picture).filter((_, at) => isBorder(at, high, wide)));
  const paper = mean(border) > 0.5 ? 1 : 0;
  const inks = pictures.map((picture) => ({ values: picture.map((value) => Math.abs(value - paper)), shape: [high, wide] as const }));
  const sizes = inks.flatMap((ink) => {
    const box = boxOf(ink);
    return box ? [{ extent: Math.max(box.height, box.width), width: widthOf(ink) }] : [];
  });
  const extent = median(sizes.map((size) => size.extent)) ?? Math.max(high, wide);
  return {
    paper,
    isPlain: mean(border.map((value) => Number(Math.abs(value - paper) < CLOSE))) >= PLAIN,
    extent,
    stroke: (median(sizes.map(({ width }) => width)) ?? 0) / extent,
  };
}

/** Of lines: their ink over half of their rim. All slopes along rows and columns count a slanted rim √2 times. */
function widthOf({ values, shape: [rows, columns] }: Plane): number {
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row === rows || column === columns ? 0 : (values[row * columns + column] ?? 0);
  let [ink, slopes] = [0, 0];
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      ink += at(row, column);
      slopes += Math.abs(at(row, column) - at(row - 1, column)) + Math.abs(at(row, column) - at(row, column - 1));
    }
  }
  return (2 * Math.SQRT2 * ink) / slopes;
}

/** The mean of the colours, from 0 to 1. */
function greyOf(values: Float32Array, pixels: number, brightest: number): Float32Array {
  const colours = Math.max(1, Math.round(values.length / pixels));
  return Float32Array.from({ length: pixels }, (_, at) => {
    let sum = 0;
    for (let colour = 0; colour < colours; colour++) sum += values[at + colour * pixels] ?? 0;
    return sum / (colours * brightest);
  });
}

function isBorder(at: number, high: number, wide: number): boolean {
  const [row, column] = [Math.floor(at / wide), at % wide];
  return row === 0 || column === 0 || row === high - 1 || column === wide - 1;
}

const median = (values: readonly number[]): number | undefined => values.toSorted((one, other) => one - other)[values.length >> 1];
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

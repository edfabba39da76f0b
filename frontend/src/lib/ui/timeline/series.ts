/** The columns uPlot draws, from the points of a run. Pure. */
import { tenTo } from '../../render/figures';
import type { Point } from '../../schema.gen';

export type Quantity = 'loss' | 'score';

/** What a logarithmic axis can show of a loss that is zero. */
const LOWEST = 1e-12;

/** Update, train and test; a score is accuracy (a fraction) or R². */
export function columns(points: readonly Point[], quantity: Quantity, isLog: boolean): (number | null)[][] {
  const read = (point: Point, split: 'train' | 'test'): number | null => {
    const value =
      quantity === 'loss' ? point[`${split}_loss`] : (point[`${split}_accuracy`] ?? point[`${split}_r2`]);
    if (value === null || value === undefined || !Number.isFinite(value)) return null;
    return quantity === 'loss' && isLog ? Math.max(LOWEST, value) : value;
  };
  return [
    points.map((point) => point.update),
    points.map((point) => read(point, 'train')),
    points.map((point) => read(point, 'test')),
  ];
}

/** The last value that is known, and its place. */
export function last(column: readonly (number | null)[]): number | null {
  for (let index = column.length - 1; index >= 0; index--) {
    const value = column[index];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** A little room around positive values on a logarithmic axis; a decade where there are none yet. */
export function logRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || high <= 0) return [0.1, 1];
  const from = Math.max(LOWEST, low);
  return [from * 0.7, Math.max(high, from * 1.5) * 1.4];
}

/** Where a logarithmic axis is labelled: whole decades, every second or third where they are many; else 1, 2 and 5. */
export function logTicks(low: number, high: number, atMost: number): number[] {
  const first = Math.ceil(Math.log10(low));
  const end = Math.floor(Math.log10(high));
  const decades = end - first + 1;
  if (decades < 2) {
    const all = [first - 1, first, first + 1].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
    return all.filter((value) => value >= low && value <= high);
  }
  const stride = Math.ceil(decades / atMost);
  return Array.from({ length: Math.ceil(decades / stride) }, (_, index) => 10 ** (end - index * stride)).reverse();
}

/** 12,000 as 12k: axis labels stay short, and beyond a billion they are a power of ten. */
export function short(value: number): string {
  if (Math.abs(value) >= 1e9) {
    const [digit = '', exponent] = value.toExponential(0).replace('-', '−').split('e');
    return (digit === '1' ? '' : `${digit}·`) + tenTo(Number(exponent));
  }
  if (Math.abs(value) >= 1e6) return `${trim(value / 1e6)}M`;
  if (Math.abs(value) >= 1e3) return `${trim(value / 1e3)}k`;
  return trim(value);
}

const trim = (value: number): string => Number(value.toPrecision(3)).toString().replace('-', '−');

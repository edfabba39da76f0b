/** Numbers along the sides of a map. Pure. */
import { numberAxis } from '../judge/plots';

export interface Tick {
  /** From the low end, in shares of the side. */
  at: number;
  label: string;
}

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** The plane in quarters, any other axis at round numbers. */
export function mapTicks(low: number, high: number, isPlane: boolean, write: (value: number) => string): Tick[] {
  if (isPlane) return QUARTERS.map((at) => ({ at, label: write(low + at * (high - low)) }));
  return numberAxis('', low, high, write).ticks.map((value) => ({ at: (value - low) / (high - low), label: write(value) }));
}

/** 0.50 is half, 1.00 is one. */
export const trimmed = (figure: string): string => figure.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');

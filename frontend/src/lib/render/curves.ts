/**
 * The curves along which links run: cubic Béziers that leave and arrive along the flow. Pure geometry.
 */

import type { Direction } from './layout';

/** Start, two control points, end. */
export type Curve = readonly [number, number, number, number, number, number, number, number];

export interface End {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Controls stand a little past the middle, so that links gather in a waist between two columns. */
const PAST_MIDDLE = 8;

export function curveBetween(from: End, to: End, direction: Direction): Curve {
  if (direction === 'down') {
    const start = from.y + from.size / 2;
    const end = to.y - to.size / 2;
    const middle = (start + end) / 2;
    return [from.x, start, from.x, middle, to.x, middle, to.x, end];
  }
  const start = from.x + from.size / 2;
  const end = to.x - to.size / 2;
  const middle = (start + end) / 2;
  return [start, from.y, middle + PAST_MIDDLE, from.y, middle - PAST_MIDDLE, to.y, end, to.y];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The point at `share` (0 to 1) of the curve's parameter. */
export function pointOn(curve: Curve, share: number): Point {
  const rest = 1 - share;
  const a = rest * rest * rest;
  const b = 3 * rest * rest * share;
  const c = 3 * rest * share * share;
  const d = share * share * share;
  return {
    x: a * curve[0] + b * curve[2] + c * curve[4] + d * curve[6],
    y: a * curve[1] + b * curve[3] + c * curve[5] + d * curve[7],
  };
}

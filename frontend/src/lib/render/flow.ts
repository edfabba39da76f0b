/**
 * Where one is in slow motion: beads in the page's accent run along the wires to a layer, or back to it. They say where, not
 * how much: numbers have the colours of data. Pure but for the canvas.
 */

import type { Palette } from './colors';
import { pointOn, type Point } from './curves';
import type { GapLinks } from './links';
import { placeOf } from './pulses';

/** What moves along the wires of a layer: signals to it, or slopes back to it. */
export interface Flow {
  readonly layer: string;
  readonly direction: 'forward' | 'backward';
}

const RADIUS = 3;
/** More on one gap would hide the wires. */
const MOST_BEADS = 24;
/** On a line that stands for all links. */
const LINE_BEADS = 4;

/** Signals come over the gaps before a layer, slopes over those behind it. Single weights show their own signals. */
export function carries({ layer, direction }: Flow, { from, to, form }: GapLinks): boolean {
  return direction === 'forward' ? to === layer && form !== 'links' && form !== 'threads' : from === layer;
}

/** Where the beads of a gap are, so many crossings on. */
export function beadsOn(gap: GapLinks, { direction }: Flow, crossings: number): Point[] {
  const along = (phase: number): number => (direction === 'forward' ? placeOf(phase, crossings) : 1 - placeOf(phase, crossings));
  if (gap.links.length > 0) {
    const every = Math.ceil(gap.links.length / MOST_BEADS);
    return gap.links.filter((_, index) => index % every === 0).map(({ curve, phase }) => pointOn(curve, along(phase)));
  }
  const line = gap.gap.route ?? edges(gap);
  return Array.from({ length: LINE_BEADS }, (_, index) => onLine(line, along(index / LINE_BEADS)));
}

function edges({ gap: { from, to } }: GapLinks): Point[] {
  const across = to.x > from.x;
  return across
    ? [{ x: from.x + from.width, y: from.y + from.height / 2 }, { x: to.x, y: to.y + to.height / 2 }]
    : [{ x: from.x + from.width / 2, y: from.y + from.height }, { x: to.x + to.width / 2, y: to.y }];
}

/** The point at `share` (0 to 1) of a line's length. */
export function onLine(line: readonly Point[], share: number): Point {
  const lengths = line.slice(1).map(({ x, y }, index) => Math.hypot(x - (line[index]?.x ?? x), y - (line[index]?.y ?? y)));
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [line[index], line[index + 1]];
    if (from === undefined || to === undefined) break;
    if (left <= length && length > 0) return { x: from.x + ((to.x - from.x) * left) / length, y: from.y + ((to.y - from.y) * left) / length };
    left -= length;
  }
  return line.at(-1) ?? { x: 0, y: 0 };
}

export function paintFlow(context: CanvasRenderingContext2D, gaps: readonly GapLinks[], flow: Flow, crossings: number, palette: Palette): void {
  context.fillStyle = palette.accent;
  context.strokeStyle = palette.bg;
  context.lineWidth = 1;
  for (const gap of gaps) {
    if (!carries(flow, gap)) continue;
    for (const { x, y } of beadsOn(gap, flow, crossings)) {
      context.beginPath();
      context.arc(x, y, RADIUS, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
}

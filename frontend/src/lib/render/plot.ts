/** A small line chart in the page's manner: two axes with few figures, a curve or two, marks that carry a name. */
import type { Palette } from './colors';

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
  /** Where figures stand. */
  readonly ticks: readonly { at: number; label: string }[];
}

export interface PlotCurve {
  readonly points: readonly (readonly [number, number])[];
  /** The curve that is spoken of, or one beside it for comparison. */
  readonly role: 'main' | 'beside';
}

export interface Mark {
  readonly at: number;
  readonly label: string;
  /** On the curve there. */
  readonly value?: number;
}

export interface Plot {
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly PlotCurve[];
  readonly marks?: readonly Mark[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const LEFT = 52;
const RIGHT = 8;
const TOP = 14;
const BOTTOM = 20;

/** 0 to 1 along an axis. */
export function along(axis: Axis, value: number): number {
  if (!axis.log) return (value - axis.low) / (axis.high - axis.low || 1);
  return Math.log(value / axis.low) / (Math.log(axis.high / axis.low) || 1);
}

export function drawPlot(context: CanvasRenderingContext2D, plot: Plot, palette: Palette, size: Size): void {
  const { width, height } = size;
  const toX = (value: number): number => LEFT + along(plot.x, value) * (width - LEFT - RIGHT);
  const toY = (value: number): number => height - BOTTOM - along(plot.y, value) * (height - TOP - BOTTOM);
  context.clearRect(0, 0, width, height);
  context.font = `11px ${palette.font}`;
  drawAxes(context, plot, palette, size, { toX, toY });
  context.save();
  context.beginPath();
  context.rect(LEFT, TOP - 4, width - LEFT - RIGHT + 4, height - TOP - BOTTOM + 5);
  context.clip();
  for (const { points, role } of plot.curves) {
    context.strokeStyle = role === 'main' ? palette.ink : palette.ink3;
    context.lineWidth = role === 'main' ? 1.75 : 1.25;
    context.setLineDash(role === 'main' ? [] : [4, 4]);
    context.beginPath();
    for (const [x, y] of points) if (Number.isFinite(y)) context.lineTo(toX(x), toY(y));
    context.stroke();
  }
  context.restore();
  for (const mark of plot.marks ?? []) drawMark(context, mark, palette, size, { toX, toY });
}

interface Scales {
  toX: (value: number) => number;
  toY: (value: number) => number;
}

function drawAxes(context: CanvasRenderingContext2D, { x, y }: Plot, palette: Palette, { width, height }: Size, { toX, toY }: Scales): void {
  context.lineWidth = 1;
  context.fillStyle = palette.ink3;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const { at, label } of y.ticks) {
    const line = Math.round(toY(at)) + 0.5;
    context.strokeStyle = palette.line;
    context.beginPath();
    context.moveTo(LEFT, line);
    context.lineTo(width - RIGHT, line);
    context.stroke();
    context.fillText(label, LEFT - 6, line);
  }
  context.strokeStyle = palette.line2;
  context.beginPath();
  context.moveTo(LEFT, height - BOTTOM + 0.5);
  context.lineTo(width - RIGHT, height - BOTTOM + 0.5);
  context.stroke();
  context.textBaseline = 'alphabetic';
  for (const { at, label } of x.ticks) {
    const place = toX(at);
    context.textAlign = place > width - 24 ? 'right' : place < LEFT + 16 ? 'left' : 'center';
    context.fillText(label, place > width - 24 ? width - RIGHT : place, height - 5);
  }
}

function drawMark(context: CanvasRenderingContext2D, mark: Mark, palette: Palette, { width, height }: Size, { toX, toY }: Scales): void {
  const x = Math.min(width - RIGHT, Math.max(LEFT, toX(mark.at)));
  context.strokeStyle = context.fillStyle = palette.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, TOP - 2);
  context.lineTo(x, height - BOTTOM);
  context.stroke();
  if (mark.value !== undefined && Number.isFinite(mark.value)) {
    context.beginPath();
    context.arc(x, Math.min(height - BOTTOM, Math.max(TOP, toY(mark.value))), 4, 0, 2 * Math.PI);
    context.fill();
  }
  context.textAlign = x > width / 2 ? 'right' : 'left';
  context.fillText(mark.label, x + (x > width / 2 ? -5 : 5), TOP - 3);
}

/** Evenly spread figures: the ends and the middle. */
export function threeTicks(low: number, high: number, write: (value: number) => string): Axis['ticks'] {
  return [low, (low + high) / 2, high].map((at) => ({ at, label: write(at) }));
}

/** Powers of ten between the ends, at most about `most` of them. */
export function decadeTicks(low: number, high: number, write: (exponent: number) => string, most = 5): Axis['ticks'] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first + 1) / most));
  const ticks = [];
  for (let exponent = first; exponent <= last; exponent += every) ticks.push({ at: 10 ** exponent, label: write(exponent) });
  return ticks;
}

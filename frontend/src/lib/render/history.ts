/**
 * How the numbers of a layer were spread over a run: between two quantiles lies a known share of them, which is painted
 * the fuller the denser it lies, in the colour of its sign; some quantiles are lines.
 */
import type { TensorView } from '../wire/frame';
import { MAP_GAIN, type Palette } from './colors';
import { magnitude } from './figures';

export interface History {
  readonly updates: readonly number[];
  /** Shares that lie below each quantile, from 0 to 1. */
  readonly shares: readonly number[];
  /** (updates, shares) */
  readonly values: ArrayLike<number>;
}

export type ScaleName = 'linear' | 'log';

/** From a value to its height, 0 at the bottom and 1 at the top, and back. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  to(value: number): number;
  from(height: number): number;
}

/** The quantiles that are drawn as lines and read as numbers. */
export const LINES: readonly { share: number; name: string }[] = [
  { share: 0, name: 'min' },
  { share: 0.05, name: '5 %' },
  { share: 0.25, name: '25 %' },
  { share: 0.5, name: 'median' },
  { share: 0.75, name: '75 %' },
  { share: 0.95, name: '95 %' },
  { share: 1, name: 'max' },
];

const MILLION = 1e6;
/** Numbers that fill the whole height evenly are painted with the root of one over this; what is denser than it, fully. */
const DENSEST = 6;
/** The log scale shows so much below the largest number where nothing else says what is small. */
const SMALL = 1e-3;
export const MARGINS = { left: 60, right: 46, top: 8, bottom: 18 } as const;
const NAME_GAP = 12;
/** How far the histogram of a moment reaches out at most, in pixels. */
const PROFILE = 40;

/** One kind of a layer's numbers out of a `distributions` frame; moments that know none are left out. Null for none. */
export function historyOf(tensors: ReadonlyMap<string, TensorView>, layer: string, kind: string, shares: readonly number[]): History | null {
  const counted = tensors.get(`${layer}.updates`)?.data;
  const found = tensors.get(`${layer}.${kind}`)?.data;
  if (counted === undefined || found === undefined) return null;
  const at = Array.from({ length: counted.length / 2 }, (_, moment) => moment).filter((moment) =>
    Number.isFinite(found[moment * shares.length]),
  );
  if (at.length === 0) return null;
  return {
    updates: at.map((moment) => (counted[2 * moment] ?? 0) * MILLION + (counted[2 * moment + 1] ?? 0)),
    shares,
    values: Float32Array.from(at.flatMap((moment) => [...found.subarray(moment * shares.length, (moment + 1) * shares.length)])),
  };
}

/** The value below which that share of the numbers lay at a moment. */
export function quantile({ shares, values }: History, moment: number, share: number): number {
  return values[moment * shares.length + shares.indexOf(share)] ?? NaN;
}

/** The share of the numbers that lay below a value at a moment, as far as its quantiles tell. */
export function shareBelow(history: History, moment: number, value: number): number {
  const { shares, values } = history;
  const start = moment * shares.length;
  let share = 0;
  for (let place = 0; place < shares.length; place++) {
    const here = values[start + place] ?? 0;
    if (value < here) {
      const [before, below] = [values[start + place - 1] ?? here, shares[place - 1] ?? 0];
      return place === 0 ? 0 : below + (((shares[place] ?? 0) - below) * (value - before)) / (here - before);
    }
    share = shares[place] ?? 0;
  }
  return share;
}

/** The moment nearest to an update. */
export function momentAt({ updates }: History, update: number): number {
  let best = 0;
  for (let moment = 1; moment < updates.length; moment++) {
    if (Math.abs((updates[moment] ?? 0) - update) < Math.abs((updates[best] ?? 0) - update)) best = moment;
  }
  return best;
}

export function scaleOf(history: History, name: ScaleName): Scale {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < history.values.length; at++) {
    low = Math.min(low, history.values[at] ?? 0);
    high = Math.max(high, history.values[at] ?? 0);
  }
  if (low === high) {
    const room = Math.abs(low) / 2 || 1;
    [low, high] = [low - room, high + room];
  }
  const small = name === 'log' ? smallest(history, Math.max(Math.abs(low), Math.abs(high))) : 1;
  const warp = name === 'log' ? (value: number): number => Math.asinh(value / small) : (value: number): number => value;
  const back = name === 'log' ? (warped: number): number => Math.sinh(warped) * small : (warped: number): number => warped;
  const [bottom, top] = [warp(low), warp(high)];
  return {
    low,
    high,
    to: (value) => (warp(value) - bottom) / (top - bottom),
    from: (height) => back(bottom + height * (top - bottom)),
  };
}

/** What the log scale takes for small: half of the numbers are, at the usual moment. Around zero it is even. */
function smallest(history: History, largest: number): number {
  const middle = history.updates
    .map((_, moment) => Math.max(Math.abs(quantile(history, moment, 0.25)), Math.abs(quantile(history, moment, 0.75))))
    .sort((one, other) => one - other);
  return middle[middle.length >> 1] || largest * SMALL;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** From updates to pixels and back. */
export interface Across {
  toX(update: number): number;
  toUpdate(x: number): number;
}

export function across({ updates }: History, { width }: Size): Across {
  const [first = 0, last = 0] = [updates[0], updates.at(-1)];
  const inner = Math.max(1, width - MARGINS.left - MARGINS.right);
  return {
    toX: (update) => MARGINS.left + (last > first ? (update - first) / (last - first) : 1) * inner,
    toUpdate: (x) => first + Math.min(1, Math.max(0, (x - MARGINS.left) / inner)) * (last - first),
  };
}

export interface Band {
  /** Heights, 0 to 1. */
  readonly bottom: number;
  readonly top: number;
  /** Of the ramp: how dense the numbers lie, with their sign. */
  readonly tone: number;
}

/** The bands of one moment from the least to the largest value; one that spans zero is two. */
export function bandsAt(history: History, moment: number, scale: Scale): Band[] {
  const { shares, values } = history;
  const bands: Band[] = [];
  for (let place = 0; place + 1 < shares.length; place++) {
    const [from, to] = [values[moment * shares.length + place] ?? 0, values[moment * shares.length + place + 1] ?? 0];
    const share = (shares[place + 1] ?? 0) - (shares[place] ?? 0);
    const [bottom, top] = [scale.to(from), scale.to(to)];
    const density = share / Math.max(top - bottom, Number.EPSILON);
    const tone = MAP_GAIN * Math.min(1, Math.sqrt(density / DENSEST));
    if (from < 0 && to > 0) bands.push({ bottom, top: scale.to(0), tone: -tone }, { bottom: scale.to(0), top, tone });
    else bands.push({ bottom, top, tone: from < 0 ? -tone : tone });
  }
  return bands;
}

/** Heights of names in pixels, in their order, moved apart so that none covers another; `from` is the lowest number. */
export function apart(heights: readonly number[], from: number, to: number, gap = NAME_GAP): number[] {
  const placed: number[] = [];
  for (const height of heights) placed.push(Math.max(height, (placed.at(-1) ?? from - gap) + gap));
  for (let at = placed.length - 1; at >= 0; at--) {
    placed[at] = Math.min(placed[at] ?? 0, (placed[at + 1] ?? to + gap) - gap);
  }
  return placed;
}

/** Fill the canvas; a thin line stands at the moment that is `pointed` at. */
export function drawHistory(
  context: CanvasRenderingContext2D,
  history: History,
  scale: Scale,
  palette: Palette,
  size: Size,
  pointed: number | null,
): void {
  const { width, height } = size;
  context.clearRect(0, 0, width, height);
  const { toX } = across(history, size);
  const inner = height - MARGINS.top - MARGINS.bottom;
  const toY = (value: number): number => MARGINS.top + (1 - scale.to(value)) * inner;
  const fromHeight = (share: number): number => MARGINS.top + (1 - share) * inner;
  const xs = history.updates.map(toX);
  paintBands(context, history, scale, palette, xs, fromHeight, width - MARGINS.right);
  if (scale.low < 0 && scale.high > 0) {
    context.fillStyle = palette.line3;
    context.fillRect(MARGINS.left, Math.round(toY(0)), width - MARGINS.left - MARGINS.right, 1);
  }
  for (const { share } of LINES) {
    const isMedian = share === 0.5;
    const isEnd = share === 0 || share === 1;
    context.strokeStyle = isMedian ? palette.ink : isEnd ? palette.ink3 : palette.ink2;
    context.lineWidth = isMedian ? 1.75 : 1;
    context.setLineDash(isEnd ? [2, 3] : []);
    context.beginPath();
    xs.forEach((x, moment) => context.lineTo(x, toY(quantile(history, moment, share))));
    if (xs.length === 1) context.lineTo(MARGINS.left, toY(quantile(history, 0, share)));
    context.stroke();
  }
  context.setLineDash([]);
  if (pointed !== null) {
    const x = xs[pointed] ?? 0;
    drawProfile(context, bandsAt(history, pointed, scale), palette, x, fromHeight, x + PROFILE > width - MARGINS.right ? -PROFILE : PROFILE);
    context.fillStyle = palette.accent;
    context.fillRect(Math.round(x) - 0.5, MARGINS.top, 1, inner);
    context.beginPath();
    context.arc(x, toY(quantile(history, pointed, 0.5)), 3, 0, 2 * Math.PI);
    context.fill();
  }
  writeAxes(context, history, scale, palette, size, toY);
}

/** The histogram of one moment, standing on its line: as far out as the numbers lie dense. */
function drawProfile(
  context: CanvasRenderingContext2D,
  bands: readonly Band[],
  palette: Palette,
  x: number,
  toY: (height: number) => number,
  reach: number,
): void {
  context.beginPath();
  context.moveTo(x, toY(bands[0]?.bottom ?? 0));
  for (const { bottom, top, tone } of bands) {
    const out = x + (reach * Math.abs(tone)) / MAP_GAIN;
    context.lineTo(out, toY(bottom));
    context.lineTo(out, Math.min(toY(top), toY(bottom) - 1));
  }
  context.lineTo(x, toY(bands.at(-1)?.top ?? 0));
  context.globalAlpha = 0.16;
  context.fillStyle = palette.ink;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = palette.ink2;
  context.lineWidth = 1;
  context.stroke();
}

function paintBands(
  context: CanvasRenderingContext2D,
  history: History,
  scale: Scale,
  palette: Palette,
  xs: readonly number[],
  toY: (height: number) => number,
  right: number,
): void {
  xs.forEach((x, moment) => {
    const left = moment === 0 ? MARGINS.left : (x + (xs[moment - 1] ?? x)) / 2;
    const end = moment === xs.length - 1 ? right : (x + (xs[moment + 1] ?? x)) / 2;
    for (const { bottom, top, tone } of bandsAt(history, moment, scale)) {
      context.fillStyle = palette.ramp.css(tone);
      // Overlapping by a hair, so that no seams show; numbers that are all alike are still a line.
      context.fillRect(left, toY(top), end - left + 0.5, Math.max(1, toY(bottom) - toY(top) + 0.5));
    }
  });
}

function writeAxes(
  context: CanvasRenderingContext2D,
  { updates, shares, values }: History,
  scale: Scale,
  palette: Palette,
  { width, height }: Size,
  toY: (value: number) => number,
): void {
  context.font = `11px ${palette.font}`;
  context.textBaseline = 'middle';
  context.fillStyle = palette.ink3;
  context.textAlign = 'right';
  const hasZero = scale.low < 0 && scale.high > 0;
  const ticks = [scale.high, ...(hasZero ? [0] : []), scale.low];
  const [top, bottom] = [MARGINS.top, height - MARGINS.bottom];
  ticks.forEach((value) => {
    const y = Math.min(bottom - 4, Math.max(top + 4, toY(value)));
    const isNearEnd = value === 0 && (y < top + NAME_GAP + 4 || y > bottom - NAME_GAP - 4);
    if (!isNearEnd) context.fillText(magnitude(value), MARGINS.left - 6, y);
  });
  context.textAlign = 'left';
  const last = (updates.length - 1) * shares.length;
  const named = [...LINES].reverse();
  const ends = named.map(({ share }) => toY(values[last + shares.indexOf(share)] ?? 0));
  apart(ends, top + 2, bottom - 2).forEach((y, place) => {
    context.fillStyle = named[place]?.share === 0.5 ? palette.ink : palette.ink3;
    context.fillText(named[place]?.name ?? '', width - MARGINS.right + 6, y);
  });
  context.fillStyle = palette.ink3;
  context.textBaseline = 'alphabetic';
  context.fillText((updates[0] ?? 0).toLocaleString('en-US'), MARGINS.left, height - 4);
  context.textAlign = 'right';
  if (updates.length > 1) context.fillText((updates.at(-1) ?? 0).toLocaleString('en-US'), width - MARGINS.right, height - 4);
  context.textAlign = 'start';
}

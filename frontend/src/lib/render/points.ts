/**
 * Samples as marks: how a target becomes a place on the ramp, and a class a shape. Two classes are orange and blue; of
 * more, one is shown against the rest (blue against shades of orange), and each has its own shape as well.
 */
import type { DataSetFacts } from '../schema.gen';
import type { Ramp } from './colors';

/** The part of `Rows` (state/samples) that is drawn. */
export interface Dots {
  inputs: Float32Array;
  targets: Float32Array;
  columns: number;
  count: number;
}

const STRONG = 0.9;
const REST_FROM = 0.9;
const REST_TO = 0.4;

/** What the marks of one data set mean. */
export interface Marking {
  tone(target: number): number;
  shape(target: number): number;
}

/** `chosen` is the class shown against the rest; `mean` and `reach` place the targets of a regression. */
export function marking(facts: Pick<DataSetFacts, 'task' | 'classes'>, chosen: number, mean: number, reach: number): Marking {
  const classes = facts.classes.length;
  if (facts.task === 'regression') return { tone: (target) => (target - mean) / reach, shape: () => 0 };
  if (classes <= 2) return { tone: (target) => (target > 0.5 ? STRONG : -STRONG), shape: () => 0 };
  return {
    tone: (target) => {
      if (target === chosen) return STRONG;
      const place = target > chosen ? target - 1 : target;
      return -(REST_FROM - ((REST_FROM - REST_TO) * place) / Math.max(1, classes - 2));
    },
    shape: (target) => Math.round(target),
  };
}

/** The farthest a target lies from their mean; 1 where they are all the same. */
export function reachOf(targets: ArrayLike<number>, mean: number): number {
  let reach = 0;
  for (let row = 0; row < targets.length; row++) reach = Math.max(reach, Math.abs((targets[row] ?? 0) - mean));
  return reach || 1;
}

const TURNS: readonly (readonly [corners: number, turn: number])[] = [
  [0, 0],
  [4, 0.25],
  [3, 0],
  [4, 0],
  [3, 0.5],
  [5, 0],
  [6, 0],
  [3, 0.25],
  [3, 0.75],
  [8, 0],
];

/** Trace the mark of a class; 0 is a circle, the others are polygons of about the same area. */
export function traceMark(context: CanvasRenderingContext2D, shape: number, x: number, y: number, radius: number): void {
  const [corners, turn] = TURNS[shape % TURNS.length] ?? [0, 0];
  context.beginPath();
  if (corners === 0) {
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const reach = radius * (corners === 3 ? 1.35 : 1.18);
  for (let corner = 0; corner < corners; corner++) {
    const angle = 2 * Math.PI * (corner / corners + turn / (corners === 3 ? 1 : 2)) - Math.PI / 2;
    context.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
  }
  context.closePath();
}

/** The small picture of a plane data set in the gallery. */
export function drawThumbnail(
  context: CanvasRenderingContext2D,
  size: number,
  dots: Dots,
  marks: Marking,
  ramp: Ramp,
  domain: number,
): void {
  const inset = 4;
  const radius = size / 36;
  const scale = (size - 2 * inset) / (2 * domain);
  for (let index = 0; index < dots.count; index++) {
    const target = dots.targets[index] ?? 0;
    const tone = marks.tone(target);
    context.fillStyle = ramp.css(Math.sign(tone) * Math.min(0.85, 0.22 + 0.64 * Math.abs(tone)));
    const x = inset + ((dots.inputs[index * dots.columns] ?? 0) + domain) * scale;
    const y = inset + (domain - (dots.inputs[index * dots.columns + 1] ?? 0)) * scale;
    traceMark(context, marks.shape(target), x, y, radius);
    context.fill();
  }
}

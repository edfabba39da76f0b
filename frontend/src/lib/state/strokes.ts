/**
 * Strokes on the drawing board: what a tool that goes over the plane makes of the points on it. Places and lengths are in
 * plane units, [−6, 6]². Pure: a stroke is never changed, only continued.
 */
import type { DrawnData } from '../schema.gen';
import { PLANE_EDGE } from './data';
import type { Rows } from './samples.svelte';

/** x1, x2, and the class or the number to predict. */
export type Point = DrawnData['points'][number];
export type Place = readonly [x1: number, x2: number];
export type Tool = 'draw' | 'move' | 'erase';
export type DrawnTask = DrawnData['task'];

export interface Brush {
  /** Class or number of the points it leaves. */
  label: number;
  /** How far from its way they may fall. */
  spread: number;
  /** The most points there may be. */
  limit: number;
}

export interface Stroke {
  readonly tool: Tool;
  readonly brush: Brush;
  readonly before: readonly Point[];
  readonly points: readonly Point[];
  /** To draw, where on its way it last left a point; else where the tool is. */
  readonly at: Place;
  /** The point that is moved, by place in `points`, and how far off its middle it was taken. */
  readonly held: { index: number; off: Place } | null;
}

/** A drag leaves a point each time it has gone so far. */
export const SPACING = 0.3;
/** How near a point must be to be taken. */
export const GRAB = 0.4;
/** Of the eraser, which is round. */
export const ERASER = 0.4;
/** One to learn from and one to test: the server takes no fewer. */
export const FEWEST = 2;
const FEWEST_CLASSES = 2;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const GOLDEN_SHARE = (Math.sqrt(5) - 1) / 2;

export function begin(tool: Tool, points: readonly Point[], at: Place, brush: Brush): Stroke {
  const stroke: Stroke = { tool, brush, before: points, points, at, held: null };
  if (tool === 'draw') return left(stroke, at);
  if (tool === 'erase') return { ...stroke, points: points.filter((point) => distance(point, at) > ERASER) };
  const index = nearestPoint(points, at, GRAB);
  const point = index === null ? undefined : points[index];
  if (index === null || !point) return stroke;
  return { ...stroke, held: { index, off: [point[0] - at[0], point[1] - at[1]] } };
}

export function extend(stroke: Stroke, to: Place): Stroke {
  if (stroke.tool === 'draw') return trailed(stroke, to);
  if (stroke.tool === 'erase') {
    return { ...stroke, at: to, points: stroke.points.filter((point) => !isOnWay(point, stroke.at, to)) };
  }
  const { held } = stroke;
  const point = held ? stroke.points[held.index] : undefined;
  if (!held || !point) return { ...stroke, at: to };
  return { ...stroke, at: to, points: stroke.points.with(held.index, placed([to[0] + held.off[0], to[1] + held.off[1]], point[2])) };
}

/** What it did, for undo; null where that is nothing. */
export function strokeLabel({ tool, before, points, held }: Stroke): string | null {
  if (tool === 'move') {
    const from = held ? before[held.index] : undefined;
    const to = held ? points[held.index] : undefined;
    return from && to && distance(from, to) > 0 ? 'Move a point' : null;
  }
  const count = Math.abs(points.length - before.length);
  if (count === 0) return null;
  const what = count === 1 ? 'a point' : `${count} points`;
  return tool === 'draw' ? `Draw ${what}` : `Erase ${what}`;
}

/** The samples as points of their own, as many as there is room for; training and test rows keep their shares. */
export function copied(train: Rows, test: Rows, task: DrawnTask, limit: number): Point[] {
  const rows = train.total + test.total;
  const room = Math.min(limit, rows);
  const fromTrain = Math.min(train.count, Math.round((room * train.total) / rows));
  const fromTest = Math.min(test.count, room - fromTrain);
  return [...firstOf(train, fromTrain, task), ...firstOf(test, fromTest, task)];
}

/** Classes up to the last that has a point; two at least. */
export function classesIn(points: readonly Point[]): number {
  return points.reduce((most, [, , label]) => Math.max(most, label + 1), FEWEST_CLASSES);
}

/** Which of the points is nearest to a place, within `reach`. */
export function nearestPoint(points: readonly Point[], at: Place, reach: number): number | null {
  let best: number | null = null;
  let least = reach;
  for (const [index, point] of points.entries()) {
    const away = distance(point, at);
    if (away > least) continue;
    best = index;
    least = away;
  }
  return best;
}

/** Within the plane, to a hundredth. */
export function onBoard([x1, x2]: Place): Place {
  return [inPlane(x1), inPlane(x2)];
}

function firstOf(rows: Rows, count: number, task: DrawnTask): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const at = index * rows.columns;
    const target = rows.targets[index] ?? 0;
    const label = task === 'classification' ? Math.round(target) : rounded(clamp(target, 1), 1000);
    return placed([rows.inputs[at] ?? 0, rows.inputs[at + 1] ?? 0], label);
  });
}

/** On from where the last point was left, one after each spacing. */
function trailed(stroke: Stroke, to: Place): Stroke {
  const [fromX, fromY] = stroke.at;
  const length = Math.hypot(to[0] - fromX, to[1] - fromY);
  let result = stroke;
  for (let step = 1; step <= Math.floor(length / SPACING); step++) {
    const share = (step * SPACING) / length;
    result = left(result, [fromX + share * (to[0] - fromX), fromY + share * (to[1] - fromY)]);
  }
  return result;
}

/** One more point, while there is room: the first just there, the others spread evenly around the way. */
function left(stroke: Stroke, at: Place): Stroke {
  const { before, points, brush } = stroke;
  if (points.length >= brush.limit) return { ...stroke, at };
  const number = points.length - before.length;
  const angle = number * GOLDEN_ANGLE;
  const away = number === 0 ? 0 : brush.spread * Math.sqrt((number * GOLDEN_SHARE) % 1);
  const place: Place = [at[0] + away * Math.cos(angle), at[1] + away * Math.sin(angle)];
  return { ...stroke, at, points: [...points, placed(place, brush.label)] };
}

function placed(place: Place, label: number): Point {
  const [x1, x2] = onBoard(place);
  return [x1, x2, label];
}

/** Within the eraser's reach of the straight line between two places. */
function isOnWay([x, y]: Point, [fromX, fromY]: Place, [toX, toY]: Place): boolean {
  const along = [toX - fromX, toY - fromY] as const;
  const squared = along[0] ** 2 + along[1] ** 2;
  const share = squared === 0 ? 0 : ((x - fromX) * along[0] + (y - fromY) * along[1]) / squared;
  const near = Math.min(1, Math.max(0, share));
  return Math.hypot(x - fromX - near * along[0], y - fromY - near * along[1]) <= ERASER;
}

type Located = readonly [x1: number, x2: number, ...rest: unknown[]];
const distance = (one: Located, other: Located): number => Math.hypot(one[0] - other[0], one[1] - other[1]);
const clamp = (value: number, edge: number): number => Math.min(edge, Math.max(-edge, value));
/** Never −0, which JSON writes as 0. */
const rounded = (value: number, parts: number): number => Math.round(value * parts) / parts || 0;
const inPlane = (value: number): number => rounded(clamp(value, PLANE_EDGE), 100);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PLANE_EDGE } from './data';
import type { Rows } from './samples.svelte';
import {
  begin,
  classesIn,
  copied,
  ERASER,
  extend,
  nearestPoint,
  onBoard,
  SPACING,
  strokeLabel,
  type Brush,
  type Place,
  type Point,
  type Tool,
} from './strokes';

const BRUSH: Brush = { label: 1, spread: 0, limit: 100 };

function stroke(tool: Tool, points: readonly Point[], way: readonly Place[], brush: Partial<Brush> = {}) {
  const [first, ...rest] = way as [Place, ...Place[]];
  return rest.reduce(extend, begin(tool, points, first, { ...BRUSH, ...brush }));
}

const anywhere = fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }));

describe('drawing', () => {
  it('puts one point where the pointer was pressed, however far it trembles', () => {
    const { points } = stroke('draw', [[0, 0, 0]], [[1.234, -2], [1.3, -2], [1.234, -2.1]], { spread: 1 });
    expect(points).toEqual([[0, 0, 0], [1.23, -2, 1]]);
  });

  it('leaves a point after each spacing, whether the way is told in one piece or in many', () => {
    const pieces = Array.from({ length: 31 }, (_, step): Place => [step / 10, 0]);
    for (const way of [pieces, [[0, 0], [3, 0]] as Place[]]) {
      const { points } = stroke('draw', [], way);
      expect(points.length).toBeGreaterThanOrEqual(10);
      expect(points.length).toBeLessThanOrEqual(11);
      points.forEach(([x1, x2], index) => {
        expect(x1).toBeCloseTo(index * SPACING, 1);
        expect(x2).toBe(0);
      });
    }
  });

  it('spreads points around the way, no farther than it is told', () => {
    const { points } = stroke('draw', [], [[-4, 0], [4, 0]], { spread: 1 });
    const away = points.map(([, x2]) => Math.abs(x2));
    expect(Math.max(...away)).toBeGreaterThan(0.5);
    expect(Math.max(...away)).toBeLessThanOrEqual(1.01);
    expect(points.some(([, x2]) => x2 > 0.2)).toBe(true);
    expect(points.some(([, x2]) => x2 < -0.2)).toBe(true);
  });

  it('stops where there is no more room', () => {
    const { points, before } = stroke('draw', [[0, 0, 0]], [[-5, 0], [5, 0]], { limit: 4 });
    expect(points).toHaveLength(4);
    expect(before).toHaveLength(1);
  });

  it('stays on the plane, wherever the pointer goes', () => {
    fc.assert(
      fc.property(fc.array(anywhere, { minLength: 1, maxLength: 8 }), fc.double({ min: 0, max: 2, noNaN: true }), (way, spread) => {
        for (const [x1, x2] of stroke('draw', [], way, { spread }).points) {
          expect(Math.max(Math.abs(x1), Math.abs(x2))).toBeLessThanOrEqual(PLANE_EDGE);
          expect(JSON.stringify([x1, x2]).length).toBeLessThanOrEqual('[-5.99,-5.99]'.length);
        }
      }),
    );
  });
});

describe('moving', () => {
  const POINTS: Point[] = [[0, 0, 0], [2, 2, 1]];

  it('carries the point that was taken, without a jump, and leaves the others', () => {
    const { points } = stroke('move', POINTS, [[2.1, 2], [0, 0], [-3, 1]]);
    expect(points).toEqual([[0, 0, 0], [-3.1, 1, 1]]);
  });

  it('does nothing where no point is near', () => {
    const moved = stroke('move', POINTS, [[5, 5], [0, 0]]);
    expect(moved.points).toEqual(POINTS);
    expect(strokeLabel(moved)).toBeNull();
  });
});

describe('erasing', () => {
  it('takes what lies within reach of the way, also between two places the pointer told', () => {
    const near = ERASER - 0.01;
    const points: Point[] = [[0, near, 0], [0, -near, 1], [0, ERASER + 0.01, 0], [-4 - ERASER, 0.1, 0], [-4, 0, 1]];
    expect(stroke('erase', points, [[-4, 0], [4, 0]]).points).toEqual([[0, ERASER + 0.01, 0], [-4 - ERASER, 0.1, 0]]);
  });
});

describe('what undo calls a stroke', () => {
  it.each<[string | null, Tool, Place[]]>([
    ['Draw a point', 'draw', [[3, 3]]],
    ['Draw 4 points', 'draw', [[3, 3], [4, 3]]],
    ['Move a point', 'move', [[0, 0], [1, 1]]],
    [null, 'move', [[0, 0]]],
    ['Erase a point', 'erase', [[0, 0]]],
    [null, 'erase', [[3, 3]]],
  ])('%s', (label, tool, way) => {
    expect(strokeLabel(stroke(tool, [[0, 0, 0]], way))).toBe(label);
  });

  it('is nothing where a full board is drawn on', () => {
    expect(strokeLabel(stroke('draw', [[0, 0, 0]], [[3, 3]], { limit: 1 }))).toBeNull();
  });
});

describe('copying samples', () => {
  const rows = (count: number, total: number, target: (index: number) => number): Rows => ({
    inputs: Float32Array.from({ length: count * 3 }, (_, at) => (at % 3 === 0 ? at / 3 : at % 3 === 1 ? -7 : 99)),
    targets: Float32Array.from({ length: count }, (_, index) => target(index)),
    answers: 1,
    noise: null,
    columns: 3,
    count,
    total,
    targetMean: 0,
    targetStd: 1,
    scale: null,
  });

  it('takes both splits, with their classes, onto the plane', () => {
    const train = rows(2, 2, (index) => index);
    expect(copied(train, rows(1, 1, () => 2), 'classification', 100)).toEqual([[0, -6, 0], [1, -6, 1], [0, -6, 2]]);
  });

  it('takes values within what a board can hold', () => {
    const train = rows(3, 3, (index) => [0.12345, -1.5, 1][index] ?? 0);
    expect(copied(train, rows(0, 0, () => 0), 'regression', 100).map(([, , value]) => value)).toEqual([0.123, -1, 1]);
  });

  it('keeps the shares of training and test rows where there is no room for all', () => {
    const points = copied(rows(20, 60, () => 0), rows(20, 20, () => 1), 'classification', 20);
    expect(points).toHaveLength(20);
    expect(points.filter(([, , label]) => label === 0)).toHaveLength(15);
  });
});

describe('points', () => {
  it('have as many classes as their last needs, and never fewer than two', () => {
    expect(classesIn([])).toBe(2);
    expect(classesIn([[0, 0, 0]])).toBe(2);
    expect(classesIn([[0, 0, 4], [0, 0, 1]])).toBe(5);
  });

  it('are found by the nearest, within reach', () => {
    const points: Point[] = [[0, 0, 0], [1, 0, 0]];
    expect(nearestPoint(points, [0.7, 0], 0.4)).toBe(1);
    expect(nearestPoint(points, [0.5, 3], 0.4)).toBeNull();
  });

  it('are written without a negative zero', () => {
    expect(Object.is(onBoard([-0.001, 0])[0], 0)).toBe(true);
  });
});

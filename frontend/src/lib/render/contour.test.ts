import { describe, expect, it } from 'vitest';

import { contourLines, traceContour } from './contour';

class Pen {
  ends: [number, number][] = [];

  moveTo(x: number, y: number): void {
    this.ends.push([x, y]);
  }

  lineTo(x: number, y: number): void {
    this.ends.push([x, y]);
  }
}

function contour(resolution: number, value: (x: number, y: number) => number): Pen {
  const values = new Float32Array(resolution * resolution);
  for (let row = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++) values[row * resolution + column] = value(column + 0.5, row + 0.5);
  }
  const pen = new Pen();
  traceContour(pen, values, resolution, 1, 1);
  return pen;
}

describe('the zero contour', () => {
  it('runs where a slope crosses zero', () => {
    const { ends } = contour(10, (x) => x - 4.3);
    expect(ends.length).toBe(18);
    for (const [x] of ends) expect(x).toBeCloseTo(4.3, 5);
  });

  it('follows a circle', () => {
    const { ends } = contour(40, (x, y) => Math.hypot(x - 20, y - 20) - 12);
    for (const [x, y] of ends) expect(Math.hypot(x - 20, y - 20)).toBeCloseTo(12, 1);
    expect(ends.length).toBeGreaterThan(100);
  });

  it('is empty where nothing crosses', () => {
    expect(contour(10, () => 1).ends).toEqual([]);
    expect(contour(10, () => 0).ends).toEqual([]);
  });

  it('joins its segments to whole lines, rings closed', () => {
    const resolution = 40;
    const at = (place: number): [number, number] => [(place % resolution) + 0.5, Math.floor(place / resolution) + 0.5];
    const grid = (value: (x: number, y: number) => number): Float32Array =>
      Float32Array.from({ length: resolution * resolution }, (_, place) => value(...at(place)));
    const ring = contourLines(grid((x, y) => Math.hypot(x - 20, y - 20) - 12), resolution, 1, 1);
    expect(ring.length).toBe(1);
    expect(ring[0]?.slice(0, 2)).toEqual(ring[0]?.slice(-2));
    const two = contourLines(grid((x) => (x - 10.2) * (x - 30.7)), resolution, 1, 1);
    expect(two.map((line) => line.length / 2)).toEqual([resolution, resolution]);
    expect(contourLines(grid(() => 1), resolution, 1, 1)).toEqual([]);
  });
});

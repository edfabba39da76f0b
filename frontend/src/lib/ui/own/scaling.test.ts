import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { toRows } from '../../state/samples.svelte';
import { groundOf } from './ground';
import { boxOf, centred, cropped, resampled, stretched, whole, type Part, type Plane, type Shape } from './scaling';

const planes = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([rows, columns]) =>
    fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: rows * columns, maxLength: rows * columns })
      .map((values): Plane => ({ values, shape: [rows, columns] })),
  );
const shapes = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }));
const parts = fc
  .tuple(
    fc.double({ min: -5, max: 8, noNaN: true }),
    fc.double({ min: -5, max: 8, noNaN: true }),
    fc.double({ min: 0.5, max: 15, noNaN: true }),
    fc.double({ min: 0.5, max: 15, noNaN: true }),
  )
  .map(([top, left, height, width]): Part => ({ top, left, height, width }));

/** How much of a pixel of the plane lies in an interval. */
const overlap = (low: number, high: number, pixel: number): number => Math.max(0, Math.min(high, pixel + 1) - Math.max(low, pixel));

/** Every pixel of the result asks every pixel of the plane how much of it it covers. */
function bruteForce({ values, shape: [high, wide] }: Plane, part: Part, [rows, columns]: Shape): number[] {
  return Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const [down, right] = [part.height / rows, part.width / columns];
    let sum = 0;
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < wide; x++) {
        const tall = overlap(part.top + row * down, part.top + (row + 1) * down, y);
        sum += (values[y * wide + x] ?? 0) * tall * overlap(part.left + column * right, part.left + (column + 1) * right, x);
      }
    }
    return sum / (down * right);
  });
}

function closely(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, at) => expect(found[at]).toBeCloseTo(value, 5));
}

describe('resampling', () => {
  test('is the mean of what each pixel covers, wherever the part lies', () => {
    fc.assert(
      fc.property(planes, parts, shapes, (plane, part, shape) => {
        closely(resampled(plane, part, shape), bruteForce(plane, part, shape));
      }),
    );
  });

  test('to the same size changes nothing', () => {
    fc.assert(
      fc.property(planes, (plane) => closely(resampled(plane, whole(plane.shape), plane.shape), Array.from(plane.values))),
    );
  });
});

describe('centring', () => {
  const massOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);

  test('keeps all of the ink in sight and gives its longer side the extent', () => {
    fc.assert(
      fc.property(planes, shapes, fc.double({ min: 1, max: 7, noNaN: true }), (plane, shape, extent) => {
        const box = boxOf(plane);
        const part = centred(plane, extent, shape);
        if (box === null || part === null) {
          expect(part).toBe(box);
          return;
        }
        const scale = part.height / shape[0];
        expect(part.width / shape[1]).toBeCloseTo(scale, 6);
        expect(part.top).toBeLessThanOrEqual(box.top + 1e-9);
        expect(part.left).toBeLessThanOrEqual(box.left + 1e-9);
        expect(part.top + part.height).toBeGreaterThanOrEqual(box.top + box.height - 1e-9);
        expect(part.left + part.width).toBeGreaterThanOrEqual(box.left + box.width - 1e-9);
        const taken = Math.max(box.height / Math.min(extent, shape[0]), box.width / Math.min(extent, shape[1]));
        expect(scale).toBeCloseTo(taken, 6);
      }),
    );
  });

  test('puts the centre of mass in the middle of an MNIST picture', () => {
    // An L in a corner of a large pad.
    const side = 100;
    const values = Float32Array.from({ length: side * side }, (_, at) => {
      const [row, column] = [Math.floor(at / side), at % side];
      return row >= 5 && row < 65 && column >= 3 && (column < 9 || (row >= 59 && column < 40)) ? 1 : 0;
    });
    const part = centred({ values, shape: [side, side] }, 20, [28, 28]);
    const picture = resampled({ values, shape: [side, side] }, part as Part, [28, 28]);
    const mass = massOf(picture);
    const middle = (place: (at: number) => number): number =>
      Array.from(picture).reduce((sum, value, at) => sum + value * (place(at) + 0.5), 0) / mass;
    expect(middle((at) => Math.floor(at / 28))).toBeCloseTo(14, 1);
    expect(middle((at) => at % 28)).toBeCloseTo(14, 1);
    const box = boxOf({ values: picture, shape: [28, 28] });
    expect(box?.height).toBeGreaterThanOrEqual(20);
    expect(box?.height).toBeLessThanOrEqual(21);
    // 20 pixels for 60: a ninth of the ink.
    expect(mass).toBeCloseTo(massOf(values) / 9, 3);
  });

  test('of nothing is nothing', () => {
    expect(centred({ values: [0, 0, 0, 0], shape: [2, 2] }, 2, [4, 4])).toBeNull();
  });
});

test('a picture is cropped in its middle to the proportions that are wanted', () => {
  expect(cropped([100, 200], [28, 28])).toEqual({ top: 0, left: 50, height: 100, width: 100 });
  expect(cropped([100, 200], [10, 40])).toEqual({ top: 25, left: 0, height: 50, width: 200 });
});

test('stretching takes grey paper and ink apart, and leaves a plain surface alone', () => {
  const photo = Float32Array.from({ length: 100 }, (_, at) => (at < 80 ? 0.7 : 0.3));
  expect(Array.from(stretched(photo)).map(Math.round)).toEqual(Array.from({ length: 100 }, (_, at) => (at < 80 ? 1 : 0)));
  const few = Float32Array.from({ length: 100 }, (_, at) => (at < 98 ? 0.75 : 0.25));
  expect(Array.from(stretched(few))).toEqual(Array.from({ length: 100 }, (_, at) => (at < 98 ? 1 : 0)));
  expect(Array.from(stretched(new Float32Array(9).fill(0.5)))).toEqual(Array(9).fill(0.5));
});

test('what pictures have in common is found in them', () => {
  const rows = (pictures: number[][]): ReturnType<typeof toRows> =>
    toRows({
      metadata: {},
      tensors: new Map([
        ['inputs', { data: new Float32Array(pictures.flat()), shape: [pictures.length, pictures[0]?.length ?? 0] }],
        ['targets', { data: new Float32Array(pictures.length), shape: [pictures.length] }],
      ]) as never,
    });
  const white = [0, 0, 0, 0, 0, 0, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0];
  expect(groundOf(rows([white, white]), [4, 4], 16)).toMatchObject({ paper: 0, isPlain: true, extent: 2 });
  const black = white.map((value) => 255 - (255 * value) / 16);
  expect(groundOf(rows([[...black, ...black, ...black]]), [4, 4], 255)).toMatchObject({ paper: 1, isPlain: true, extent: 2 });
  const scene = Array.from({ length: 16 }, (_, at) => (at < 8 ? 255 : 0));
  expect(groundOf(rows([scene]), [4, 4], 255).isPlain).toBe(false);
  // A diagonal line, two pixels wide at every row: √2 across.
  const slanted = Array.from({ length: 400 }, (_, at) => (Math.floor(at / 20) - (at % 20) === 0 || Math.floor(at / 20) - (at % 20) === 1 ? 255 : 0));
  expect(20 * groundOf(rows([slanted]), [20, 20], 255).stroke).toBeCloseTo(Math.SQRT2, 1);
});

import { describe, expect, test } from 'vitest';

import { drawn, isBright, photographed, type Pixels, type Target } from './pictured';

const GREY: Target = { shape: [2, 2], colours: 1, brightest: 16, ground: { paper: 0, isPlain: true, extent: 2, stroke: 0.1 } };

/** Pixels from one word for each. */
function pixels(width: number, words: readonly (readonly number[])[]): Pixels {
  return { data: words.flat(), width, height: words.length / width };
}
const INK = [90, 170, 255, 255];
const RED = [255, 0, 0, 255];
const NONE = [0, 0, 0, 0];
const white = (share: number): number[] => [255 * share, 255 * share, 255 * share, 255];

describe('a drawing', () => {
  test('is bright on black paper and dark on white, whatever colour the pad has', () => {
    const pad = pixels(4, [INK, INK, NONE, NONE, INK, INK, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, INK]);
    expect(drawn(pad, GREY, false)).toEqual([16, 0, 0, 4]);
    const onWhite: Target = { ...GREY, brightest: 255, ground: { paper: 1, isPlain: true, extent: 2, stroke: 0.1 } };
    expect(drawn(pad, onWhite, false)).toEqual([0, 255, 255, 191]);
  });

  test('in colour is three planes on the paper', () => {
    const pad = pixels(2, [RED, NONE, NONE, [0, 0, 255, 128]]);
    const colour: Target = { ...GREY, colours: 3, brightest: 255 };
    expect(drawn(pad, colour, false)).toEqual([255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128]);
  });

  test('that is centred fills the extent from anywhere on the pad', () => {
    const words = Array.from({ length: 64 }, (_, at) => (at >> 3 >= 5 && (at & 7) === 6 ? INK : NONE));
    expect(drawn(pixels(8, words), { ...GREY, shape: [3, 3], ground: { paper: 0, isPlain: true, extent: 3, stroke: 0.1 } }, true)).toEqual([
      0, 16, 0, 0, 16, 0, 0, 16, 0,
    ]);
  });

  test('of nothing is nothing', () => {
    expect(drawn(pixels(2, [NONE, NONE, NONE, NONE]), GREY, true)).toBeNull();
  });
});

describe('a photograph', () => {
  const plain = { isInverted: false, isStretched: false };

  test('shows its middle, grey by the weights that Pillow has', () => {
    const wide = pixels(4, [white(1), RED, white(0), white(1), white(1), white(0.5), white(1), white(1)]);
    const values = photographed(wide, { ...GREY, brightest: 255 }, plain);
    expect(values).toEqual([76, 0, 128, 255]);
  });

  test('can be inverted and stretched', () => {
    const grey = pixels(2, [white(0.6), white(0.2), white(0.6), white(0.6)]);
    expect(photographed(grey, GREY, { ...plain, isInverted: true })).toEqual([6.4, 12.8, 6.4, 6.4]);
    expect(photographed(grey, GREY, { isInverted: true, isStretched: true })).toEqual([0, 16, 0, 0]);
  });

  test('is on white where it is transparent', () => {
    expect(photographed(pixels(2, [NONE, white(0), white(0), white(0)]), GREY, plain)).toEqual([16, 0, 0, 0]);
  });
});

test('paper is told from its border', () => {
  const paper = Array.from({ length: 9 }, (_, at) => white(at === 4 ? 0 : 0.9));
  expect(isBright(pixels(3, paper))).toBe(true);
  expect(isBright(pixels(3, paper.map(() => white(0.1))))).toBe(false);
});

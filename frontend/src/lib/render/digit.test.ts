import { describe, expect, it } from 'vitest';

import { RAMPS } from './colors';
import { imageWords, squared } from './digit';

const ramp = RAMPS.dark;

describe('images of a data set', () => {
  it('take grey values from the ramp, dark where nothing is', () => {
    const words = imageWords({ values: [0, 8, 16, 16], shape: [2, 2], brightest: 16 }, ramp);
    expect([...words]).toEqual([0, 0.5, 1, 1].map((value) => ramp.pixel(value)));
  });

  it('show coloured pixels in their own colours, opaque', () => {
    const words = imageWords({ values: [255, 0, 0, 128, 0, 255], shape: [1, 2], brightest: 255 }, ramp);
    expect([...new Uint8Array(words.buffer)]).toEqual([255, 0, 0, 255, 0, 128, 255, 255]);
  });

  it('stand in the middle of their square', () => {
    expect([...squared(Uint32Array.of(1, 2, 3), [1, 3], 9)]).toEqual([9, 9, 9, 1, 2, 3, 9, 9, 9]);
    expect([...squared(Uint32Array.of(1, 2, 3, 4), [2, 2], 9)]).toEqual([1, 2, 3, 4]);
  });
});

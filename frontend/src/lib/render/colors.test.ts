import { describe, expect, it } from 'vitest';
import { luminance, MAP_GAIN, OUTPUT_GAIN, Ramp, RAMPS, type ThemeName } from './colors';

const THEMES: ThemeName[] = ['dark', 'light'];
/** Rounding to bytes may move one channel a step before another. */
const ONE_LEVEL = 0.002;
const values = Array.from({ length: 201 }, (_, index) => (index - 100) / 100);

describe.each(THEMES)('the %s ramp', (theme) => {
  const ramp = RAMPS[theme];

  it('has the neutral of the page at zero', () => {
    expect(ramp.rgb(0)).toEqual(theme === 'dark' ? [0x0f, 0x15, 0x1e] : [0xf6, 0xf6, 0xf4]);
  });

  it('reaches its named stops in five equal steps on each side', () => {
    const stops = theme === 'dark' ? [[0x13, 0x30, 0x4d], [0x3a, 0x23, 0x11]] : [[0xd3, 0xe4, 0xf4], [0xfa, 0xe3, 0xcb]];
    const near = (value: number, stop: number[] | undefined) =>
      ramp.rgb(value).forEach((byte, channel) => expect(Math.abs(byte - (stop?.[channel] ?? 0))).toBeLessThanOrEqual(1));
    near(0.2, stops[0]);
    near(-0.2, stops[1]);
    expect(ramp.rgb(1)).toEqual(theme === 'dark' ? [0xd6, 0xec, 0xff] : [0x0a, 0x43, 0x80]);
    expect(ramp.rgb(-1)).toEqual(theme === 'dark' ? [0xff, 0xe8, 0xca] : [0x82, 0x3d, 0x00]);
  });

  it('changes luminance monotonically away from zero', () => {
    const direction = theme === 'dark' ? 1 : -1;
    for (const side of [1, -1]) {
      let before = luminance(ramp.rgb(0));
      for (let step = 1; step <= 100; step++) {
        const now = luminance(ramp.rgb((side * step) / 100));
        expect((now - before) * direction).toBeGreaterThanOrEqual(-ONE_LEVEL);
        before = now;
      }
    }
  });

  it('is as strong for a value as for its negative', () => {
    for (const value of values.filter((each) => each > 0)) {
      const ratio = (luminance(ramp.rgb(value)) + 0.05) / (luminance(ramp.rgb(-value)) + 0.05);
      expect(ratio).toBeGreaterThan(0.7);
      expect(ratio).toBeLessThan(1.45);
    }
  });

  it('is blue above zero and orange below', () => {
    for (const value of [0.2, 0.5, 0.8]) {
      const [red, , blue] = ramp.rgb(value);
      expect(blue).toBeGreaterThan(red);
      const [orange, , little] = ramp.rgb(-value);
      expect(orange).toBeGreaterThan(little);
    }
  });

  it('ends at ±1 and shows what is not a number as zero', () => {
    expect(ramp.pixel(7)).toBe(ramp.pixel(1));
    expect(ramp.pixel(-Infinity)).toBe(ramp.pixel(-1));
    expect(ramp.pixel(NaN)).toBe(ramp.pixel(0));
  });

  it('turns the levels of a map into pixels', () => {
    const table = ramp.levels(-2, 2, MAP_GAIN, (value) => value / 2);
    expect(table[0]).toBe(ramp.pixel(-MAP_GAIN));
    expect(table[255]).toBe(ramp.pixel(MAP_GAIN));
  });
});

it('keeps maps below signals', () => {
  expect(OUTPUT_GAIN).toBeLessThan(MAP_GAIN);
  expect(MAP_GAIN).toBeLessThan(0.6);
});

it('writes css colours', () => {
  expect(new Ramp('dark').css(0)).toBe('rgb(15 21 30)');
  expect(new Ramp('dark').css(0, 0.5)).toBe('rgb(15 21 30 / 0.5)');
});

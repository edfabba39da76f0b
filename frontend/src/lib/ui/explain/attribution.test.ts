import { describe, expect, it } from 'vitest';

import { luminance, RAMPS } from '../../render/colors';
import { bothEnds, grouped, normalised, overlayWords, overPixels, pictured, strongest, windowFor } from './attribution';

const rgb = (word: number): [number, number, number] => [word & 255, (word >> 8) & 255, (word >> 16) & 255];
const INK = [233, 238, 245] as const;

describe('shares', () => {
  it('are brought to ±1 by the strongest of either sign', () => {
    expect([...normalised([0.5, -2, 0, 1])]).toEqual([0.25, -1, 0, 0.5]);
  });

  it('stay zero where nothing says anything or a number is ruined', () => {
    expect([...normalised([0, 0])]).toEqual([0, 0]);
    expect([...normalised([NaN, 4, Infinity])]).toEqual([0, 1, 0]);
  });

  it('of a coloured picture are summed over its channels', () => {
    const names = ['r1', 'r2', 'g1', 'g2', 'b1', 'b2'];
    expect([...(overPixels([1, 2, 10, 20, 100, -200], names, names, [1, 2])?.values ?? [])]).toEqual([111, -178]);
  });

  it('leave out pixels that are switched off and inputs that are no pixels', () => {
    const columns = ['p1', 'p2', 'p3', 'p4'];
    const map = overPixels([1, 2, 9], ['p2', 'p4', 'p1*p2'], columns, [2, 2]);
    expect([...(map?.values ?? [])]).toEqual([0, 1, 0, 2]);
  });

  it('of another network are no map of this one', () => {
    expect(overPixels([1, 2, 3], ['p1', 'p2'], ['p1', 'p2'], [1, 2])).toBeNull();
  });

  it('are listed by magnitude, and what is left out is summed', () => {
    const shares = [0.1, -3, 2, -0.5].map((value, place) => ({ name: `x${place}`, value }));
    const { shown, rest, together } = strongest(shares, 2);
    expect(shown.map(({ name }) => name)).toEqual(['x1', 'x2']);
    expect([rest, together]).toEqual([2, -0.4]);
  });
});

describe('the overlay', () => {
  const ramp = RAMPS.dark;
  const map = { values: Float32Array.of(0, 1, -1, 0), shape: [2, 2] as const };
  const picture = { values: [16, 16, 16, 0], shape: [2, 2] as const, brightest: 16 };

  it('is blue where a pixel speaks for it, orange where against, whatever is below', () => {
    const [, blue = 0, orange = 0] = overlayWords(map, picture, ramp, INK);
    const [up, down] = [rgb(blue), rgb(orange)];
    expect(up[2]).toBeGreaterThan(up[0] + 60);
    expect(down[0]).toBeGreaterThan(down[2] + 60);
  });

  it('shows the picture in greys where nothing is said', () => {
    const words = overlayWords(map, picture, ramp, INK);
    const [ink, empty] = [rgb(words[0] ?? 0), rgb(words[3] ?? 0)];
    expect(empty).toEqual(ramp.rgb(0));
    expect(luminance(ink)).toBeGreaterThan(luminance(empty));
    expect(Math.max(...ink) - Math.min(...ink)).toBeLessThan(20);
  });

  it('needs no picture', () => {
    expect(overlayWords(map, null, ramp, INK)[0]).toBe(ramp.pixel(0));
  });
});

describe('many values in little room', () => {
  it('of units keep the strongest of each group', () => {
    expect(grouped([1, -5, 2, 3, 0], 3)).toEqual([{ value: -5, unit: 1 }, { value: 3, unit: 3 }, { value: 0, unit: 4 }]);
    expect(grouped([4, 2], 96).map(({ unit }) => unit)).toEqual([0, 1]);
  });

  it('of pushes keep both ends, and nothing that does not push', () => {
    expect(bothEnds([5, 2, 0, 0, -1], 3)).toEqual({ up: [0, 1], down: [4] });
    expect(bothEnds([0, 0], 3)).toEqual({ up: [], down: [] });
  });

  it('cover a seventh of a picture, at least a pixel', () => {
    expect([5, 8, 28, 32].map(windowFor)).toEqual([1, 1, 4, 5]);
  });

  it('of an ideal input run from its least to its largest', () => {
    expect([...pictured([-1, 1, 3], -1, 3)]).toEqual([0, 0.5, 1]);
    expect([...pictured([2], 2, 2)]).toEqual([0]);
  });
});

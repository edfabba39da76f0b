import { describe, expect, it } from 'vitest';
import { activationCurve, softmaxCurve } from './activations';
import { figure, magnitude, signed } from './figures';
import { barHeights, barValues } from './histogram';

describe('figures', () => {
  it('have a true minus and no sign on what rounds to zero', () => {
    expect(figure(-0.071, 2)).toBe('−0.07');
    expect(figure(-0.001, 2)).toBe('0.00');
    expect(signed(1.3, 2)).toBe('+1.30');
    expect(signed(-0.001, 2)).toBe('0.00');
  });

  it('say what is not finite in words or as a sign', () => {
    expect(figure(NaN, 2)).toBe('not a number');
    expect(signed(-Infinity, 2)).toBe('−∞');
  });

  it('use powers of ten where plain figures say nothing', () => {
    expect(magnitude(0.0042)).toBe('4.2·10⁻³');
    expect(magnitude(0.31)).toBe('0.310');
    expect(magnitude(12_345)).toBe('1.2·10⁴');
    expect(magnitude(0)).toBe('0');
  });
});

describe('histograms', () => {
  it('never hide a value that occurs', () => {
    const heights = barHeights([0, 1, 10_000]);
    expect(heights[0]).toBe(0);
    expect(heights[1]).toBeGreaterThan(0);
    expect(heights[2]).toBe(1);
  });

  it('colour bars by their own value', () => {
    const values = barValues({ counts: [1, 1], low: -1, high: 1 });
    expect(values[0]).toBeLessThan(0);
    expect(values[1]).toBe(-(values[0] ?? 0));
  });
});

describe('curves of activations', () => {
  it('know every activation of the catalog', () => {
    for (const name of ['relu', 'leaky_relu', 'tanh', 'sigmoid', 'gelu', 'silu', 'elu', 'softplus', 'sine', 'linear']) {
      expect(Number.isFinite(activationCurve(name)?.(0.5))).toBe(true);
    }
    expect(activationCurve('softplus')?.(0)).toBeCloseTo(Math.LN2, 9);
  });

  it('pass softmax through the engine\'s own point', () => {
    expect(softmaxCurve(1.7, 0.83)(1.7)).toBeCloseTo(0.83, 9);
  });
});

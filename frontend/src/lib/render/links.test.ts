import { describe, expect, it } from 'vitest';
import { collapse } from './collapse';
import { curveBetween, pointOn } from './curves';
import { layers, store, tensor } from './fixtures';
import { layoutNetwork, type LayoutOptions } from './layout';
import { largestMove, linkOpacity, linksOf, linkWidth, relativeWeight, THINNEST, WIDEST, type GapLinks } from './links';
import { MOST_PULSES, placeOf, progress, pulsesOf, ringsOf } from './pulses';
import { NetworkValues, projection, type Channels } from './values';

const options: LayoutOptions = { stageWidth: 832, stageHeight: 724, direction: 'right', compact: false, scrolled: new Map(), mostCells: 4_096 };
const channels: Channels = { activations: 'a', weights: 'w', gradients: 'g', statistics: undefined };

const network = layers([2]);
const tensors = {
  a: { x: tensor([2], [0.5, -2]), dense_1: tensor([2], [0.25, -1]), output: tensor([1], [0.9]) },
  w: {
    dense_1: tensor([2, 2], [1, 0.5, -2, 0.05]),
    'dense_1.bias': tensor([2], [0.1, -0.2]),
    'dense_1.shape': tensor([2], [2, 2]),
    output: tensor([1, 2], [0.4, -0.8]),
    'output.bias': tensor([1], [0]),
    'output.shape': tensor([2], [1, 2]),
  },
  g: { dense_1: tensor([2, 2], [0.1, 0, 0, 0]), output: tensor([1, 2], [1, -0.5]) },
};

function gapsOf(model = network, mostCells = 4_096): GapLinks[] {
  return linksOf(layoutNetwork(collapse(model, 5, new Set()), options), mostCells);
}

function valuesAt(updates = { a: 7, w: 7, g: 7 }): NetworkValues {
  const values = new NetworkValues();
  values.refresh(store(tensors, updates), channels, network);
  return values;
}

describe('wires', () => {
  it('are as wide as their weight is, compared with the largest of the layer', () => {
    const matrix = valuesAt().weightsInto('dense_1');
    const links = gapsOf()[0]?.links ?? [];
    const width = (from: number, to: number): number => {
      const link = links.find((each) => each.from.unit === from && each.to.unit === to);
      return matrix && link ? linkWidth(relativeWeight(matrix, link)) : NaN;
    };
    expect(width(0, 1)).toBe(WIDEST);
    expect(width(0, 0)).toBeCloseTo((THINNEST + WIDEST) / 2, 6);
    expect(width(1, 1)).toBeLessThan(0.6);
  });

  it('are more opaque the stronger they are, and fall to 26 % beside a selection', () => {
    expect(linkOpacity(1, 'dark', 'rest')).toBeGreaterThan(linkOpacity(0.1, 'dark', 'rest'));
    expect(linkOpacity(0.5, 'light', 'dimmed')).toBeCloseTo(0.26 * linkOpacity(0.5, 'light', 'rest'), 9);
  });

  it('run from edge to edge of their tiles', () => {
    const curve = curveBetween({ x: 0, y: 10, size: 36 }, { x: 200, y: 90, size: 36 }, 'right');
    expect(pointOn(curve, 0)).toEqual({ x: 18, y: 10 });
    expect(pointOn(curve, 1)).toEqual({ x: 182, y: 90 });
    expect(pointOn(curve, 0.5)).toEqual({ x: 100, y: 50 });
  });

  it('are a matrix where there are too many, threads from an image, a bundle at folded layers', () => {
    expect(gapsOf(layers([128, 64])).map((gap) => gap.form)).toEqual(['links', 'matrix', 'links']);
    expect(gapsOf(layers([32], { kind: 'image', inputs: 64 })).map((gap) => gap.form)).toEqual(['threads', 'links']);
    expect(gapsOf(layers(Array<number>(60).fill(4))).some((gap) => gap.form === 'bundle')).toBe(true);
  });

  it('are repainted only for moves one could see', () => {
    const values = valuesAt();
    const before = values.allWeights();
    expect(largestMove(before, values, gapsOf())).toBe(0);
    const moved = { ...tensors, w: { ...tensors.w, dense_1: tensor([2, 2], [1.1, 0.5, -2, 0.05]) } };
    values.refresh(store(moved, { a: 8, w: 8, g: 8 }), channels, network);
    expect(largestMove(before, values, gapsOf())).toBeCloseTo(0.05, 6);
    expect(largestMove(new Map(), values, gapsOf())).toBe(Infinity);
  });
});

describe('pulses', () => {
  it('carry input × weight of the current sample', () => {
    const values = valuesAt();
    const link = values.link('x', 1, 'dense_1', 0);
    expect(link).toEqual({ weight: 0.5, input: -2, signal: -1, update: 7 });
    const pulse = pulsesOf(gapsOf(), values).find((each) => each.link.to.layer === 'dense_1' && each.link.from.unit === 1 && each.link.to.unit === 0);
    expect(pulse?.signal).toBe(-1);
  });

  it('are as strong as their signal, compared with the strongest of the gap or with 1', () => {
    const pulses = pulsesOf(gapsOf(), valuesAt());
    const into = (layer: string): number[] => pulses.filter((pulse) => pulse.link.to.layer === layer).map((pulse) => pulse.strength);
    expect(Math.max(...into('dense_1'))).toBe(1);
    // 0.25 · 0.4 and −1 · −0.8: nothing beyond 1, so nothing is blown up.
    expect(into('output')).toEqual([expect.closeTo(0.8, 6), expect.closeTo(0.1, 6)]);
  });

  it('never mix two moments', () => {
    const values = valuesAt();
    const later = { ...tensors, a: { ...tensors.a, x: tensor([2], [5, 5]) } };
    values.refresh(store(later, { a: 8, w: 7, g: 7 }), channels, network);
    expect(values.activation('x', 0)).toBe(5);
    expect(values.link('x', 0, 'dense_1', 0)).toEqual({ weight: 1, input: 0.5, signal: 0.5, update: 7 });
  });

  it('sum over the links of a thread', () => {
    expect(valuesAt().sumInto('x', 'dense_1', 1)).toBeCloseTo(-2 * 0.5 + 0.05 * -2, 6);
  });

  it('are limited per gap, the strongest first', () => {
    const wide = layers([16, 16]);
    const many = Float32Array.from({ length: 256 }, (_, index) => 1 + index / 256);
    const values = new NetworkValues();
    values.refresh(
      store(
        { a: { dense_1: tensor([16], Array<number>(16).fill(1)) }, w: { dense_2: { data: many, shape: [16, 16] } } },
        { a: 1, w: 1 },
      ),
      channels,
      wide,
    );
    const pulses = pulsesOf(gapsOf(wide), values);
    expect(pulses).toHaveLength(MOST_PULSES);
    expect(pulses[0]?.signal).toBe(many[255]);
  });

  it('cross a gap in three seconds, slower on a slow dial, never faster', () => {
    expect(progress(3_000, null)).toBeCloseTo(1, 9);
    expect(progress(3_000, 1_000)).toBeCloseTo(1, 9);
    expect(progress(3_000, 0.1)).toBeCloseTo(0.3, 9);
    expect(placeOf(0.7, 0.5)).toBeCloseTo(0.2, 9);
  });
});

describe('gradient rings', () => {
  it('are compared across the whole network, so that vanishing gradients vanish', () => {
    const rings = ringsOf(gapsOf(), valuesAt());
    expect(rings.map((ring) => ring.strength)).toEqual([expect.closeTo(0.1, 6), 1, 0.5]);
    expect(rings.at(-1)?.gradient).toBe(-0.5);
  });
});

describe('values on the ramp', () => {
  it('show probabilities from surely not to surely', () => {
    expect(projection('output', 'sigmoid', 1)(0.5)).toBe(0);
    expect(projection('output', 'softmax', 1)(1)).toBe(1);
    expect(projection('dense_1', 'sigmoid', 4)(2)).toBe(0.5);
  });
});

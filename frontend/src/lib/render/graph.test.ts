import { describe, expect, it } from 'vitest';

import type { DataSetFacts } from '../schema.gen';
import { experiment } from '../state/fixtures';
import type { Layer } from '../state/layers';
import type { LayerFacts, Shapes } from '../state/shapes';
import { collapse, type Item } from './collapse';
import { arrowId, COLUMN_GAP, graphOf, layoutGraph, type Drawing } from './graph';
import { layoutNetwork } from './layout';
import { kernelMeans, linksOf, type GapLinks } from './links';
import { isChain, networkModel, type LayerModel } from './model';
import { detailOf, titleOf } from './titles';

const facts = { kind: 'image', columns: Array<string>(36).fill('p'), classes: ['a', 'b', 'c'] } as unknown as DataSetFacts;
const conv = (name: string): Layer => ({ type: 'conv2d', name, channels: 2, kernel: 3, groups: 1, activation: 'relu' }) as unknown as Layer;
const layers: Layer[] = [
  conv('stem'),
  { ...conv('left'), inputs: ['stem'] } as Layer,
  { type: 'concat', name: 'both', inputs: ['stem', 'left'] },
  { type: 'max_pool2d', name: 'pool', window: 2, padding: 'valid' },
  { type: 'flatten', name: 'flat' },
];

function known(name: string, shape: number[], kind: LayerFacts['kind']): [string, LayerFacts] {
  return [name, { name, inputs: [], shape, kind, parameters: 0, operations: 0, bytes: 0 }];
}

const shapes: Shapes = {
  input: [1, 6, 6],
  inputKind: 'picture',
  layers: new Map([
    known('stem', [2, 6, 6], 'picture'),
    known('left', [2, 6, 6], 'picture'),
    known('both', [4, 6, 6], 'picture'),
    known('pool', [4, 3, 3], 'picture'),
    known('flat', [36], 'vector'),
    known('output', [3], 'vector'),
  ]),
};

const board = experiment((draft) => {
  draft.network.layers = layers;
  Object.assign(draft.data, { source: 'bundled', name: 'digits', features: undefined });
});
const models = networkModel(board, facts, shapes);
const items: Item[] = collapse(models, Infinity, new Set());
const byName = (name: string): LayerModel | undefined => models.find((model) => model.name === name);

/** Boxes side by side; what skips one runs beneath. */
function drawn(): Drawing {
  const graph = graphOf(items);
  let x = 0;
  const boxes = graph.boxes.map(({ id, width, height }) => {
    const at = { x, y: id === 'left' ? -50 : 0 };
    x += width + COLUMN_GAP;
    return [id, at, { width, height }] as const;
  });
  const place = new Map(boxes.map(([id, at]) => [id, at]));
  const arrows = graph.arrows.map(({ id, from, to }) => {
    const [start, end] = [place.get(from) ?? { x: 0, y: 0 }, place.get(to) ?? { x: 0, y: 0 }];
    return [id, [start, { x: start.x + 5, y: 200 }, { x: end.x - 5, y: 200 }, end]] as const;
  });
  return { boxes: place, arrows: new Map(arrows), width: x, height: 300 };
}

describe('a network with branches', () => {
  it('is no chain, and says of every layer what it reads, makes and how that is seen', () => {
    expect(isChain(models)).toBe(false);
    expect(isChain(networkModel(experiment(), facts))).toBe(true);
    expect(byName('both')).toMatchObject({ sources: ['stem', 'left'], units: 4, picture: 'features', shape: [4, 6, 6] });
    expect([byName('x')?.picture, byName('flat')?.picture, byName('output')?.sources]).toEqual(['image', 'none', ['flat']]);
  });

  it('is a box for every layer and an arrow for everything that is read', () => {
    const graph = graphOf(items);
    expect(graph.boxes.map(({ id }) => id)).toEqual(['x', 'stem', 'left', 'both', 'pool', 'flat', 'output']);
    expect(graph.arrows.map(({ id }) => id)).toContain(arrowId('stem', 'both'));
    expect(graph.arrows).toHaveLength(7);
  });

  it('stands where it was drawn, with its tiles inside the cards', () => {
    const layout = layoutGraph(items, drawn(), new Map());
    for (const card of layout.cards) {
      for (const { x, y, size } of card.tiles) {
        expect(x - size / 2).toBeGreaterThanOrEqual(card.x);
        expect(x + size / 2).toBeLessThanOrEqual(card.x + card.width);
        expect(y - size / 2).toBeGreaterThanOrEqual(card.y + layout.header);
        expect(y + size / 2).toBeLessThanOrEqual(card.y + card.height - layout.footer);
      }
    }
  });

  it('goes around the cards between, with its + in the middle of the longest level stretch', () => {
    const layout = layoutGraph(items, drawn(), new Map());
    const skip = layout.gaps.find(({ from, to }) => from.id === 'stem' && to.id === 'both');
    const [, first, last] = skip?.route ?? [];
    expect([skip?.x, skip?.y]).toEqual([((first?.x ?? 0) + (last?.x ?? 0)) / 2, 200]);
    expect(layout.gaps.filter(({ route }) => route !== null)).toHaveLength(1);
  });

  it('stands in the rack meanwhile, with its skips above', () => {
    const options = { stageWidth: 832, stageHeight: 724, compact: false, scrolled: new Map<string, number>(), mostCells: 4_096 };
    for (const direction of ['right', 'down'] as const) {
      const { gaps } = layoutNetwork(items, { ...options, direction });
      expect(gaps.filter(({ route }) => route !== null).map(({ from, to }) => [from.id, to.id])).toEqual([['stem', 'both']]);
      expect(gaps).toHaveLength(7);
    }
  });
});

describe('what flows between layers of other types', () => {
  const links = linksOf(layoutGraph(items, drawn(), new Map()), 4_096);
  const between = (from: string, to: string): GapLinks | undefined => links.find((gap) => gap.from === from && gap.to === to);
  const pairs = (gap: GapLinks | undefined) => gap?.links.map(({ from, to }) => [from.unit, to.unit]);

  it('is drawn unit by unit where each reads its own, side by side for what is joined', () => {
    expect(pairs(between('both', 'pool'))).toEqual([[0, 0], [1, 1], [2, 2], [3, 3]]);
    expect(pairs(between('left', 'both'))).toEqual([[0, 2], [1, 3]]);
    expect(between('stem', 'both')?.form).toBe('route');
  });

  it('is a wire for every kernel of a convolution, and threads into what has no units', () => {
    expect([between('stem', 'left')?.form, pairs(between('stem', 'left'))?.length]).toEqual(['kernels', 4]);
    expect([between('pool', 'flat')?.form, between('pool', 'flat')?.links.length]).toEqual(['bundle', 4]);
    expect(between('flat', 'output')?.form).toBe('bundle');
  });

  it('counts for a kernel its mean weight', () => {
    const matrix = { data: [1, 3, -2, -2, 0, 0, 0.5, 0.5], rows: 2, columns: 4, pooled: false, largest: 3, bias: [] };
    expect(kernelMeans(matrix, 2)).toMatchObject({ rows: 2, columns: 2, largest: 2 });
    expect([...(kernelMeans(matrix, 2)?.data as Float32Array)]).toEqual([2, -2, 0, 0.5]);
    expect(kernelMeans({ ...matrix, pooled: true }, 2)).toBeUndefined();
  });
});

it('calls layers by what they are and how large', () => {
  const said = (layer: unknown): string => `${titleOf(layer as Layer)} | ${detailOf(layer as Layer)}`;
  expect(said(layers[0])).toBe('Conv 2 | 3×3 · relu');
  expect(said({ type: 'max_pool2d', window: [2, 3] })).toBe('Max pool 2×3 | ');
  expect(said({ type: 'attention', heads: 1, causal: true })).toBe('Attention | 1 head, causal');
  expect(said({ type: 'repeat', times: 200, layers: [{ type: 'dense' }, { type: 'add' }] })).toBe('Block × 200 | dense, add');
  expect(said({ type: 'dropout', rate: 0.25 })).toBe('Dropout | 25 %');
});

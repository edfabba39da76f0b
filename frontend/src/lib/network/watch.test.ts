import { describe, expect, it } from 'vitest';

import { collapse } from '../render/collapse';
import { layers } from '../render/fixtures';
import { layoutNetwork } from '../render/layout';
import { asksFor, type Asks } from './watch';

const sample = { split: 'test' as const, index: 3 };

function asks(sizes: number[], options: { kind?: 'plane' | 'table'; scrolled?: Map<string, number>; running?: boolean } = {}): Asks {
  const { kind = 'plane', scrolled = new Map<string, number>(), running = true } = options;
  const models = layers(sizes, { kind });
  const space = { stageWidth: 832, stageHeight: 724, direction: 'right' as const, compact: false, scrolled, mostCells: 4_096 };
  const { cards } = layoutNetwork(collapse(models, 5, new Set()), space);
  return asksFor({ cards, models, sample, running });
}

describe('what the view subscribes to', () => {
  it('is one window of maps, the sample, and all weights at one rate', () => {
    const { maps, activations, weights } = asks([8, 6]);
    expect(maps.map((window) => window.ask)).toEqual([
      { stream: 'maps', layers: ['x'], resolution: 20, max_fps: 1 },
      { stream: 'maps', layers: 'all', resolution: 20, max_fps: 30 },
    ]);
    expect(maps[1]?.layers).toEqual(['dense_1', 'dense_2', 'output']);
    expect(activations).toEqual({ stream: 'activations', layers: ['x', 'dense_1', 'dense_2', 'output'], sample, max_fps: 30 });
    expect(weights).toMatchObject({ layers: 'all', max_fps: 30 });
  });

  it('has coarser maps where many tiles are on the screen', () => {
    expect(asks([8, 8, 8, 8, 8, 8]).maps[1]?.ask).toMatchObject({ resolution: 20 });
    expect(asks([16, 16, 16, 16, 16]).maps[1]?.ask).toMatchObject({ resolution: 10 });
  });

  it('asks for gradients only while training runs', () => {
    expect(asks([8], { running: false }).gradients).toBeNull();
    expect(asks([8]).gradients).toMatchObject({ layers: 'all' });
  });

  it('asks for no maps where the data are not a plane', () => {
    expect(asks([8], { kind: 'table' }).maps).toEqual([]);
  });

  it('draws all maps over the plane that was chosen', () => {
    const axes = { type: 'components' as const };
    const models = layers([8]);
    const space = { stageWidth: 832, stageHeight: 724, direction: 'right' as const, compact: false, scrolled: new Map<string, number>(), mostCells: 4_096 };
    const { cards } = layoutNetwork(collapse(models, 5, new Set()), space);
    const { maps } = asksFor({ cards, models, sample, axes, running: true });
    expect(maps.map(({ ask }) => ask)).toEqual([expect.objectContaining({ axes }), expect.objectContaining({ axes })]);
  });

  it('asks only for the units that are shown of a wide layer', () => {
    expect(asks([1_024]).maps[1]?.ask).toMatchObject({ layers: 'all', units: [0, expect.any(Number)] });
    const windows = asks([1_024, 4], { scrolled: new Map([['dense_1', 500]]) }).maps;
    expect(windows.map((each) => [each.key, each.from])).toEqual([['x', 0], ['', 0], ['dense_1', 500]]);
    expect(windows[1]?.layers).toEqual(['dense_2', 'output']);
  });

  it('leaves folded layers out but keeps the statistics of all', () => {
    const { activations, weights, statistics } = asks(Array<number>(60).fill(4));
    expect(weights?.stream === 'weights' && weights.layers).toHaveLength(5);
    expect(activations?.stream === 'activations' && activations.layers).toHaveLength(6);
    expect(statistics?.stream === 'statistics' && statistics.layers).toHaveLength(62);
  });
});

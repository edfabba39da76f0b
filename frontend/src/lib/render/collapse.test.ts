import { describe, expect, it } from 'vitest';
import { collapse, foldableRuns } from './collapse';
import { layers } from './fixtures';

const NONE = new Set<string>();

describe('collapsing', () => {
  it('leaves what fits alone', () => {
    const items = collapse(layers([8, 8, 8, 8, 8, 8]), 5, NONE);
    expect(items.every((item) => item.kind === 'layer')).toBe(true);
    expect(items).toHaveLength(8);
  });

  it('folds the middle of a long run into one card and keeps its ends', () => {
    const items = collapse(layers(Array<number>(200).fill(16)), 6, NONE);
    expect(items).toHaveLength(8);
    const run = items.find((item) => item.kind === 'run');
    expect(run?.kind === 'run' && run.layers).toHaveLength(195);
    expect(items[1]?.id).toBe('dense_1');
    expect(items.at(-2)?.id).toBe('dense_200');
    const names = items.flatMap((item) => (item.kind === 'run' ? item.layers.map(({ name }) => name) : [item.layer.name]));
    expect(names).toEqual(layers(Array<number>(200).fill(16)).map(({ name }) => name));
  });

  it('names a run by its first layer, so that it keeps its name while it is folded otherwise', () => {
    const network = layers(Array<number>(200).fill(16));
    const ids = [5, 9].map((room) => collapse(network, room, NONE).find((item) => item.kind === 'run')?.id);
    expect(ids).toEqual(['run dense_1', 'run dense_1']);
    expect(foldableRuns(network)).toEqual(new Map([['run dense_1', 200]]));
  });

  it('leaves an opened run open', () => {
    const items = collapse(layers(Array<number>(50).fill(16)), 5, new Set(['run dense_1']));
    expect(items).toHaveLength(52);
  });

  it('does not fold layers that differ', () => {
    const items = collapse(layers(Array.from({ length: 30 }, (_, index) => index + 1)), 5, NONE);
    expect(items).toHaveLength(32);
  });

  it('folds the longest run first', () => {
    const items = collapse(layers([...Array<number>(5).fill(4), ...Array<number>(40).fill(8)]), 10, NONE);
    const runs = items.filter((item) => item.kind === 'run');
    expect(runs).toHaveLength(1);
    expect(runs[0]?.id).toBe('run dense_6');
    expect(items).toHaveLength(12);
  });
});

import { describe, expect, it } from 'vitest';
import { collapse } from './collapse';
import { FOOTER, HEADER, layoutNetwork, room, type LayoutOptions, type NetworkLayout } from './layout';
import { layers } from './fixtures';

const desktop: LayoutOptions = { stageWidth: 832, stageHeight: 724, direction: 'right', compact: false, scrolled: new Map(), mostCells: 4_096 };
const phone: LayoutOptions = { ...desktop, stageWidth: 390, stageHeight: 540, direction: 'down' };

function rack(sizes: readonly number[], options = desktop, data: Parameters<typeof layers>[1] = {}): NetworkLayout {
  return layoutNetwork(collapse(layers(sizes, data), room(options), new Set()), options);
}

describe('the rack', () => {
  it('has a card per layer, in the order data flows, none overlapping', () => {
    const { cards } = rack([8, 6, 4]);
    expect(cards.map((card) => card.id)).toEqual(['x', 'dense_1', 'dense_2', 'dense_3', 'output']);
    cards.slice(1).forEach((card, index) => {
      const before = cards[index];
      expect(card.x).toBeGreaterThan((before?.x ?? 0) + (before?.width ?? 0));
    });
  });

  it('gives all cards one top, one bottom, one header and one footer', () => {
    const layout = rack([8, 6, 4]);
    expect(new Set(layout.cards.map((card) => `${card.y} ${card.height}`)).size).toBe(1);
    expect(layout.height).toBe(HEADER + layout.body + FOOTER);
  });

  it('centres neurons between header and footer, at most 52 and at least 42 apart', () => {
    const layout = rack([8, 6, 4]);
    for (const card of layout.cards) {
      const middle = card.tiles.reduce((sum, tile) => sum + tile.y, 0) / card.tiles.length;
      expect(middle).toBeCloseTo(HEADER + layout.body / 2, 6);
      card.tiles.slice(1).forEach((tile, index) => {
        const pitch = tile.y - (card.tiles[index]?.y ?? 0);
        expect(pitch).toBeGreaterThanOrEqual(42);
        expect(pitch).toBeLessThanOrEqual(52);
      });
    }
  });

  it('fills the stage but never beyond the widest gap', () => {
    const wide = rack([8, 6, 4]);
    expect(wide.width).toBeLessThanOrEqual(832);
    const small = rack([4], { ...desktop, stageWidth: 1_600 });
    expect(small.gaps.every((gap) => gap.length === 120)).toBe(true);
  });

  it('tightens cards before anything scales', () => {
    const widths = rack([8, 8, 8, 8, 8, 8]).cards.slice(1, -1).map((card) => card.width);
    expect(Math.max(...widths)).toBeLessThan(136);
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(96);
  });

  it('keeps every tile inside its card, whatever the width of the layer', () => {
    for (const units of [1, 2, 9, 16, 32, 64, 200, 1_024]) {
      for (const options of [desktop, phone, { ...desktop, compact: true, stageHeight: 420 }]) {
        const card = rack([units], options).cards[1];
        expect(card?.tiles.length).toBeGreaterThan(0);
        for (const tile of card?.tiles ?? []) {
          const half = tile.size / 2;
          expect(tile.x - half).toBeGreaterThanOrEqual(card?.x ?? 0);
          expect(tile.x + half).toBeLessThanOrEqual((card?.x ?? 0) + (card?.width ?? 0));
          expect(tile.y - half).toBeGreaterThanOrEqual(card?.y ?? 0);
          expect(tile.y + half).toBeLessThanOrEqual((card?.y ?? 0) + (card?.height ?? 0));
        }
      }
    }
  });

  it('puts no tile over another', () => {
    for (const units of [8, 20, 32, 64]) {
      const tiles = rack([units]).cards[1]?.tiles ?? [];
      tiles.forEach((one, index) =>
        tiles.slice(index + 1).forEach((other) => {
          const apart = Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y));
          expect(apart).toBeGreaterThanOrEqual(one.size);
        }),
      );
    }
  });

  it('leaves room above the tiles of a wide layer for what scrolls them', () => {
    for (const units of [99, 1_024]) {
      const tiles = rack([units, units]).cards[1]?.tiles ?? [];
      expect(Math.min(...tiles.map((tile) => tile.y - tile.size / 2))).toBeGreaterThanOrEqual(HEADER + 26);
    }
  });

  it('shows a window of a wide layer, and where it was scrolled to', () => {
    const shown = rack([1_024]).cards[1]?.shown ?? [0, 0];
    expect(shown[0]).toBe(0);
    expect(shown[1]).toBeLessThan(100);
    const scrolled = rack([1_024], { ...desktop, scrolled: new Map([['dense_1', 5_000]]) }).cards[1]?.shown;
    expect(scrolled?.[1]).toBe(1_024);
  });

  it('keeps named inputs in one line, each beside its name, and shows a part of them where they are many', () => {
    for (const inputs of [4, 16, 60]) {
      const [card] = rack([8], desktop, { kind: 'table', inputs, classes: 3 }).cards;
      expect(new Set(card?.tiles.map((tile) => tile.x)).size, String(inputs)).toBe(1);
      expect(card?.tiles.length).toBe(inputs < 60 ? inputs : 13);
    }
  });

  it('places a + in the middle of every gap, on the header line', () => {
    const layout = rack([8, 6]);
    expect(layout.gaps).toHaveLength(3);
    layout.gaps.forEach((gap) => {
      expect(gap.y).toBe(HEADER / 2);
      expect(gap.x - (gap.from.x + gap.from.width)).toBeCloseTo(gap.to.x - gap.x, 6);
    });
  });

  it('turns on a phone: rows, eight tiles with room for a finger in 390 px', () => {
    const layout = rack([8, 6, 4], phone);
    expect(layout.direction).toBe('down');
    const tiles = layout.cards[1]?.tiles ?? [];
    expect(tiles).toHaveLength(8);
    expect(new Set(tiles.map((tile) => tile.y)).size).toBe(1);
    expect(tiles.every((tile) => tile.size === 36)).toBe(true);
    tiles.slice(1).forEach((tile, index) => expect(tile.x - (tiles[index]?.x ?? 0)).toBeGreaterThanOrEqual(44));
    layout.cards.slice(1).forEach((card, index) => expect(card.y).toBeGreaterThan(layout.cards[index]?.y ?? 0));
  });

  it('shows an image as one tile and classes as a list', () => {
    const layout = rack([32, 16], desktop, { kind: 'image', inputs: 64, classes: 10 });
    expect(layout.cards[0]?.tiles).toHaveLength(1);
    const output = layout.cards.at(-1);
    expect(output?.list).toBe(true);
    expect(new Set(output?.tiles.map((tile) => tile.x)).size).toBe(1);
  });
});

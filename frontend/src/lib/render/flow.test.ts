import { describe, expect, it } from 'vitest';

import { beadsOn, carries, onLine, type Flow } from './flow';
import type { Card } from './layout';
import type { GapForm, GapLinks } from './links';

const card = (x: number): Card => ({
  id: String(x), item: { kind: 'run', id: 'run', layers: [] }, x, y: 0, width: 10, height: 40, tiles: [], shown: [0, 0], list: false, lines: 1,
});

const gap = (form: GapForm, route: { x: number; y: number }[] | null = null): GapLinks => ({
  gap: { from: card(0), to: card(60), route, x: 35, y: 0, length: 50 }, form, from: 'a', to: 'b', links: [],
});

const to = (layer: string, direction: Flow['direction']): Flow => ({ layer, direction });

describe('the flow of slow motion', () => {
  it('comes over the wires before a layer on the way forward and over those behind it on the way back', () => {
    expect(carries(to('b', 'forward'), gap('bundle'))).toBe(true);
    expect(carries(to('a', 'forward'), gap('bundle'))).toBe(false);
    expect(carries(to('a', 'backward'), gap('bundle'))).toBe(true);
    expect(carries(to('b', 'backward'), gap('bundle'))).toBe(false);
  });

  it('leaves signals to the weights that have their own, and slopes come over them as well', () => {
    expect(carries(to('b', 'forward'), gap('links'))).toBe(false);
    expect(carries(to('a', 'backward'), gap('links'))).toBe(true);
  });

  it('moves towards the layer that is looked at', () => {
    const ahead = (crossings: number, direction: Flow['direction']): number => beadsOn(gap('matrix'), to('b', direction), crossings)[0]?.x ?? NaN;
    expect(ahead(0, 'forward')).toBe(10);
    expect(ahead(0.5, 'forward')).toBe(35);
    expect(ahead(0.25, 'backward')).toBeGreaterThan(ahead(0.5, 'backward'));
  });

  it('follows a line around its corners at an even pace', () => {
    const line = [{ x: 0, y: 0 }, { x: 30, y: 0 }, { x: 30, y: 10 }];
    expect(onLine(line, 0)).toEqual({ x: 0, y: 0 });
    expect(onLine(line, 0.5)).toEqual({ x: 20, y: 0 });
    expect(onLine(line, 1)).toEqual({ x: 30, y: 10 });
    expect(beadsOn(gap('route', line), to('b', 'forward'), 0.5)[0]).toEqual({ x: 20, y: 0 });
  });
});

import { describe, expect, it } from 'vitest';

import { experiment } from './fixtures';
import { MOST_PINS, Pins, thinTo, type Memory } from './pins.svelte';

class FakeMemory implements Memory {
  kept: string | null = null;
  isFull = false;

  getItem(): string | null {
    return this.kept;
  }

  setItem(_: string, value: string): void {
    if (this.isFull) throw new DOMException('full', 'QuotaExceededError');
    this.kept = value;
  }
}

const point = (update: number) => ({ update, epoch: 0, train_loss: 0.5, test_loss: 0.25, train_accuracy: 1, test_accuracy: 0.75 });

function pinAt(pins: Pins, update: number, count = 1): string | null {
  const points = Array.from({ length: count }, (_, index) => point(update - count + 1 + index));
  return pins.pin({ title: 'Circle', task: 'classification', update, epoch: 3, points, experiment: experiment() });
}

describe('pinned runs', () => {
  it('outlive a reload with name, curve and map', () => {
    const memory = new FakeMemory();
    const pins = new Pins(memory);
    const id = pinAt(pins, 900, 900) ?? '';
    pins.change(id, { name: 'slow' });
    const again = new Pins(memory);
    expect(again.runs).toEqual(pins.runs);
    expect(again.runs[0]?.points.length).toBe(400);
    expect(again.runs[0]?.points.at(-1)?.update).toBe(900);
    expect(again.runs[0]?.name).toBe('slow');
  });

  it('never share a number or an id, even after one was unpinned', () => {
    const pins = new Pins(new FakeMemory());
    const first = pinAt(pins, 10);
    pinAt(pins, 10);
    pins.unpin(first ?? '');
    pinAt(pins, 10);
    expect(pins.runs.map((run) => run.number)).toEqual([2, 3]);
    expect(new Set(pins.runs.map((run) => run.id)).size).toBe(2);
  });

  it('are few', () => {
    const pins = new Pins(new FakeMemory());
    for (let count = 0; count < MOST_PINS; count++) expect(pinAt(pins, count)).not.toBeNull();
    expect(pinAt(pins, 99)).toBeNull();
    expect(pins.runs.length).toBe(MOST_PINS);
  });

  it('say so where the tab can hold no more, and stay for now', () => {
    const memory = new FakeMemory();
    const pins = new Pins(memory);
    memory.isFull = true;
    pinAt(pins, 10);
    expect([pins.runs.length, pins.isForgetful]).toEqual([1, true]);
  });

  it('begin anew from what cannot be read', () => {
    for (const kept of ['{', '3', '[1, null]', '[{"id": "1"}]']) {
      const memory = new FakeMemory();
      memory.kept = kept;
      expect(new Pins(memory).runs, kept).toEqual([]);
    }
  });

  it('keep both ends of a curve that is thinned', () => {
    const thinned = thinTo(Array.from({ length: 1000 }, (_, index) => index), 7);
    expect([thinned.length, thinned[0], thinned[6]]).toEqual([7, 0, 999]);
    expect(thinTo([1, 2], 7)).toEqual([1, 2]);
  });
});

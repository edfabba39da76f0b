import { describe, expect, it, vi } from 'vitest';

import type { Frame } from '../wire/frame';
import { FrameStore } from './frames';

function frame(update: number, names: string[]): Frame {
  const tensors = new Map(names.map((name) => [name, { data: Float32Array.of(update), shape: [1] }]));
  return { session: 's', run: 'r', seq: update, update, epoch: 0, time: 0, tensors };
}

describe('FrameStore', () => {
  it('keeps the latest tensors of each channel', () => {
    const store = new FrameStore();
    store.put(frame(1, ['c1/a', 'c2/a']));
    store.put(frame(2, ['c1/a', 'c1/a.range']));
    expect(store.get('c1', 'a')?.data[0]).toBe(2);
    expect(store.get('c1', 'a.range')?.data[0]).toBe(2);
    expect(store.get('c2', 'a')?.data[0]).toBe(1);
    expect([store.updateOf('c1'), store.updateOf('c2'), store.updateOf('c3')]).toEqual([2, 1, -1]);
  });

  it('forgets the layers a channel no longer carries', () => {
    const store = new FrameStore();
    store.put(frame(1, ['c1/a', 'c1/b']));
    store.put(frame(2, ['c1/a']));
    expect(store.get('c1', 'b')).toBeUndefined();
    expect(store.namesOf('c1')).toEqual(['a']);
  });

  it('tells its listeners and counts', () => {
    const store = new FrameStore();
    const listener = vi.fn();
    const remove = store.onFrame(listener);
    store.put(frame(1, ['c1/a']));
    remove();
    store.put(frame(2, ['c1/a']));
    expect(listener).toHaveBeenCalledTimes(1);
    expect(store.version).toBe(2);
    expect(store.latest?.update).toBe(2);
  });

  it('drops a channel', () => {
    const store = new FrameStore();
    store.put(frame(1, ['c1/a']));
    store.drop('c1');
    expect(store.get('c1', 'a')).toBeUndefined();
  });
});

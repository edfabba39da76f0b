import { describe, expect, it } from 'vitest';
import { Loop } from './loop';

function screen() {
  let pending: FrameRequestCallback | null = null;
  let asked = 0;
  const loop = new Loop(
    (callback) => {
      pending = callback;
      return ++asked;
    },
    () => {
      pending = null;
    },
  );
  const frame = (now: number) => {
    const callback = pending;
    pending = null;
    callback?.(now);
    return callback !== null;
  };
  return { loop, frame, asked: () => asked };
}

describe('the loop', () => {
  it('asks for no frame while nothing is dirty', () => {
    const { loop, frame, asked } = screen();
    let drawn = 0;
    loop.add({ draw: () => void drawn++ });
    expect(frame(0)).toBe(true);
    expect(drawn).toBe(1);
    expect(frame(16)).toBe(false);
    expect(loop.running).toBe(false);
    expect(asked()).toBe(1);
  });

  it('goes on while a renderer moves', () => {
    const { loop, frame } = screen();
    let left = 3;
    loop.add({ draw: () => --left > 0 });
    expect([frame(0), frame(1), frame(2), frame(3)]).toEqual([true, true, true, false]);
  });

  it('draws every renderer once per frame however often a frame was asked for', () => {
    const { loop, frame, asked } = screen();
    const order: string[] = [];
    loop.add({ draw: () => void order.push('first') });
    loop.add({ draw: () => void order.push('second') });
    loop.request();
    loop.request();
    frame(0);
    expect(order).toEqual(['first', 'second']);
    expect(asked()).toBe(1);
  });

  it('tells listeners after everything was drawn', () => {
    const { loop, frame } = screen();
    const order: string[] = [];
    loop.afterPaint(() => order.push('painted'));
    loop.add({ draw: () => void order.push('drawn') });
    frame(0);
    expect(order).toEqual(['drawn', 'painted']);
  });

  it('stops when the last renderer leaves', () => {
    const { loop, frame } = screen();
    const remove = loop.add({ draw: () => true });
    remove();
    expect(loop.running).toBe(false);
    expect(frame(0)).toBe(false);
  });
});

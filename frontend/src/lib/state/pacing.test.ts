import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Pacing } from './pacing';

/** As the server counts (`gateway/rates.py`). */
class ServerBucket {
  #tokens: number;
  #then = 0;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.#tokens = burst;
  }

  allow(now: number): boolean {
    this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#then) * this.perSecond) / 1_000);
    this.#then = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

test('whatever is asked for however often, the server refuses none of it', () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(pauses, fc.integer({ min: 1, max: 14 }), (gaps, messages) => {
      const [pacing, server] = [new Pacing(30, 60, 0), new ServerBucket(30, 60)];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        if (pacing.wait(messages, now) > 0) continue;
        for (let sent = 0; sent < messages; sent++) expect(server.allow(now)).toBe(true);
      }
    }),
  );
});

test('who waits as long as was said may send', () => {
  const pacing = new Pacing(30, 60, 0);
  let now = 0;
  for (let round = 0; round < 50; round++) {
    const wait = pacing.wait(8, now);
    now += wait;
    if (wait > 0) expect(pacing.wait(8, now)).toBe(0);
  }
  // 400 messages, of which 45 were free, at 22.5 a second.
  expect(now / 1_000).toBeGreaterThan(350 / 22.5);
  expect(now / 1_000).toBeLessThan(370 / 22.5);
});

test('more than there is ever room for goes out at last', () => {
  const pacing = new Pacing(10, 10, 0);
  expect(pacing.wait(100, 0)).toBe(0);
  const wait = pacing.wait(100, 0);
  expect(wait).toBeGreaterThan(0);
  expect(pacing.wait(100, wait)).toBe(0);
});

import { describe, expect, it } from 'vitest';

import { curveBetween, pointOn } from './curves';
import { linkAt, placeOf } from './hit';
import type { GapLinks, Link } from './links';

const tile = (layer: string, unit: number, x: number, y: number) => ({ layer, unit, x, y, size: 36 });
const senders = [0, 1, 2].map((unit) => tile('x', unit, 0, 60 * unit));
const receivers = [0, 1].map((unit) => tile('dense_1', unit, 200, 30 + 60 * unit));
const links: Link[] = senders.flatMap((from) =>
  receivers.map((to) => ({ from, to, curve: curveBetween(from, to, 'right'), phase: 0 })),
);
const gap = { form: 'links', from: 'x', to: 'dense_1', links } as unknown as GapLinks;

describe('the link under the pointer', () => {
  it.each(links.map((link) => [link] as const))('is found near its ends and in its middle', (link) => {
    for (const share of [0.12, 0.88]) {
      const { x, y } = pointOn(link.curve, share);
      expect(placeOf(linkAt([gap], x + 0.5, y - 0.5, 6) ?? fail())).toEqual(placeOf(link));
    }
  });

  it('is none away from all of them, and none where links are a picture', () => {
    expect(linkAt([gap], 100, 220, 6)).toBeNull();
    const { x, y } = pointOn(links[0]?.curve ?? fail(), 0.3);
    expect(linkAt([{ ...gap, form: 'matrix' }], x, y, 6)).toBeNull();
  });
});

function fail(): never {
  throw new Error('No link there');
}

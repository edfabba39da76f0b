import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LiveChannel } from '../../network/channels';
import type { Axes } from '../../state/axes';
import { FakeServer } from '../../state/fakeserver';
import { shownPlane } from '../../state/shownplane.svelte';
import type { SubscribeAsk, Subscription } from '../../state/subscription.svelte';

const OF_COMPONENTS: SubscribeAsk = { stream: 'maps', layers: ['output'], axes: { type: 'components' } };
const ALONG_COLUMNS: SubscribeAsk = { ...OF_COMPONENTS, axes: { type: 'columns', columns: ['a', 'b'] } };
const NARROW = { domain: [-1, 1, -1, 1] };
const WIDE = { domain: [0, 9, 0, 9] };

let server: FakeServer;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { protocol: 'http:', host: 'here', origin: 'http://here' });
  server = new FakeServer();
  server.welcome();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a plane', () => {
  it('stays, with its axes, until another is answered for', async () => {
    let asked: Subscription | null = $state.raw(null);
    let shown!: ReturnType<typeof shownPlane>;
    const close = $effect.root(() => {
      shown = shownPlane(() => asked);
    });
    expect(shown.current).toBeNull();
    asked = server.session.subscribe(OF_COMPONENTS);
    await server.done({ channel: 'c1', ...NARROW });
    expect(shown.current).toMatchObject({ axes: { type: 'components' }, facts: NARROW });
    asked = server.session.subscribe(ALONG_COLUMNS);
    flushSync();
    expect(shown.current).toMatchObject({ axes: { type: 'components' }, facts: NARROW });
    await server.done({ channel: 'c2', ...WIDE });
    expect(shown.current).toMatchObject({ axes: { type: 'columns' } satisfies Partial<Axes>, facts: WIDE });
    close();
  });

  it('of a channel is that of the frames which are read', async () => {
    const maps = new LiveChannel(server.session);
    maps.ask(OF_COMPONENTS);
    await server.done({ channel: 'c1', ...NARROW });
    server.frame(1, ['c1/output']);
    maps.ask(ALONG_COLUMNS);
    await server.done({ channel: 'c2', ...WIDE });
    expect([maps.channel, maps.plane]).toMatchObject(['c1', { axes: { type: 'components' }, facts: NARROW }]);
    server.frame(2, ['c2/output']);
    expect([maps.channel, maps.plane]).toMatchObject(['c2', { axes: { type: 'columns' }, facts: WIDE }]);
  });
});

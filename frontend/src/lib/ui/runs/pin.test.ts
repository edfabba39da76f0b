import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ServerMessage } from '../../schema.gen';
import { FakeServer } from '../../state/fakeserver';
import { experiment } from '../../state/fixtures';
import { Pins } from '../../state/pins.svelte';
import { Plane } from '../../state/plane.svelte';
import { Samples } from '../../state/samples.svelte';
import { Selection } from '../../state/selection.svelte';
import { outputAsk } from '../output/mapchannel.svelte';
import { ghostOf } from './ghost';
import { pinRun } from './pin';

const DOMAIN = [-3, 3, -2, 2];
const iris = experiment((draft) => {
  const { seed, formulas, noise_columns, switched_off, label_noise, goal } = draft.data;
  draft.data = { seed, formulas, noise_columns, switched_off, label_noise, goal, source: 'bundled', name: 'iris', train_fraction: 0.8 };
});

let server: FakeServer;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { protocol: 'http:', host: 'here', origin: 'http://here' });
  server = new FakeServer();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a run that is pinned', () => {
  it('over a table keeps its answer over the plane that is shown, to be laid on later answers over the same', async () => {
    server.welcome('owner', { experiment: iris });
    server.say({ type: 'metrics', run: '1', points: [{ update: 1, epoch: 0, train_loss: 1 }] } as ServerMessage);
    const { session } = server;
    const samples = new Samples();
    const plane = new Plane(session, new Selection(), samples);
    const pins = new Pins({ getItem: () => null, setItem: () => undefined });
    pinRun(session, pins, samples, plane);
    expect(server.sent).toMatchObject([{ type: 'subscribe', stream: 'maps', axes: { type: 'components' } }]);
    await server.done({ channel: 'c1', domain: DOMAIN });
    const tensors = new Map([
      ['c1/output', { data: Uint8Array.of(0, 85, 170, 255), shape: [1, 2, 2] }],
      ['c1/output.range', { data: Float32Array.of(0, 1), shape: [2] }],
    ]);
    server.handlers.onFrame({ session: 'one', run: '1', seq: 1, update: 1, epoch: 0, time: 0, tensors });
    const live = { title: 'Iris', task: 'classification', ask: JSON.stringify(outputAsk(session, plane.axes)), domain: DOMAIN };
    expect(ghostOf(pins.runs, live)?.map).toMatchObject({ resolution: 2, low: 0, high: 1, domain: DOMAIN });
    expect(ghostOf(pins.runs, { ...live, ask: JSON.stringify(outputAsk(session)) })).toBeNull();
    expect(server.types()).toEqual(['subscribe', 'unsubscribe']);
  });
});

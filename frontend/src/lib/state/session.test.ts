import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeServer, INFO } from './fakeserver';
import { experiment } from './fixtures';

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

describe('Session', () => {
  it('connects to its own address', () => {
    expect(server.opened).toEqual(['ws://here/api/sessions/one/live']);
    expect(server.session.canEdit).toBe(false);
    server.welcome();
    expect(server.session.canEdit).toBe(true);
    expect(server.session.watchLink).toBe('http://here/s/one#viewer');
  });

  it('subscribes once for equal asks and leaves with the last holder', async () => {
    server.welcome();
    const ask = { stream: 'maps', layers: ['output'], resolution: 20 } as const;
    const [one, other] = [server.session.subscribe({ ...ask, layers: ['output'] }), server.session.subscribe({ ...ask, layers: ['output'] })];
    expect(server.types()).toEqual(['subscribe']);
    await server.done({ channel: 'c1', activation: 'sigmoid' });
    expect([one.channel, other.channel, one.facts?.activation]).toEqual(['c1', 'c1', 'sigmoid']);
    one.close();
    one.close();
    expect(server.types()).toEqual(['subscribe']);
    other.close();
    expect(server.sent.at(-1)).toMatchObject({ type: 'unsubscribe', channel: 'c1' });
  });

  it('does not leave the channel of what is asked again before it was answered', async () => {
    server.welcome();
    const ask = { stream: 'maps', layers: ['output'], resolution: 20 } as const;
    server.session.subscribe({ ...ask, layers: ['output'] }).close();
    const again = server.session.subscribe({ ...ask, layers: ['output'] });
    await server.done({ channel: 'c1' });
    expect([again.channel, server.types()]).toEqual(['c1', ['subscribe']]);
    again.close();
    expect(server.types()).toEqual(['subscribe', 'unsubscribe']);
  });

  it('leaves a channel whose last holder left before it was answered', async () => {
    server.welcome();
    server.session.subscribe({ stream: 'statistics' }).close();
    await server.done({ channel: 'c1' });
    expect(server.sent.at(-1)).toMatchObject({ type: 'unsubscribe', channel: 'c1' });
  });

  it('asks again for what was refused once the experiment is another', async () => {
    server.welcome();
    const subscription = server.session.subscribe({ stream: 'maps', layers: ['output'], resolution: 20 });
    const { request } = server.sent[0] as { request: number };
    server.say({ type: 'error', request, code: 'invalid', message: 'Maps need two inputs' });
    await vi.advanceTimersByTimeAsync(0);
    expect(subscription.error).toBe('Maps need two inputs');
    server.say({ type: 'experiment', revision: 2, update: 0, experiment: experiment() });
    await server.done({ channel: 'c2' });
    expect([subscription.channel, subscription.error]).toEqual(['c2', undefined]);
    server.say({ type: 'experiment', revision: 3, update: 0, experiment: experiment() });
    expect(server.types()).toEqual(['subscribe', 'subscribe']);
  });

  it('asks again for what was refused of the experiment before, though the new one was told first', async () => {
    server.welcome();
    const subscription = server.session.subscribe({ stream: 'activations', layers: ['conv2d_1'] });
    const { request } = server.sent[0] as { request: number };
    server.say({ type: 'experiment', revision: 2, update: 0, experiment: experiment() });
    server.say({ type: 'error', request, code: 'not_found', message: "No layer 'conv2d_1'" });
    await vi.advanceTimersByTimeAsync(0);
    await server.done({ channel: 'c2' });
    expect([subscription.channel, subscription.error]).toEqual(['c2', undefined]);
    expect(server.types()).toEqual(['subscribe', 'subscribe']);
  });

  it('asks anew where a plane lies once the data are others, and only then', async () => {
    server.welcome();
    const subscription = server.session.subscribe({ stream: 'maps', layers: ['output'], axes: { type: 'components' } });
    await server.done({ channel: 'c1', domain: [0, 1, 0, 1] });
    const other = experiment();
    other.data.seed += 1;
    server.say({ type: 'experiment', revision: 2, update: 0, experiment: other });
    await server.done({ channel: 'c1', domain: [0, 2, 0, 2] });
    expect(subscription.facts).toMatchObject({ domain: [0, 2, 0, 2] });
    server.say({ type: 'experiment', revision: 3, update: 0, experiment: structuredClone(other) });
    expect(server.types()).toEqual(['subscribe', 'subscribe']);
  });

  it('asks for everything again after a reconnect', async () => {
    server.welcome();
    const subscription = server.session.subscribe({ stream: 'statistics' });
    await server.done({ channel: 'c1' });
    server.handlers.onConnection({ state: 'waiting', attempt: 1, retryAtMs: Date.now() + 900 });
    expect(server.session.connection).toMatchObject({ state: 'waiting', retryInSecs: 1, attempt: 1 });
    server.welcome();
    await server.done({ channel: 'c9' });
    expect(server.types()).toEqual(['subscribe', 'subscribe']);
    expect(subscription.channel).toBe('c9');
  });

  it('acknowledges what was painted, once', () => {
    server.welcome();
    server.session.painted();
    expect(server.types()).toEqual([]);
    server.frame(1, ['c1/output']);
    server.frame(2, ['c1/output']);
    server.session.painted();
    server.session.painted();
    expect(server.sent).toEqual([{ type: 'ack', seq: 2 }]);
    expect(server.session.frames.get('c1', 'output')?.data[0]).toBe(2);
  });

  it('keeps the wish to play through compiling', async () => {
    server.welcome();
    server.state({ state: 'paused' });
    expect(server.session.wantsToPlay).toBe(false);
    server.state({ state: 'compiling' });
    void server.session.control('play');
    expect(server.session.wantsToPlay).toBe(true);
    await server.done();
    server.state({ state: 'diverged' });
    expect(server.session.wantsToPlay).toBe(false);
  });

  it('plays at the speed of the dial', () => {
    server.welcome();
    server.session.setSpeed(10);
    expect(server.sent.at(-1)).toMatchObject({ type: 'control', action: 'play', updates_per_second: 10 });
    server.state({ updates_per_second: null });
    expect(server.session.speed).toBeNull();
  });

  it('cuts its curves where a new run begins', () => {
    server.welcome();
    const points = [1, 2, 3].map((update) => ({ update, epoch: 0, train_loss: 1 }));
    server.say({ type: 'metrics', run: '1', points });
    server.state({ run: '2', from_update: 2, update: 2 });
    expect(server.session.metrics.points.map((point) => point.update)).toEqual([1, 2]);
    server.state({ run: '3', update: 0 });
    expect(server.session.metrics.points).toEqual([]);
  });

  it('does not let a late frame of an older run turn the counters back', () => {
    server.welcome();
    server.state({ run: '2', update: 0, epoch: 0 });
    server.frame(9, ['c1/output'], '1');
    vi.advanceTimersByTime(200);
    expect(server.session.counters.update).toBe(0);
  });

  it('shows a refused control as a notice and passes over a lost answer', async () => {
    server.welcome();
    void server.session.control('rewind');
    server.say({ type: 'error', request: 1, code: 'illegal_state', message: 'Nothing to go back to' });
    await vi.advanceTimersByTimeAsync(0);
    expect(server.session.notice).toEqual({ text: 'Nothing to go back to', kind: 'bad', code: 'illegal_state' });
    server.session.notice = null;
    void server.session.control('play');
    server.handlers.onConnection({ state: 'connecting', attempt: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(server.session.notice).toBeNull();
  });

  it('lets a viewer look and not touch', () => {
    server.welcome('viewer');
    server.session.edit('Noise', (draft) => (draft.data.seed = 3));
    void server.session.control('pause');
    expect(server.sent).toEqual([]);
    expect(server.session.canEdit).toBe(false);
  });

  it('starts its experiment anew where the server lost the session', async () => {
    const created = { ...INFO, id: 'two', owner_token: 'o2', viewer_token: 'v2' };
    const fetched = vi.fn(() => Promise.resolve(new Response(JSON.stringify(created), { status: 201 })));
    vi.stubGlobal('fetch', fetched);
    vi.stubGlobal('sessionStorage', { setItem: vi.fn(), getItem: () => null });
    server.welcome();
    server.handlers.onConnection({ state: 'closed', code: 4404, reason: 'This session has ended' });
    await vi.waitFor(() => expect(server.session.id).toBe('two'));
    expect(JSON.parse((fetched.mock.calls as unknown as [string, RequestInit][])[0]?.[1].body as string)).toEqual({
      experiment: experiment(),
      play: true,
    });
    expect(server.opened.at(-1)).toBe('ws://here/api/sessions/two/live');
    expect(server.session.notice?.text).toContain('started anew');
  });
});

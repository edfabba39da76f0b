/** The live socket of a page, played by the test: what it sends is listed, what it hears is said by hand. */
import { flushSync } from 'svelte';
import { vi } from 'vitest';

import type { Catalog, ClientMessage, ServerMessage, SessionInfo, State } from '../schema.gen';
import type { SourceHandlers } from '../source';
import type { Frame } from '../wire/frame';
import { experiment } from './fixtures';
import type { Opened } from './open';
import { Session } from './session.svelte';

const LIMITS = { samples: 10_000, sample_rows: 2_000, messages_per_second: 30, message_burst: 60 };
const CATALOG = {
  version: '1',
  limits: LIMITS,
  data_sets: [
    { source: 'synthetic', name: 'circle', title: 'Circle', task: 'classification', kind: 'plane', classes: ['orange', 'blue'] },
    { source: 'bundled', name: 'iris', title: 'Iris', task: 'classification', kind: 'table', classes: ['a', 'b', 'c'], columns: ['w', 'x', 'y', 'z'] },
  ],
  presets: [],
  first_preset: 'spiral',
  lesson_controls: [],
} as unknown as Catalog;

export const INFO: SessionInfo = {
  id: 'one',
  state: 'running',
  run: '1',
  revision: 1,
  update: 100,
  epoch: 2,
  experiment: experiment(),
};
const NOTHING_MORE = { notice: null, notes: [], hidden: [], view: null };
const OPENED: Opened = { id: 'one', token: 'owner', role: 'owner', viewerToken: 'viewer', info: INFO, ...NOTHING_MORE };

export class FakeServer {
  sent: ClientMessage[] = [];
  opened: string[] = [];
  handlers!: SourceHandlers;
  readonly session = new Session(CATALOG, OPENED, (handlers) => {
    this.handlers = handlers;
    return {
      open: ({ url }) => this.opened.push(url),
      send: (message) => this.sent.push(message),
      retryNow: () => undefined,
      close: () => undefined,
    };
  });

  welcome(role: 'owner' | 'viewer' = 'owner', info: Partial<SessionInfo> = {}): void {
    this.handlers.onConnection({ state: 'open' });
    this.say({ type: 'welcome', protocol: 1, role, limits: LIMITS, session: { ...INFO, ...info } } as ServerMessage);
  }

  say(message: ServerMessage): void {
    this.handlers.onMessage(message);
    flushSync();
  }

  state(change: Partial<State>): void {
    this.say({ type: 'state', state: 'running', run: '1', update: 100, epoch: 2, ...change });
  }

  async done(facts: object = {}): Promise<void> {
    const asked = this.sent.findLast((message) => 'request' in message);
    this.say({ type: 'done', request: (asked as { request: number }).request, ...facts });
    await vi.advanceTimersByTimeAsync(0);
  }

  frame(seq: number, names: string[], run = '1'): void {
    const tensors: Frame['tensors'] = new Map(names.map((name) => [name, { data: Float32Array.of(seq), shape: [1] }]));
    this.handlers.onFrame({ session: 'one', run, seq, update: 100 + seq, epoch: 2, time: 0, tensors });
  }

  types(): string[] {
    return this.sent.map(({ type }) => type);
  }
}

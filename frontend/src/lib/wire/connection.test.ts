import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ClientMessage, Limits, ServerMessage, Welcome } from '../schema.gen';
import { backoffMs, classifyClose, MAX_ATTEMPTS } from './close';
import { Connection, type ConnectionState, type Socket } from './connection';
import { Pacer } from './pacer';

class FakeSocket implements Socket {
  binaryType: BinaryType = 'blob';
  readyState = 0;
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  sent: ClientMessage[] = [];

  constructor(readonly url: string) {}

  send(data: string): void {
    this.sent.push(JSON.parse(data) as ClientMessage);
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.(new Event('open'));
  }

  say(message: Partial<ServerMessage>): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }

  welcome(limits: Partial<Limits> = {}): void {
    const generous = { messages_per_second: 1000, message_burst: 1000, ...limits };
    this.say({ type: 'welcome', limits: generous } as Partial<Welcome>);
  }

  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
}

const ADDRESS = { url: 'ws://here/live', token: 'secret' };

let sockets: FakeSocket[];
let states: ConnectionState[];
let connection: Connection;
const last = (): FakeSocket => sockets.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  states = [];
  connection = new Connection(
    (url) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket;
    },
    { onState: (state) => states.push(state), onMessage: () => undefined, onBytes: () => undefined },
    () => 0,
  );
});

afterEach(() => vi.useRealTimers());

describe('Connection', () => {
  it('greets with the token and is open after the welcome', () => {
    connection.open(ADDRESS);
    last().accept();
    expect(last().sent).toEqual([{ type: 'hello', protocol: 1, token: 'secret' }]);
    expect(states.map(({ state }) => state)).toEqual(['connecting']);
    last().welcome();
    expect(states.at(-1)).toEqual({ state: 'open' });
  });

  it('sends nothing before the welcome', () => {
    connection.open(ADDRESS);
    last().accept();
    connection.send({ type: 'ack', seq: 1 });
    expect(last().sent).toHaveLength(1);
  });

  it('tries again with growing delays and forgets them once open', () => {
    connection.open(ADDRESS);
    last().end(1006);
    expect(states.at(-1)).toMatchObject({ state: 'waiting', attempt: 1 });
    vi.advanceTimersByTime(125);
    expect(sockets).toHaveLength(2);
    last().end(1006);
    vi.advanceTimersByTime(249);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(3);
    last().accept();
    last().welcome();
    last().end(1012);
    expect(states.at(-1)).toMatchObject({ state: 'waiting', attempt: 1 });
  });

  it('stays closed where trying again cannot help', () => {
    connection.open(ADDRESS);
    last().accept();
    last().end(4404);
    expect(states.at(-1)).toEqual({ state: 'closed', code: 4404, reason: 'This session has ended' });
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('tries at once when asked to', () => {
    connection.open(ADDRESS);
    last().end(1006);
    connection.retryNow();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
  });

  it('keeps to the rate of the server, acknowledgements aside', () => {
    connection.open(ADDRESS);
    last().accept();
    last().welcome({ messages_per_second: 10, message_burst: 5 });
    for (let request = 0; request < 6; request++) connection.send({ type: 'unsubscribe', request, channel: 'c1' });
    connection.send({ type: 'ack', seq: 3 });
    const kinds = (): string[] => last().sent.slice(1).map(({ type }) => type);
    expect(kinds()).toEqual([...Array<string>(4).fill('unsubscribe'), 'ack']);
    vi.advanceTimersByTime(250);
    expect(kinds()).toHaveLength(7);
  });

  it('listens no more to the socket it left', () => {
    connection.open(ADDRESS);
    const old = last();
    connection.open({ ...ADDRESS, url: 'ws://here/other' });
    old.end(4404);
    expect(states.at(-1)).toMatchObject({ state: 'connecting' });
    expect(old.readyState).toBe(3);
  });
});

describe('classifyClose', () => {
  it.each([1000, 1001, 1006, 1008, 1011, 1012, 4408])('tries again after %i', (code) => {
    expect(classifyClose(code, 0)).toEqual({ kind: 'retry' });
  });

  it.each([1002, 1003, 1007, 1009, 4400, 4401, 4403, 4404, 4422])('ends with a sentence after %i', (code) => {
    expect(classifyClose(code, 0)).toMatchObject({ kind: 'terminal', code });
  });

  it('gives up in the end', () => {
    expect(classifyClose(1006, MAX_ATTEMPTS)).toEqual({ kind: 'gave-up' });
  });
});

describe('backoffMs', () => {
  it('doubles up to eight seconds and spreads the upper half', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 40].map((attempt) => backoffMs(attempt, 0))).toEqual([
      125, 250, 500, 1000, 2000, 4000, 4000, 4000,
    ]);
    expect(backoffMs(40, 0.999)).toBeLessThanOrEqual(8000);
  });
});

describe('Pacer', () => {
  it('allows the burst, then the rate', () => {
    const pacer = new Pacer(10, 2);
    expect([pacer.take(0), pacer.take(0)]).toEqual([0, 0]);
    expect(pacer.take(0)).toBe(100);
    expect(pacer.take(100)).toBe(0);
  });
});

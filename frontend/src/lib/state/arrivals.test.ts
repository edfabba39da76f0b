import { afterEach, describe, expect, it, vi } from 'vitest';

import type { DataSheet } from '../schema.gen';
import { Arrivals } from './arrivals.svelte';

class Memory {
  kept: string | null = null;
  getItem = (): string | null => this.kept;
  setItem = (_: string, value: string): void => void (this.kept = value);
}

/** The browser's request, played by the test. */
class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress?: (event: { loaded: number; total: number }) => void; onload?: () => void } = {};
  status = 0;
  responseText = '';
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  isAborted = false;
  open = vi.fn();
  send = vi.fn();
  getResponseHeader = (): null => null;

  constructor() {
    FakeRequest.last = this;
  }

  abort(): void {
    this.isAborted = true;
    this.onabort?.();
  }

  answer(status: number, body: unknown): void {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload?.();
  }
}

const FILE = new File(['name,age\nMia,4\n'], 'cats.csv');
const sheet = (id: string): DataSheet =>
  ({ id, title: 'cats.csv', rows: 1, columns: [{ name: 'name' }, { name: 'age' }] }) as unknown as DataSheet;

function sending(memory = new Memory()): { arrivals: Arrivals; request: FakeRequest; done: Promise<void> } {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  const arrivals = new Arrivals(memory);
  const done = arrivals.upload(FILE);
  return { arrivals, request: FakeRequest.last, done };
}

describe('data on their way in', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('tell how far they are, then that they are read, then their sheet', async () => {
    const { arrivals, request, done } = sending();
    request.upload.onprogress?.({ loaded: 25, total: 100 });
    expect(arrivals.now).toMatchObject({ step: 'sending', title: 'cats.csv', share: 0.25 });
    request.upload.onload?.();
    expect(arrivals.now).toMatchObject({ step: 'reading' });
    request.answer(201, sheet('one'));
    await done;
    expect([arrivals.now, arrivals.sheet?.id]).toEqual([null, 'one']);
  });

  it('leave nothing behind when cancelled, and the request ends', async () => {
    const { arrivals, request, done } = sending();
    arrivals.cancel();
    await done;
    expect([request.isAborted, arrivals.now, arrivals.sheet, arrivals.isBusy]).toEqual([true, null, null, false]);
    request.upload.onprogress?.({ loaded: 50, total: 100 });
    expect(arrivals.now).toBeNull();
  });

  it('say why they were refused, in the words of the server', async () => {
    const { arrivals, request, done } = sending();
    request.answer(422, { type: 'error', code: 'upload_rejected', message: 'This is no table' });
    await done;
    expect(arrivals.now).toEqual({ step: 'refused', title: 'cats.csv', code: 'upload_rejected', message: 'This is no table' });
    expect(arrivals.isBusy).toBe(false);
  });

  it('are found again after a reload, the latest first and each once', async () => {
    const memory = new Memory();
    for (const id of ['one', 'two', 'one']) {
      const { request, done } = sending(memory);
      request.answer(201, sheet(id));
      await done;
    }
    expect(new Arrivals(memory).known).toEqual([
      { id: 'one', title: 'cats.csv', rows: 1, columns: 2 },
      { id: 'two', title: 'cats.csv', rows: 1, columns: 2 },
    ]);
  });

  it('are not remembered where they are a public set, and say what to do where it cannot be fetched', async () => {
    const answers = [
      new Response(JSON.stringify({ ...sheet('public'), format: 'openml' }), { status: 201 }),
      new Response(JSON.stringify({ code: 'no_network', message: 'Connect it, or bring the files' }), { status: 503 }),
    ];
    vi.stubGlobal('fetch', () => Promise.resolve(answers.shift()));
    const arrivals = new Arrivals(new Memory());
    const done = arrivals.fetchPublic('mnist', 'MNIST');
    expect(arrivals.now).toMatchObject({ step: 'fetching', title: 'MNIST' });
    await done;
    expect([arrivals.sheet?.id, arrivals.known]).toEqual(['public', []]);
    await arrivals.fetchPublic('cifar_10', 'CIFAR-10');
    expect(arrivals.now).toEqual({ step: 'refused', title: 'CIFAR-10', code: 'no_network', message: 'Connect it, or bring the files' });
  });

  it('forget a set that the server no longer has', async () => {
    const memory = new Memory();
    memory.kept = JSON.stringify([{ id: 'gone', title: 'cats.csv', rows: 1, columns: 2 }]);
    const gone = new Response(JSON.stringify({ code: 'not_found', message: 'There is no such data set' }), { status: 404 });
    vi.stubGlobal('fetch', () => Promise.resolve(gone));
    const arrivals = new Arrivals(memory);
    await arrivals.open({ id: 'gone', title: 'cats.csv' });
    expect([arrivals.now?.step, arrivals.known]).toEqual(['refused', []]);
  });
});

import { describe, expect, it } from 'vitest';

import type { FitRequest, ModelResult } from '../schema.gen';
import { ApiError } from './api';
import type { Data } from './data';
import { Fits } from './fits.svelte';

const CIRCLE = { source: 'synthetic', name: 'circle' } as Data;
const XOR = { source: 'synthetic', name: 'xor' } as Data;
const TREE = { type: 'decision_tree', max_depth: 3 };

/** A server that answers when the test says so. */
function server() {
  const asked: { ask: FitRequest; signal: AbortSignal; answer: (result: ModelResult) => void; refuse: (error: Error) => void }[] = [];
  const request = (ask: FitRequest, signal: AbortSignal): Promise<ModelResult> =>
    new Promise((answer, refuse) => {
      asked.push({ ask, signal, answer, refuse });
      signal.addEventListener('abort', () => refuse(new DOMException('aborted', 'AbortError')));
    });
  return { asked, fits: new Fits(request) };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};
const result = { kind: 'fitted', type: 'decision_tree' } as ModelResult;

describe('Fits', () => {
  it('asks for two at once and for the next when one is done', async () => {
    const { asked, fits } = server();
    fits.open(CIRCLE);
    for (let depth = 1; depth <= 4; depth++) fits.add({ ...TREE, max_depth: depth });
    expect(asked.length).toBe(2);
    asked[0]?.answer(result);
    await settle();
    expect(fits.all.map((fit) => fit.state)).toEqual(['done', 'fitting', 'fitting', 'waiting']);
  });

  it('fits anew with other settings, keeping what is shown, and forgets the answer it no longer wants', async () => {
    const { asked, fits } = server();
    fits.open(CIRCLE);
    const fit = fits.add(TREE);
    asked[0]?.answer(result);
    await settle();
    fits.change(fit, { ...TREE, max_depth: 7 });
    expect(fit.result).toBe(result);
    fits.change(fit, { ...TREE, max_depth: 8 });
    expect(asked[1]?.signal.aborted).toBe(true);
    await settle();
    expect(fit.state).toBe('fitting');
    expect(asked.at(-1)?.ask.model).toEqual({ ...TREE, max_depth: 8 });
  });

  it('says why a fit was refused, and tries again', async () => {
    const { asked, fits } = server();
    fits.open(CIRCLE);
    const fit = fits.add(TREE);
    asked[0]?.refuse(new ApiError(422, 'errand_limit', 'It takes too long'));
    await settle();
    expect([fit.state, fit.message]).toEqual(['failed', 'It takes too long']);
    fits.retry(fit);
    expect([fit.state, fit.message]).toEqual(['fitting', null]);
  });

  it('cancels what takes too long and goes on with the next', () => {
    const { asked, fits } = server();
    fits.open(CIRCLE);
    const [first] = [1, 2, 3].map((depth) => fits.add({ ...TREE, max_depth: depth }));
    if (first) fits.cancel(first);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(fits.all.map((fit) => fit.state)).toEqual(['cancelled', 'fitting', 'fitting']);
  });

  it('fits nothing while closed, everything on other data, and keeps what was fitted on the same', async () => {
    const { asked, fits } = server();
    fits.open(CIRCLE);
    fits.add(TREE);
    asked[0]?.answer(result);
    await settle();
    fits.add({ ...TREE, max_depth: 9 });
    fits.close();
    expect(asked[1]?.signal.aborted).toBe(true);
    fits.open({ ...CIRCLE });
    expect(fits.all.map((fit) => fit.state)).toEqual(['done', 'fitting']);
    fits.open(XOR);
    expect(fits.all.map((fit) => [fit.state, fit.result])).toEqual([['fitting', null], ['fitting', null]]);
    expect(asked.at(-1)?.ask.data).toBe(XOR);
  });
});

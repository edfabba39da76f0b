import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { DrawnData, Edit, Experiment, ServerMessage } from '../../schema.gen';
import { apply } from '../../state/diff';
import { asJson } from '../../state/experiments';
import { FakeServer } from '../../state/fakeserver';
import { experiment } from '../../state/fixtures';
import { Samples } from '../../state/samples.svelte';
import { Board, keepBoard } from './board.svelte';

const POINTS: DrawnData['points'] = [
  [-2, 0, 0],
  [2, 0, 1],
];
const drawn = experiment((draft) => {
  const { seed, features, train_fraction, formulas, noise_columns, switched_off, label_noise, goal } = draft.data as DrawnData;
  const kept = { seed, features, train_fraction, formulas, noise_columns, switched_off, label_noise, goal };
  draft.data = { ...kept, source: 'drawn', task: 'classification', classes: 2, points: POINTS };
});

let server: FakeServer;
let board: Board;
let confirmed: Experiment;
let revision: number;
let close: () => void;

function openOn(start: Experiment): void {
  confirmed = start;
  revision = 1;
  server = new FakeServer();
  board = new Board(server.session, new Samples());
  close = $effect.root(() => keepBoard(server.session, board));
  server.welcome('owner', { experiment: start });
  board.open();
  flushSync();
}

/** Take the edit that was sent last, as the server does. */
async function accept(): Promise<void> {
  await vi.advanceTimersByTimeAsync(100);
  const edit = server.sent.findLast((message) => message.type === 'edit') as Edit;
  confirmed = apply(asJson(confirmed), edit.patch as never) as unknown as Experiment;
  revision += 1;
  await server.done({ revision });
  server.say({ type: 'experiment', revision, update: 0, experiment: confirmed } as ServerMessage);
}

function choose(change: (draft: Experiment) => void): void {
  server.session.edit('Other data', change);
  flushSync();
}

const points = (): DrawnData['points'] => (server.session.experiment.data as DrawnData).points;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { protocol: 'http:', host: 'here', origin: 'http://here' });
});
afterEach(() => {
  close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the drawing board', () => {
  it('forgets an empty board for good once other data are chosen, so that undo and redo are of the data', async () => {
    openOn(experiment());
    board.startEmpty();
    flushSync();
    expect(server.session.undoLabel).toBe('Empty board');
    choose((draft) => (draft.data.seed = 7));
    await accept();
    server.session.undo();
    flushSync();
    await accept();
    expect(board.isUndecided).toBe(true);
    expect([server.session.undoLabel, server.session.canRedo]).toEqual([undefined, true]);
    server.session.redo();
    expect(server.session.experiment.data.seed).toBe(7);
  });

  it('lets go of a stroke over data that become others meanwhile', () => {
    openOn(drawn);
    board.begin([0, 3]);
    expect(board.points).toHaveLength(3);
    choose((draft) => (draft.data.seed = 7));
    expect([board.isStroking, board.points]).toEqual([false, POINTS]);
    board.end();
    expect(points()).toEqual(POINTS);
  });

  it('goes on with a stroke while the one before it is confirmed', async () => {
    openOn(drawn);
    board.dab('draw', [0, 3]);
    flushSync();
    board.begin([0, -3]);
    await accept();
    board.end();
    expect(points()).toEqual([...POINTS, [0, 3, 0], [0, -3, 0]]);
  });

  it.each([
    ['from an empty board', experiment(), []],
    ['among other points', drawn, POINTS],
  ])('keeps a stroke that ends without a connection, and sends it once there is one again: %s', async (_, start, before) => {
    openOn(start);
    if (before.length === 0) board.startEmpty();
    board.begin([0, 3]);
    board.extend([0, 2.5]);
    server.handlers.onConnection({ state: 'waiting', attempt: 1, retryAtMs: Date.now() + 900 });
    board.end();
    flushSync();
    const after = [...board.points];
    expect(after).toHaveLength(before.length + 2);
    expect(server.types()).not.toContain('edit');
    server.welcome('owner', { experiment: start });
    await accept();
    expect(points()).toEqual(after);
    expect((confirmed.data as DrawnData).points).toEqual(after);
    expect(server.session.undoLabel).toBe('Draw 2 points');
  });
});

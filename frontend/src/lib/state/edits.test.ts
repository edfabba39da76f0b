import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Experiment } from '../schema.gen';
import { experiment } from './fixtures';
import { CONNECTION_LOST } from './requests';
import { StandIn } from './standin';

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(100);
}

const rate = (value: number) => (draft: Experiment): void => {
  draft.training.optimizer.learning_rate = value;
};
const rateOf = (shown: Experiment): number => shown.training.optimizer.learning_rate;
const addLayer = (draft: Experiment): void => {
  draft.network.layers.push({ type: 'dense', units: 3, activation: 'relu', initializer: 'he_uniform', dropout: 0, frozen: false });
};

const namesOf = (shown: Experiment) => shown.network.layers.map((layer) => layer.name);

let server: StandIn;
beforeEach(() => {
  vi.useFakeTimers();
  server = new StandIn(settle);
});
afterEach(() => vi.useRealTimers());

describe('Edits', () => {
  it('shows an edit at once and sends the difference', async () => {
    server.edits.edit('Rate', rate(0.1));
    expect(rateOf(server.edits.experiment)).toBe(0.1);
    expect(server.edits.pending).toBe(true);
    expect(server.waiting[0]?.edit.patch).toEqual([
      { op: 'replace', path: '/training/optimizer/learning_rate', value: 0.1 },
    ]);
    await server.accept();
    expect(server.edits.pending).toBe(false);
    expect(server.experiment).toEqual(server.edits.experiment);
  });

  it.each(['done first', 'experiment first'] as const)('merges what comes while one is in flight (%s)', async (order) => {
    for (const value of [0.1, 0.2, 0.3]) server.edits.edit('Rate', rate(value));
    expect(server.waiting).toHaveLength(1);
    await server.accept(order);
    expect(server.waiting).toHaveLength(1);
    expect(rateOf(server.edits.experiment)).toBe(0.3);
    await server.accept(order);
    expect(rateOf(server.experiment)).toBe(0.3);
    expect(server.edits.pending).toBe(false);
  });

  it('takes over the names the server gives', async () => {
    server.edits.edit('Layer', addLayer);
    await server.accept();
    expect(server.edits.experiment.network.layers[2]?.name).toBe('dense_3');
    expect(server.waiting).toHaveLength(0);
  });

  it('carries a later edit over the names that came meanwhile', async () => {
    server.edits.edit('Layer', addLayer);
    server.edits.edit('Units', (draft) => {
      const layer = draft.network.layers[2];
      if (layer) Object.assign(layer, { units: 5 });
    });
    await server.accept();
    await server.accept();
    expect(server.experiment.network.layers[2]).toMatchObject({ name: 'dense_3', units: 5 });
  });

  it('rolls back a refused edit and says why', async () => {
    server.edits.edit('Rate', rate(0.1));
    await server.refuse('invalid', 'Too much');
    expect(rateOf(server.edits.experiment)).toBe(0.03);
    expect(server.edits.error).toMatchObject({ code: 'invalid', message: 'Too much', field: '/training' });
    expect(server.edits.canUndo).toBe(false);
    server.edits.edit('Rate', rate(0.2));
    expect(server.edits.error).toBeNull();
  });

  it('rebases a stale edit once onto what somebody else did', async () => {
    server.edits.edit('Rate', rate(0.1));
    server.become(experiment((draft) => (draft.data.seed = 5)));
    server.edits.confirm(server.experiment, server.revision);
    await server.refuse('stale_revision');
    expect(server.waiting[0]?.edit.base).toBe(2);
    await server.accept();
    expect([server.experiment.data.seed, rateOf(server.experiment)]).toEqual([5, 0.1]);
  });

  it('rebases also where the newer experiment comes after the refusal', async () => {
    server.edits.edit('Rate', rate(0.1));
    server.become(experiment((draft) => (draft.data.seed = 5)));
    await server.refuse('stale_revision');
    server.edits.confirm(server.experiment, server.revision);
    await settle();
    await server.accept();
    expect([server.experiment.data.seed, rateOf(server.experiment)]).toEqual([5, 0.1]);
  });

  it('gives up an edit that is stale twice', async () => {
    server.edits.edit('Rate', rate(0.1));
    server.become(experiment((draft) => (draft.data.seed = 5)));
    server.edits.confirm(server.experiment, server.revision);
    await server.refuse('stale_revision');
    await server.refuse('stale_revision');
    expect(server.edits.error?.code).toBe('stale_revision');
    expect(rateOf(server.edits.experiment)).toBe(0.03);
  });

  it('sends an edit again that was lost with the connection', async () => {
    server.edits.edit('Rate', rate(0.1));
    await server.refuse(CONNECTION_LOST);
    expect(rateOf(server.edits.experiment)).toBe(0.1);
    server.edits.restart(server.experiment, server.revision);
    await server.accept();
    expect(rateOf(server.experiment)).toBe(0.1);
  });

  it('does not send an edit again that had counted', async () => {
    server.edits.edit('Layer', addLayer);
    await server.refuse(CONNECTION_LOST);
    server.become(experiment(addLayer));
    server.edits.restart(server.experiment, server.revision);
    await settle();
    expect(server.waiting).toHaveLength(0);
    expect(server.edits.experiment).toEqual(server.experiment);
    expect(server.edits.pending).toBe(false);
  });

  it('follows the edits of others', () => {
    server.become(experiment((draft) => (draft.data.seed = 5)));
    server.edits.confirm(server.experiment, server.revision);
    expect(server.edits.experiment.data.seed).toBe(5);
  });

  it('undoes whole steps; a dragged slider is one of them', async () => {
    server.edits.edit('Noise', (draft) => (draft.data.seed = 1));
    await server.accept();
    for (const value of [0.1, 0.2, 0.3]) server.edits.edit('Rate', rate(value));
    await server.accept();
    await server.accept();
    expect(server.edits.undoLabel).toBe('Rate');
    server.edits.undo();
    expect([rateOf(server.edits.experiment), server.edits.experiment.data.seed]).toEqual([0.03, 1]);
    server.edits.undo();
    expect(server.edits.experiment.data.seed).toBe(0);
    expect(server.edits.canUndo).toBe(false);
  });

  it('undoes one of two quick edits of one name where each is a step of its own', async () => {
    for (const value of [0.1, 0.2]) server.edits.edit('Draw a point', rate(value), { alone: true });
    await server.finish();
    server.edits.undo();
    await server.finish();
    expect(rateOf(server.experiment)).toBe(0.1);
    server.edits.undo();
    await server.finish();
    expect(rateOf(server.experiment)).toBe(0.03);
  });

  it('takes back first what was done on the page and is no edit yet', async () => {
    server.edits.edit('Rate', rate(0.1));
    await server.finish();
    server.edits.unsent = { label: 'Clear all points', takeBack: () => (server.edits.unsent = null) };
    expect([server.edits.undoLabel, server.edits.canRedo]).toEqual(['Clear all points', false]);
    server.edits.undo();
    expect(rateOf(server.edits.experiment)).toBe(0.1);
    server.edits.undo();
    await server.finish();
    expect(rateOf(server.experiment)).toBe(0.03);
  });

  it('brings a removed layer back under its own name', async () => {
    server.edits.edit('Remove', (draft) => draft.network.layers.pop());
    await server.accept();
    server.edits.undo();
    await server.accept();
    expect(namesOf(server.experiment)).toEqual(['dense_1', 'dense_2']);
  });

  it('keeps the names of two layers that were added while the first was under way', async () => {
    server.edits.edit('Layer', addLayer);
    server.edits.edit('Another', addLayer);
    await server.accept();
    await server.accept();
    expect(namesOf(server.experiment)).toEqual(['dense_1', 'dense_2', 'dense_3', 'dense_4']);
    expect(server.revision).toBe(3);
  });

  it('does what was undone again, until something else is changed', async () => {
    server.edits.edit('Layer', addLayer);
    await server.accept();
    server.edits.undo();
    await server.accept();
    expect([server.edits.canRedo, server.edits.redoLabel]).toEqual([true, 'Layer']);
    server.edits.redo();
    await server.accept();
    expect(namesOf(server.experiment)).toEqual(['dense_1', 'dense_2', 'dense_3']);
    server.edits.undo();
    server.edits.edit('Rate', rate(0.1));
    expect(server.edits.canRedo).toBe(false);
  });

  it('can still redo after an edit that was refused', async () => {
    server.edits.edit('Rate', rate(0.1));
    await server.accept();
    server.edits.undo();
    await server.accept();
    server.edits.edit('Rate', rate(11));
    await server.answer();
    expect(server.edits.error).not.toBeNull();
    server.edits.redo();
    await server.accept();
    expect(rateOf(server.experiment)).toBe(0.1);
  });

  it('forgets a step whose slider was dragged back to where it was', async () => {
    for (const value of [0.1, 0.2, 0.03]) server.edits.edit('Rate', rate(value));
    expect(server.edits.canUndo).toBe(false);
    await server.finish();
  });

  it('undoes its own edits and leaves what somebody else did meanwhile', async () => {
    server.edits.edit('Rate', rate(0.1));
    await server.accept();
    server.become({ ...server.experiment, data: { ...server.experiment.data, seed: 5 } });
    server.edits.confirm(server.experiment, server.revision);
    server.edits.undo();
    await server.accept();
    expect([server.experiment.data.seed, rateOf(server.experiment)]).toEqual([5, 0.03]);
  });

  it('resolves once nothing is under way', async () => {
    server.edits.edit('Rate', rate(0.1));
    const settled = vi.fn();
    void server.edits.settled().then(settled);
    await settle();
    expect(settled).not.toHaveBeenCalled();
    await server.accept();
    expect(settled).toHaveBeenCalledOnce();
  });
});

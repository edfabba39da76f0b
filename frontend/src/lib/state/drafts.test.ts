import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Checked, Experiment } from '../schema.gen';
import { Checks } from './checks.svelte';
import { experiment } from './fixtures';
import type { Layer } from './layers';
import { StandIn } from './standin';

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(100);
}

const conv = (): Layer => ({ type: 'conv2d', channels: 4, kernel: 3 }) as unknown as Layer;
const addConv = (draft: Experiment): void => void draft.network.layers.push(conv());
const rate = (draft: Experiment): void => void (draft.training.optimizer.learning_rate = 0.1);
const typesOf = (shown: Experiment) => shown.network.layers.map(({ type }) => type);

let server: StandIn;
beforeEach(() => {
  vi.useFakeTimers();
  server = new StandIn(settle);
});
afterEach(() => vi.useRealTimers());

describe('a network that does not fit together', () => {
  it('stays on the board as a draft, and the last one that did goes on', async () => {
    server.edits.edit('Add', addConv);
    await server.refuse('shape_mismatch', 'A convolution reads pictures');
    expect(server.edits.isDraft).toBe(true);
    expect(typesOf(server.edits.experiment)).toEqual(['dense', 'dense', 'conv2d']);
    expect(typesOf(server.edits.trained)).toEqual(['dense', 'dense']);
    expect(server.edits.pending).toBe(false);
    expect(server.edits.error?.message).toBe('A convolution reads pictures');
  });

  it('holds nothing else up: what concerns no layer is sent without it', async () => {
    server.edits.edit('Add', addConv);
    await server.refuse('shape_mismatch');
    server.edits.edit('Rate', rate);
    expect(server.waiting[0]?.edit.patch).toEqual([{ op: 'replace', path: '/training/optimizer/learning_rate', value: 0.1 }]);
    await server.accept();
    expect(server.edits.isDraft).toBe(true);
    expect(typesOf(server.edits.experiment)).toEqual(['dense', 'dense', 'conv2d']);
    expect(server.edits.trained.training.optimizer.learning_rate).toBe(0.1);
  });

  it('is a step of undo and redo like any other', async () => {
    server.edits.edit('Add', addConv);
    await server.refuse('shape_mismatch');
    server.edits.undo();
    expect(typesOf(server.edits.experiment)).toEqual(['dense', 'dense']);
    expect([server.edits.isDraft, server.waiting.length]).toEqual([false, 0]);
    server.edits.redo();
    await settle();
    await server.refuse('shape_mismatch');
    expect([server.edits.isDraft, typesOf(server.edits.experiment).at(-1)]).toEqual([true, 'conv2d']);
  });

  it('is sent as a whole once it is changed, and is no draft when it is taken', async () => {
    server.edits.edit('Add', addConv);
    await server.refuse('invalid_graph');
    server.edits.edit('Mend', (draft) => void draft.network.layers.splice(2, 1, { ...(draft.network.layers[1] as Layer), name: undefined }));
    await settle();
    await server.accept();
    expect([server.edits.isDraft, server.edits.error]).toEqual([false, null]);
    expect(server.experiment.network.layers[2]).toMatchObject({ type: 'dense', name: 'dense_3' });
  });

  it('is what remains when a later edit is refused for another reason', async () => {
    server.edits.edit('Add', addConv);
    await server.refuse('shape_mismatch');
    server.edits.edit('Units', (draft) => void Object.assign(draft.network.layers[0] as Layer, { units: 9_999 }));
    await settle();
    await server.refuse('invalid', 'Too many');
    expect(typesOf(server.edits.experiment)).toEqual(['dense', 'dense', 'conv2d']);
    expect(server.edits.experiment.network.layers[0]).toMatchObject({ units: 4 });
  });

  it('is no draft where the data do not fit it: they stay as they were', async () => {
    server.edits.edit('Data', (draft) => void (draft.data.seed = 7));
    await server.refuse('shape_mismatch');
    expect([server.edits.isDraft, server.edits.experiment.data.seed]).toEqual([false, 0]);
  });

  it('gives a new layer a name of the server’s kind where another reads it', async () => {
    server.edits.edit('Add', (draft, fresh) => {
      const name = fresh();
      draft.network.layers.push({ ...conv(), name } as Layer, { type: 'add', inputs: [name, 'x'] });
    });
    const sent = server.waiting[0]?.edit.patch[0] as unknown as { value: Layer[] };
    expect(sent.value.map(({ name, inputs }) => [name, inputs])).toEqual([
      ['dense_1', undefined], ['dense_2', undefined], ['conv2d_1', undefined], [undefined, ['conv2d_1', 'x']],
    ]);
  });
});

describe('what the server says of the board', () => {
  const answer = (changes: Partial<Checked>): Checked => ({ parameters: 5, input: [2], input_kind: 'vector', layers: [], errors: [], ...changes });
  const facts = (name: string, shape: number[]) => ({ name, inputs: ['x'], shape, kind: 'vector' as const, parameters: 1, operations: 1, bytes: 1 });

  function asked(board: Experiment, said: (sent: Experiment) => Checked): Promise<Checks> {
    const checks = new Checks((sent) => Promise.resolve(said(sent)));
    checks.ask(board);
    return settle().then(() => checks);
  }

  const board = experiment((draft) => void draft.network.layers.push({ ...conv(), name: 'new 1' } as Layer));

  it('is about the layers by the names they have here', async () => {
    const checks = await asked(board, (sent) => {
      expect(sent.network.layers[2]?.name).toBe('conv2d_1');
      return answer({ layers: [facts('dense_1', [4]), facts('conv2d_1', [4])] });
    });
    expect([...(checks.shapes?.layers.keys() ?? [])]).toEqual(['dense_1', 'new 1']);
    expect(checks.parameters).toBe(5);
  });

  it('finds what is wrong by place, with an experiment in which it is mended', async () => {
    const patch = [
      { op: 'add', path: '/network/layers/2', value: { type: 'reshape', shape: [1, 2, 1] } },
      { op: 'replace', path: '/network/layers/3/kernel', value: 1 },
    ];
    const errors = [{ code: 'shape_mismatch', message: 'No', field: '/network/layers/2', repair: { say: 'Mend', patch } }];
    const checks = await asked(board, () => answer({ errors }));
    const [problem] = checks.at(2);
    expect([checks.at(1), problem?.message, checks.parameters]).toEqual([[], 'No', null]);
    expect(problem?.repair?.experiment.network.layers.slice(2)).toEqual([
      { type: 'reshape', shape: [1, 2, 1] },
      { ...conv(), name: 'new 1', kernel: 1 },
    ]);
  });

  it('asks once for edits that follow each other closely, and forgets an answer that is overtaken', async () => {
    const seen: number[] = [];
    const checks = new Checks((sent) => {
      seen.push(sent.network.layers.length);
      return Promise.resolve(answer({}));
    });
    checks.ask(board);
    await settle();
    for (const count of [0, 1, 2]) checks.ask({ ...board, network: { ...board.network, layers: board.network.layers.slice(0, count) } });
    await settle();
    expect(seen).toEqual([3, 2]);
  });
});

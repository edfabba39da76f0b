import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Experiment, SyntheticData } from '../schema.gen';
import { PLAIN } from './data';
import { experiment } from './fixtures';
import { withKnownNames } from './experiments';
import { isProvisional } from './names';
import { StandIn, textOf } from './standin';

type Change = (draft: Experiment) => void;
interface Edit {
  label: string;
  /** More than one: a slider being dragged. */
  changes: Change[];
}

const small = fc.nat({ max: 5 });
const activation = fc.constantFrom('relu', 'tanh', 'sine' as const);
const rate = fc.constantFrom(0.001, 0.01, 0.1, 0.3, 1);

const rest = { dropout: 0, frozen: false } as const;
const addLayer = fc.tuple(small, small, activation).map(([at, units, chosen]): Change => (draft) => {
  draft.network.layers.splice(at, 0, { type: 'dense', units: units + 1, activation: chosen, initializer: 'he_uniform', ...rest });
});
const removeLayer = small.map((at): Change => (draft) => draft.network.layers.splice(at, 1));
const changeLayer = fc.tuple(small, small, activation).map(([at, units, chosen]): Change => (draft) => {
  const layer = draft.network.layers[at];
  if (layer) Object.assign(layer, { units: units + 1, activation: chosen });
});
/** The same place, another layer: the server names it anew. */
const replaceLayer = fc.tuple(small, small).map(([at, units]): Change => (draft) => {
  if (draft.network.layers[at]) {
    draft.network.layers[at] = { type: 'dense', units: units + 1, activation: 'elu', initializer: 'he_normal', ...rest };
  }
});
const moveLayer = fc.tuple(small, small).map(([from, to]): Change => (draft) => {
  const [layer] = draft.network.layers.splice(from, 1);
  if (layer) draft.network.layers.splice(to, 0, layer);
});
const plane = experiment().data as SyntheticData;
const sets: Experiment['data'][] = [
  { ...plane, name: 'xor', formulas: [{ expression: 'sqrt(x1^2 + x2^2)' }] },
  // The server writes out how many classes there are.
  { ...plane, name: 'blobs', features: ['x1', 'x1*x2'] },
  { ...plane, name: 'rings', classes: 5, noise_columns: 2 },
  { source: 'bundled', name: 'iris', train_fraction: 0.8, seed: 3, ...structuredClone(PLAIN) },
];
const nameOf = (data: Experiment['data']): string => ('name' in data ? data.name : data.source);
const swapData = fc.constantFrom(...sets).map((data): Change => (draft) => {
  if (nameOf(draft.data) !== nameOf(data)) draft.data = structuredClone(data);
});
const features = fc.subarray(['x1', 'x2', 'x1^2', 'sin(x1)'] as const, { minLength: 1 }).map((chosen): Change => (draft) => {
  if (draft.data.source === 'synthetic') draft.data.features = [...chosen];
});
const optimizer = fc
  .constantFrom<Experiment['training']['optimizer'][]>(
    { type: 'sgd', learning_rate: 0.03 },
    { type: 'adam', learning_rate: 0.005, b1: 0.9, b2: 0.999, eps: 1e-8 },
  )
  .map((chosen): Change => (draft) => (draft.training.optimizer = { ...chosen }));
const training = fc.record({ batch_size: small.map((size) => size + 1), seed: small }).map((chosen): Change => (draft) => {
  Object.assign(draft.training, chosen);
});
const stop = fc
  .constantFrom<Experiment['training']['stop'][]>({}, { epochs: 5 }, { epochs: 5, target: { metric: 'test_loss', value: 0.1 } })
  .map((rules): Change => (draft) => (draft.training.stop = structuredClone(rules)));
const schedule = fc
  .constantFrom<Experiment['training']['schedule'][]>(
    { type: 'constant', warmup: 0 },
    { type: 'constant', warmup: 10 },
    { type: 'cosine', updates: 100, floor: 0.1, warmup: 0 },
  )
  .map((chosen): Change => (draft) => (draft.training.schedule = { ...chosen }));
const layerSettings = fc.tuple(small, fc.boolean(), fc.boolean()).map(([at, frozen, own]): Change => (draft) => {
  const layer = draft.network.layers[at];
  if (layer) Object.assign(layer, { frozen, regularization: own ? { type: 'l2', rate: 0.1 } : null });
});
/** Only a layer that has its name can be pinned. */
const pin = fc.tuple(small, small).map(([at, unit]): Change => (draft) => {
  const layer = draft.network.layers[at]?.name;
  if (!layer || isProvisional(layer)) return;
  const others = draft.network.pins.filter((each) => each.layer !== layer || each.unit !== unit);
  draft.network.pins = others.length < draft.network.pins.length ? others : [...others, { layer, unit, source: null, value: at }];
});
const preset = fc.nat({ max: 3 }).map((layers): Change => (draft) => {
  const opened = experiment((made) => {
    made.data.seed = 9;
    made.network.layers = Array.from({ length: layers }, (_, index) => {
      return { type: 'dense', name: `dense_${index + 1}`, units: 6, activation: 'relu', initializer: 'he_uniform', ...rest };
    });
  });
  Object.assign(draft, withKnownNames(opened, draft));
});

const setRate = (value: number): Change => (draft) => (draft.training.optimizer.learning_rate = value);
const single = fc
  .oneof(
    ...[addLayer, addLayer, removeLayer, changeLayer, replaceLayer, moveLayer, layerSettings, pin],
    ...[swapData, features, optimizer, training, schedule, stop, preset],
  )
  .map((change): Edit => ({ label: `Edit ${(labels += 1)}`, changes: [change] }));
const drag = fc
  .array(rate, { minLength: 1, maxLength: 4 })
  .map((rates): Edit => ({ label: `Drag ${(labels += 1)}`, changes: rates.map(setRate) }));
const edit = fc.oneof({ weight: 4, arbitrary: single }, { weight: 1, arbitrary: drag });
/** Every edit is a step of its own, whatever the clock says; only a drag merges. */
let labels = 0;

type Command =
  | { does: 'edit'; edit: Edit }
  | { does: 'undo' | 'redo' | 'refused edit' | 'answer' }
  | { does: 'lose'; counted: boolean };
const edits = edit.map((made): Command => ({ does: 'edit', edit: made }));
const moves = fc.constantFrom<Command[]>({ does: 'undo' }, { does: 'redo' });
const refused = fc.constant<Command>({ does: 'refused edit' });
const lost = fc.boolean().map((counted): Command => ({ does: 'lose', counted }));

function make(server: StandIn, { label, changes }: Edit): void {
  for (const change of changes) server.edits.edit(label, change);
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(100);
}

/** The experiments at the server from here to where nothing is left to undo, or to redo. */
async function walk(server: StandIn, direction: 'undo' | 'redo'): Promise<string[]> {
  const seen = [server.text];
  while (direction === 'undo' ? server.edits.canUndo : server.edits.canRedo) {
    server.edits[direction]();
    await server.finish();
    // A step to what was overtaken before the server could refuse it is refused now, and gone.
    if (server.edits.error === null) seen.push(server.text);
  }
  return seen;
}

describe('undo and redo', () => {
  it('lead to the identical experiment at the server, whatever was edited, refused or lost on the way', async () => {
    const command = fc.oneof({ weight: 5, arbitrary: edits }, { weight: 3, arbitrary: moves }, refused, lost);
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 24 }), async (commands) => {
        const server = new StandIn(settle);
        let documents = [server.text];
        let at = 0;
        for (const each of commands) {
          if (each.does === 'edit' || each.does === 'lose') {
            make(server, each.does === 'edit' ? each.edit : { label: `Rate ${(labels += 1)}`, changes: [setRate(labels / 1e6)] });
            const isEdited = server.edits.pending;
            if (each.does === 'lose') await server.reconnect({ counted: each.counted });
            await server.finish();
            if (isEdited) documents = documents.slice(0, at + 1);
            if (server.text !== documents[at]) at = documents.push(server.text) - 1;
          } else if (each.does === 'refused edit') {
            make(server, { label: `Too fast ${(labels += 1)}`, changes: [setRate(99)] });
            await server.finish();
          } else {
            server.edits[each.does as 'undo' | 'redo']();
            await server.finish();
            const next = at + (each.does === 'undo' ? -1 : 1);
            at = Math.min(documents.length - 1, Math.max(0, next));
          }
          expect(server.text).toBe(documents[at]);
          expect(textOf(server.edits.experiment)).toBe(documents[at]);
          expect([server.edits.canUndo, server.edits.canRedo]).toEqual([at > 0, at < documents.length - 1]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('retrace every step while edits overtake their answers', async () => {
    const answers = fc.constant<Command>({ does: 'answer' });
    const command = fc.oneof({ weight: 5, arbitrary: edits }, { weight: 3, arbitrary: answers }, moves, refused, lost);
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 24 }), async (commands) => {
        const server = new StandIn(settle);
        const first = server.text;
        for (const each of commands) {
          if (each.does === 'edit') make(server, each.edit);
          else if (each.does === 'refused edit') make(server, { label: `Too fast ${(labels += 1)}`, changes: [setRate(99)] });
          else if (each.does === 'lose') await server.reconnect({ counted: each.counted });
          else if (each.does === 'answer') await (server.waiting.length > 0 ? server.answer('experiment first') : settle());
          else server.edits[each.does]();
        }
        await server.finish();
        const last = server.text;
        const future = (await walk(server, 'redo')).length - 1;
        const back = await walk(server, 'undo');
        expect(back.at(-1)).toBe(first);
        expect(await walk(server, 'redo')).toEqual(back.toReversed());
        expect(back[future]).toBe(last);
      }),
      { numRuns: 150 },
    );
  });
});

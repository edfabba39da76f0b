/**
 * Edits of who reads whom, on a draft of the experiment whose layers all have names. Pure but for the draft.
 *
 * While an edit works every layer says what it reads; afterwards the list is in the order data flows, and what says only
 * "the layer before" is left out again.
 */
import type { Experiment, Repeat } from '../schema.gen';
import { INPUT, OUTPUT, type Layer, type LayerType } from '../state/layers';

/** A layer that says what it reads. */
type Wired = Layer & { name: string; inputs: string[] };

const MERGES: ReadonlySet<string> = new Set(['add', 'concat', 'multiply']);
export const isMerge = ({ type }: Pick<Layer, 'type'>): boolean => MERGES.has(type);

/** What a block repeats must have no say in how it trains, and these types have nothing else to say. */
const OUTSIDE_OF_BLOCKS: ReadonlySet<string> = new Set(['sparse_dense', 'dropout', 'repeat', 'sampling']);

/** What lists layers: an experiment, or a block. */
interface Layered {
  network: { layers: Layer[] };
}

/** Put a layer between two that are joined; returns nothing, its name is `name`. */
export function insertBetween(draft: Experiment, from: string, to: string, layer: Layer, name: string): void {
  rewire(draft, (layers) => {
    const made = wired(layer, name, from, layers);
    const place = to === OUTPUT ? layers.length : layers.findIndex((other) => other.name === to);
    const target = layers[place];
    if (target) target.inputs = replaced(target.inputs, from, name);
    layers.splice(place, 0, made);
  });
}

/**
 * Put a layer after another: what comes next in the list reads the new one; where that does not read it at all, all that
 * do. After `null` is at the end.
 */
export function addAfter(draft: Layered, after: string | null, layer: Layer, name: string): void {
  rewire(draft, (layers) => {
    const before = after ?? layers.at(-1)?.name ?? INPUT;
    const place = layers.findIndex((other) => other.name === before) + 1;
    const next = layers[place];
    const readers = layers.filter((other) => other.inputs.includes(before));
    for (const reader of next && readers.includes(next) ? [next] : readers) reader.inputs = replaced(reader.inputs, before, name);
    layers.splice(place, 0, wired(layer, name, before, layers));
  });
}

/** Take layers away: who read them reads what they read. */
export function removeLayers(draft: Layered, names: ReadonlySet<string>): void {
  rewire(draft, (layers) => {
    for (const gone of [...layers].reverse().filter(({ name }) => names.has(name))) {
      const source = gone.inputs[0] ?? INPUT;
      for (const reader of layers) reader.inputs = reader.inputs.map((input) => (input === gone.name ? source : input));
      layers.splice(layers.indexOf(gone), 1);
    }
  });
}

/** The same layer once more, after it. */
export function duplicate(draft: Experiment, of: string, name: string): void {
  const layer = draft.network.layers.find((other) => other.name === of);
  if (layer) addAfter(draft, of, { ...structuredClone(layer), inputs: undefined } as Layer, name);
}

/** Let `to` read `from`: a merge reads it too, another layer in place of what it read. */
export function connect(draft: Experiment, from: string, to: string): void {
  rewire(draft, (layers) => {
    const target = layers.find(({ name }) => name === to);
    if (target) {
      if (!isMerge(target)) target.inputs = [from];
      else if (!target.inputs.includes(from)) target.inputs = [...target.inputs, from];
    }
    const source = layers.find(({ name }) => name === from);
    // The output reads the last of the list.
    if (to === OUTPUT && source) layers.push(...layers.splice(layers.indexOf(source), 1));
  });
}

/** Why `to` cannot read `from`; null where it can. */
export function obstacle(experiment: Experiment, from: string, to: string): string | null {
  const layers = explicit(experiment.network.layers);
  if (from === OUTPUT || to === INPUT || from === to) return 'Data flow from left to right';
  if (dependsOn(layers, from, to)) return 'A cycle: it would read what is made of it';
  const isRead = to === OUTPUT && layers.some(({ inputs }) => inputs.includes(from));
  return isRead ? 'The output reads the last layer; remove what comes after this one' : null;
}

/** A merge no longer reads it. */
export function disconnect(draft: Experiment, from: string, to: string): void {
  rewire(draft, (layers) => {
    const target = layers.find(({ name }) => name === to);
    if (target && target.inputs.length > 1) target.inputs = target.inputs.filter((input) => input !== from);
  });
}

/** Why these layers cannot become a block that is repeated; null where they can. */
export function ungroupable(experiment: Experiment, names: ReadonlySet<string>): string | null {
  const layers = explicit(experiment.network.layers);
  const chosen = layers.filter(({ name }) => names.has(name));
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (!first || !last) return 'Select layers that follow each other';
  if (layers.indexOf(last) - layers.indexOf(first) !== chosen.length - 1) return 'Select layers that follow each other';
  const outside = chosen.find(({ type }) => OUTSIDE_OF_BLOCKS.has(type));
  if (outside) return `${outside.type === 'repeat' ? 'A block' : `A ${outside.type.replace('_', ' ')}`} cannot be part of a block`;
  const entries = new Set(chosen.flatMap(({ inputs }) => inputs.filter((input) => !names.has(input))));
  if (entries.size > 1) return 'A block reads one layer, and these read several';
  const isReadInside = layers.some(
    ({ name, inputs }) => !names.has(name) && inputs.some((input) => names.has(input) && input !== last.name),
  );
  return isReadInside ? 'A layer outside reads one in the middle' : null;
}

/** Consecutive layers as one block, repeated. */
export function group(draft: Experiment, names: ReadonlySet<string>, times: number, name: string): void {
  if (ungroupable(draft, names) !== null) return;
  rewire(draft, (layers) => {
    const place = layers.findIndex((layer) => names.has(layer.name));
    const body = layers.splice(place, names.size);
    const last = body.at(-1)?.name ?? '';
    const entry = body[0]?.inputs[0] ?? INPUT;
    const inside = new Map(body.map((layer, index) => [layer.name, bodyName(body, index)]));
    const block: Repeat = {
      type: 'repeat',
      frozen: false,
      times,
      layers: implicit(body.map((layer) => insideBlock(layer, inside))) as Repeat['layers'],
    };
    for (const reader of layers) reader.inputs = replaced(reader.inputs, last, name);
    layers.splice(place, 0, { ...block, name, inputs: [entry] });
  });
}

/** The layers of a block in its place, once. */
export function ungroup(draft: Experiment, of: string, fresh: () => string): void {
  rewire(draft, (layers) => {
    const place = layers.findIndex(({ name }) => name === of);
    const block = layers[place];
    if (block?.type !== 'repeat') return;
    const outside = new Map<string, string>([[INPUT, block.inputs[0] ?? INPUT]]);
    const made = explicit(block.layers as Layer[]).map((layer): Wired => {
      const name = fresh();
      const inputs = layer.inputs.map((input) => outside.get(input) ?? input);
      outside.set(layer.name, name);
      return { ...layer, name, inputs };
    });
    layers.splice(place, 1, ...made);
    for (const reader of layers) reader.inputs = replaced(reader.inputs, of, made.at(-1)?.name ?? INPUT);
  });
}

/** May stand inside a block. */
export const fitsInBlock = (type: LayerType): boolean => !OUTSIDE_OF_BLOCKS.has(type);

/** The layers of a block with one more, before its layer number `place`. */
export function withInside(body: readonly Layer[], place: number, layer: Layer): Layer[] {
  const names = new Set(body.map(({ name }) => name));
  let number = 1;
  while (names.has(`${layer.type}_${number}`)) number += 1;
  const block: Layered = { network: { layers: [...body] } };
  addAfter(block, body[place - 1]?.name ?? INPUT, layer, `${layer.type}_${number}`);
  return block.network.layers;
}

/** The layers of a block without one of them. */
export function withoutInside(body: readonly Layer[], name: string): Layer[] {
  const block: Layered = { network: { layers: [...body] } };
  removeLayers(block, new Set([name]));
  return block.network.layers;
}

function bodyName(body: readonly Wired[], index: number): string {
  const type = body[index]?.type ?? 'dense';
  return `${type}_${body.slice(0, index + 1).filter((layer) => layer.type === type).length}`;
}

/** Inside, what the block reads is `x`, and how it trains is said of the whole. */
function insideBlock(layer: Wired, names: ReadonlyMap<string, string>): Wired {
  const inputs = layer.inputs.map((input) => names.get(input) ?? INPUT);
  const plain: Record<string, unknown> = { ...layer, name: names.get(layer.name), inputs };
  delete plain.regularization;
  if ('frozen' in plain) plain.frozen = false;
  if ('dropout' in plain) plain.dropout = 0;
  return plain as unknown as Wired;
}

/** A merge that is put after a layer adds what that layer read: a skip connection. */
function wired(layer: Layer, name: string, before: string, layers: readonly Wired[]): Wired {
  const skipped = layers.find((other) => other.name === before)?.inputs[0] ?? before;
  return { ...layer, name, inputs: isMerge(layer) ? [before, skipped] : [before] };
}

function replaced(inputs: readonly string[], from: string, to: string): string[] {
  return inputs.map((input) => (input === from ? to : input));
}

function dependsOn(layers: readonly Wired[], name: string, on: string): boolean {
  const layer = layers.find((other) => other.name === name);
  return layer !== undefined && layer.inputs.some((input) => input === on || dependsOn(layers, input, on));
}

function rewire(draft: Layered, change: (layers: Wired[]) => void): void {
  const layers = explicit(draft.network.layers);
  change(layers);
  draft.network.layers = implicit(inOrder(layers));
}

function explicit(layers: readonly Layer[]): Wired[] {
  return layers.map((layer, index) => ({
    ...layer,
    name: layer.name ?? '',
    inputs: [...(layer.inputs ?? [layers[index - 1]?.name ?? INPUT])],
  }));
}

function implicit(layers: readonly Wired[]): Layer[] {
  return layers.map((layer, index) => {
    const before = layers[index - 1]?.name ?? INPUT;
    if (layer.inputs.length !== 1 || layer.inputs[0] !== before) return layer;
    const plain: Partial<Wired> = { ...layer };
    delete plain.inputs;
    return plain as Layer;
  });
}

/** Each after what it reads, else as they were; a cycle stays where it is. */
function inOrder(layers: readonly Wired[]): Wired[] {
  const names = new Set(layers.map(({ name }) => name));
  const left = [...layers];
  const done = new Set<string>();
  const sorted: Wired[] = [];
  while (left.length > 0) {
    const place = left.findIndex(({ inputs }) => inputs.every((input) => done.has(input) || !names.has(input)));
    const [next] = left.splice(Math.max(0, place), 1);
    if (!next) break;
    done.add(next.name);
    sorted.push(next);
  }
  return sorted;
}

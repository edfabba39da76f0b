/**
 * Layers have names for life, and the server gives them. Until it has, a new layer carries a name of this page's, so that
 * everything that remembers the layer (later edits, the steps of undo and redo) can be told its name when it comes. Pure.
 */
import type { Experiment } from '../schema.gen';
import type { Layer } from './layers';

export type GivenNames = ReadonlyMap<string, string>;

/** No server names a layer like this: names match ^[a-z][a-z0-9_]*$. */
const PROVISIONAL = /^new \d+$/;

export const isProvisional = (name: string | null | undefined): boolean => PROVISIONAL.test(name ?? '');

/** Nameless layers by the names that `next` gives. */
export function withProvisionalNames(experiment: Experiment, next: () => string): Experiment {
  if (experiment.network.layers.every((layer) => layer.name)) return experiment;
  return withLayers(experiment, (layer) => (layer.name ? layer : { ...layer, name: next() }));
}

/** As the server is told of it: it gives the names, but for layers that others read by name. */
export function asSent(experiment: Experiment, used: Iterable<string> = []): Experiment {
  const { layers } = experiment.network;
  if (!layers.some((layer) => isProvisional(layer.name))) return experiment;
  const read = new Set(layers.flatMap((layer) => layer.inputs ?? []));
  const given = explicitNames(experiment, used);
  const names = new Map([...given].filter(([name]) => read.has(name)));
  return withLayers(renamed(experiment, names), (layer) => {
    const nameless = { ...layer };
    if (isProvisional(layer.name)) delete nameless.name;
    return nameless;
  });
}

/** Names of the server's kind for the layers that have a provisional one: neither taken nor in `used`. */
export function explicitNames(experiment: Experiment, used: Iterable<string> = []): GivenNames {
  const { layers } = experiment.network;
  const taken = new Set([...used, ...layers.map(({ name }) => name ?? '')]);
  const given = new Map<string, string>();
  for (const { name, type } of layers) {
    if (!name || !isProvisional(name)) continue;
    let number = 1;
    while (taken.has(`${type}_${number}`)) number++;
    given.set(name, `${type}_${number}`);
    taken.add(`${type}_${number}`);
  }
  return given;
}

/** What the server called the new layers of what it was sent; nothing where somebody else changed the layers too. */
export function namesGiven(sent: Experiment, taken: Experiment): GivenNames {
  const before = sent.network.layers;
  const after = taken.network.layers;
  const given = new Map<string, string>();
  if (before.length !== after.length) return given;
  for (const [index, { name }] of before.entries()) {
    const now = after[index]?.name;
    if (name && now && isProvisional(name)) given.set(name, now);
    else if (name !== now) return new Map();
  }
  return given;
}

/** With other names, also where they are read. */
export function renamed(experiment: Experiment, names: GivenNames): Experiment {
  const isNamed = (name: string | null | undefined): boolean => names.has(name ?? '');
  if (!experiment.network.layers.some(({ name, inputs }) => isNamed(name) || inputs?.some(isNamed))) return experiment;
  return withLayers(experiment, (layer) => {
    const name = names.get(layer.name ?? '') ?? layer.name;
    return layer.inputs ? { ...layer, name, inputs: layer.inputs.map((input) => names.get(input) ?? input) } : { ...layer, name };
  });
}

function withLayers(experiment: Experiment, change: (layer: Layer) => Layer): Experiment {
  return { ...experiment, network: { ...experiment.network, layers: experiment.network.layers.map(change) } };
}

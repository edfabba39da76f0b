/**
 * Layers have names for life, and the server gives them. Until it has, a new layer carries a name of this page's, so that
 * everything that remembers the layer (later edits, the steps of undo and redo) can be told its name when it comes. Pure.
 */
import type { Experiment } from '../schema.gen';

export type GivenNames = ReadonlyMap<string, string>;

/** No server names a layer like this: names match ^[a-z][a-z0-9_]*$. */
const PROVISIONAL = /^new \d+$/;

export const isProvisional = (name: string | null | undefined): boolean => PROVISIONAL.test(name ?? '');

/** Nameless layers named `new N`, where `next` counts. */
export function withProvisionalNames(experiment: Experiment, next: () => number): Experiment {
  if (experiment.network.layers.every((layer) => layer.name)) return experiment;
  const layers = experiment.network.layers.map((layer) => (layer.name ? layer : { ...layer, name: `new ${next()}` }));
  return { ...experiment, network: { ...experiment.network, layers } };
}

/** As the server is told of it: it gives the names. */
export function asSent(experiment: Experiment): Experiment {
  if (!experiment.network.layers.some((layer) => isProvisional(layer.name))) return experiment;
  const layers = experiment.network.layers.map((layer) => {
    const nameless = { ...layer };
    if (isProvisional(layer.name)) delete nameless.name;
    return nameless;
  });
  return { ...experiment, network: { ...experiment.network, layers } };
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

export function renamed(experiment: Experiment, names: GivenNames): Experiment {
  if (!experiment.network.layers.some(({ name }) => names.has(name ?? ''))) return experiment;
  const layers = experiment.network.layers.map((layer) => ({ ...layer, name: names.get(layer.name ?? '') ?? layer.name }));
  return { ...experiment, network: { ...experiment.network, layers } };
}

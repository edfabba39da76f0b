/** Small pure functions over experiments. */
import type { Catalog, DataSetFacts, Experiment } from '../schema.gen';
import { diff, type Json } from './diff';

export const asJson = (experiment: Experiment): Json => experiment as unknown as Json;

/** What is absent by meaning is absent: a null is left out, so that patches and links have one form. */
export function canonical(experiment: Experiment): Experiment {
  return withoutNulls(asJson(experiment)) as unknown as Experiment;
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

export const isSame = (one: Experiment, other: Experiment): boolean => diff(asJson(one), asJson(other)).length === 0;

/** The layer keeps its name only where the current network has it: a name that was removed never comes back. */
export function withKnownNames(experiment: Experiment, current: Experiment): Experiment {
  const known = new Set(current.network.layers.map((layer) => layer.name));
  const copy = structuredClone(experiment);
  for (const layer of copy.network.layers) if (!known.has(layer.name)) delete layer.name;
  return copy;
}

/** The facts of an experiment's data set, with its own number of classes. */
export function factsOf(data: Experiment['data'], catalog: Catalog): DataSetFacts {
  const facts = catalog.data_sets.find((set) => set.source === data.source && set.name === data.name);
  if (!facts) throw new Error(`The catalog has no data set ${data.name}`);
  if (data.source === 'synthetic' && data.classes && facts.takes_classes) {
    return { ...facts, classes: Array.from({ length: data.classes }, (_, index) => `class ${index + 1}`) };
  }
  return facts;
}

/** What the network's input is made of: the chosen features on the plane, the columns elsewhere. */
export function inputNames(data: Experiment['data'], facts: DataSetFacts): string[] {
  return data.source === 'synthetic' ? data.features : facts.columns;
}

/** Units of the implied last layer: one logit for two classes, K for K, one number for regression. */
export function outputCount(facts: DataSetFacts): number {
  return facts.classes.length > 2 ? facts.classes.length : 1;
}

/** Weights and biases. */
export function parameterCount(experiment: Experiment, facts: DataSetFacts): number {
  const sizes = [
    inputNames(experiment.data, facts).length,
    ...experiment.network.layers.map((layer) => layer.units),
    outputCount(facts),
  ];
  return sizes.slice(1).reduce((sum, units, index) => sum + units * ((sizes[index] ?? 0) + 1), 0);
}

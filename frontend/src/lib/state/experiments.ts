/** Small pure functions over experiments. */
import type { Experiment } from '../schema.gen';
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

/**
 * Of another experiment: its layers are those of the current network where they share a name, and new ones elsewhere. What
 * others read by name keeps it.
 */
export function withKnownNames(experiment: Experiment, current: Experiment): Experiment {
  const copy = structuredClone(experiment);
  const read = copy.network.layers.flatMap(({ inputs }) => inputs ?? []);
  const known = new Set([...read, ...current.network.layers.map(({ name }) => name)]);
  for (const layer of copy.network.layers) if (!known.has(layer.name)) delete layer.name;
  return copy;
}

/** Edits of the network and of its training, on a draft of the experiment. Pure but for the draft. */

import type { Catalog, Experiment } from '../schema.gen';
import type { Schedule } from '../render/schedule';

export type Optimizer = Experiment['training']['optimizer'];

export function changeLayer(draft: Experiment, index: number, change: Readonly<Record<string, unknown>>): void {
  const layer = draft.network.layers[index];
  if (layer !== undefined) Object.assign(layer, change);
}

/** One coefficient of an optimizer, with the bounds the schema gives it. */
export interface Coefficient {
  readonly name: string;
  readonly label: string;
  readonly bounds: Bounds;
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
  /** The bound itself is not allowed. */
  readonly openLow: boolean;
  readonly openHigh: boolean;
}

const LABELS: Record<string, string> = {
  momentum: 'Momentum',
  b1: 'First moment decay β₁',
  b2: 'Second moment decay β₂',
  eps: 'Epsilon',
  decay: 'Decay',
  weight_decay: 'Weight decay',
};

export interface Property {
  /** A field that may be left out: the bounds are those of the kind that is no null. */
  readonly anyOf?: readonly Property[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

type Definitions = Record<string, { properties?: Record<string, Property> }>;

/** The models of an experiment as its JSON Schema in the catalog describes them. */
function definitions(catalog: Catalog): Definitions {
  return (catalog.schemas.experiment as { $defs?: Definitions }).$defs ?? {};
}

/** The properties of one of several tagged models: the one of this type, among those that have the field `marker`. */
function properties(catalog: Catalog, type: string, marker = 'learning_rate'): Record<string, Property> {
  const found = Object.values(definitions(catalog)).find(
    (definition) => definition.properties?.type?.const === type && marker in definition.properties,
  );
  return found?.properties ?? {};
}

/** The bounds of a field of a model, by the model's name on the server. */
export function fieldBounds(catalog: Catalog, model: string, field: string): Bounds {
  return boundsOf(definitions(catalog)[model]?.properties?.[field] ?? {});
}

export function coefficients(catalog: Catalog, type: string): Coefficient[] {
  return Object.entries(properties(catalog, type))
    .filter(([name]) => name !== 'type' && name !== 'learning_rate')
    .map(([name, property]) => ({ name, label: LABELS[name] ?? name, bounds: boundsOf(property) }));
}

export function learningRateBounds(catalog: Catalog): Bounds {
  return boundsOf(properties(catalog, 'sgd').learning_rate ?? {});
}

/** Another optimizer with its own defaults; the learning rate stays the person's. */
export function optimizerOf(catalog: Catalog, type: string, learningRate: number): Optimizer {
  return { ...defaults(properties(catalog, type)), type, learning_rate: learningRate } as Optimizer;
}

/** Another schedule with its own defaults; the warm-up stays the person's. */
export function scheduleOf(catalog: Catalog, type: string, warmup: number): Schedule {
  return { ...defaults(properties(catalog, type, 'warmup')), type, warmup } as Schedule;
}

function defaults(of: Record<string, Property>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(of).map(([name, property]) => [name, property.default]));
}

export function boundsOf(given: Property): Bounds {
  const property = given.anyOf?.[0] ?? given;
  return {
    low: property.exclusiveMinimum ?? property.minimum ?? -Infinity,
    high: property.exclusiveMaximum ?? property.maximum ?? Infinity,
    openLow: property.exclusiveMinimum !== undefined,
    openHigh: property.exclusiveMaximum !== undefined,
  };
}

/** What is wrong with a typed number and what to do, or null. */
export function complaint(value: number, bounds: Bounds, whole: boolean): string | null {
  if (!Number.isFinite(value)) return 'Type a number, e.g. 0.01 or 1e-3';
  if (whole && !Number.isInteger(value)) return 'Type a whole number';
  if (value < bounds.low || (bounds.openLow && value === bounds.low)) {
    return bounds.openLow ? `Choose more than ${bounds.low}` : `Choose ${bounds.low} or more`;
  }
  if (value > bounds.high || (bounds.openHigh && value === bounds.high)) {
    const high = bounds.high.toLocaleString('en-US');
    return bounds.openHigh ? `Choose less than ${high}` : `Choose ${high} or less`;
  }
  return null;
}

/** One update of a network as numbered steps: forward, loss, backward, update. Pure. */
import { INPUT, layerTitle, OUTPUT, type LayerModel } from '../../render/model';

export const PHASES = ['forward', 'loss', 'backward', 'update'] as const;
export type Phase = (typeof PHASES)[number];

interface AnyStep {
  /** Counted from 1. */
  readonly number: number;
  /** The layer that is looked at. */
  readonly layer: string;
  /** "Dense 6". */
  readonly title: string;
}

/** `batch` is what training takes next, `outcome` what became of the sample; between them one step for each layer that learns. */
export type SlowStep = AnyStep &
  (
    | { readonly phase: 'forward' | 'backward'; readonly part: 'layer'; readonly passed: number }
    | { readonly phase: 'loss'; readonly part: 'layer' }
    | { readonly phase: 'update'; readonly part: 'batch' | 'layer' | 'outcome' }
  );

export interface Plan {
  readonly steps: readonly SlowStep[];
  /** Of those that are visited, in the order of the signal. */
  readonly layers: readonly LayerModel[];
  /** Names of those of them that learn something. */
  readonly learning: readonly string[];
}

/**
 * `folded` holds the layers of runs of equal ones that the page shows as one card: of each its first and its last layer are
 * visited. Layers that do not train yet are left out. `learns` says which layers have numbers of their own.
 */
export function planOf(
  models: readonly LayerModel[],
  folded: readonly (readonly string[])[],
  learns: (layer: string) => boolean,
): Plan {
  const skipped = new Set(folded.flatMap((run) => run.slice(1, -1)));
  const passedBefore = new Map(folded.map((run) => [run.at(-1) ?? '', Math.max(0, run.length - 2)]));
  const layers = inOrder(models).filter(({ name, role, fresh }) => role !== 'input' && !fresh && !skipped.has(name));
  const learning = layers.filter(({ name }) => learns(name));
  const found: DistributiveOmit<SlowStep, 'number'>[] = [];
  const visit = (model: LayerModel): { layer: string; title: string } => ({ layer: model.name, title: layerTitle(model) });
  for (const model of layers) found.push({ ...visit(model), phase: 'forward', part: 'layer', passed: passedBefore.get(model.name) ?? 0 });
  const output = layers.find(({ name }) => name === OUTPUT);
  if (output !== undefined) found.push({ ...visit(output), phase: 'loss', part: 'layer' });
  const passedBehind = new Map(folded.map((run) => [run[0] ?? '', Math.max(0, run.length - 2)]));
  for (const model of [...layers].reverse()) {
    found.push({ ...visit(model), phase: 'backward', part: 'layer', passed: passedBehind.get(model.name) ?? 0 });
  }
  if (output !== undefined && learning.length > 0) {
    found.push({ ...visit(output), phase: 'update', part: 'batch' });
    for (const model of learning) found.push({ ...visit(model), phase: 'update', part: 'layer' });
    found.push({ ...visit(output), phase: 'update', part: 'outcome' });
  }
  const steps = found.map((step, index): SlowStep => ({ ...step, number: index + 1 }));
  return { steps, layers, learning: learning.map(({ name }) => name) };
}

type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** Every layer behind all that it reads, otherwise as they are written. */
export function inOrder(models: readonly LayerModel[]): LayerModel[] {
  const done = new Set<string>();
  const ordered: LayerModel[] = [];
  let left = [...models];
  while (left.length > 0) {
    const ready = left.find(({ sources }) => sources.every((source) => done.has(source)));
    // A draft may read what is not there; it is taken as it is written.
    const next = ready ?? left[0];
    if (next === undefined) break;
    done.add(next.name);
    ordered.push(next);
    left = left.filter((model) => model !== next);
  }
  return ordered;
}

/** Which streams a step is told by: `STREAM/LAYER`; those `behind` the update are of the moment after it. */
export const keyOf = (stream: Stream, layer: string): Key => `${stream}/${layer}`;
export type Stream = 'inside' | 'backward' | 'update' | 'after' | 'again';
export type Key = `${Stream}/${string}`;

/** Of the moment before the update. */
export function needs(step: SlowStep, { layers, learning }: Plan): Key[] {
  const { layer } = step;
  switch (step.phase) {
    case 'forward':
      return [keyOf('inside', layer)];
    case 'loss':
      return [keyOf('inside', OUTPUT), keyOf('backward', OUTPUT)];
    case 'backward': {
      const visited = new Set(layers.map(({ name }) => name));
      const sources = layers.find(({ name }) => name === layer)?.sources.filter((name) => name !== INPUT && visited.has(name)) ?? [];
      return [keyOf('inside', layer), keyOf('backward', layer), ...sources.map((source) => keyOf('backward', source))];
    }
    case 'update':
      if (step.part === 'layer') return [keyOf('inside', layer), keyOf('backward', layer), keyOf('update', layer)];
      if (step.part === 'outcome') return [keyOf('inside', OUTPUT), keyOf('backward', OUTPUT)];
      return learning.slice(0, 1).map((name) => keyOf('update', name));
  }
}

/** Of the moment after the update. */
export function needsAfter(step: SlowStep): Key[] {
  if (step.phase !== 'update' || step.part === 'batch') return [];
  return step.part === 'layer' ? [keyOf('after', step.layer)] : [keyOf('after', OUTPUT), keyOf('again', OUTPUT)];
}

/** The engine takes the update when one comes to such a step. */
export const isBehindUpdate = (step: SlowStep): boolean => step.phase === 'update' && step.part !== 'batch';

const unique = (keys: readonly Key[]): Key[] => [...new Set(keys)];

/** All that has to be known before the engine may take the update, in the order in which it is shown. */
export const allBefore = (plan: Plan): Key[] => unique(plan.steps.flatMap((step) => needs(step, plan)));

export const allAfter = (plan: Plan): Key[] => unique(plan.steps.flatMap(needsAfter));

/** What can be tried, as edits of a draft of the experiment: each is one step of undo. */
import { addAfter } from '../network/graphedits';
import { spoken, typeName } from '../render/titles';
import type { Dense, Experiment } from '../schema.gen';
import { isDense, membersOf, type Layer } from '../state/layers';
import type { Facts, LayerHealth, Remedy } from './facts';

type Activation = Dense['activation'];
type Initializer = Dense['initializer'];

const FIRST_L2 = 0.003;
const MOST_L2 = 0.1;
const FIRST_DROPOUT = 0.2;
const MOST_DROPOUT = 0.5;
const CLIPPED_NORM = 1;
/** Rates beyond these are hardly ever of use. */
const LARGE = 0.5;
const LARGE_ADAPTIVE = 0.05;
const ADAPTIVE: ReadonlySet<string> = new Set(['adam', 'adamw', 'rmsprop']);

const layerOf = (draft: Experiment, name: string): Layer | undefined => draft.network.layers.find((layer) => layer.name === name);

const two = (value: number): number => Number(value.toPrecision(2));

/** Another activation in these layers. */
export function useActivation(names: readonly string[], activation: Activation, where: string): Remedy {
  return {
    say: `Use ${spoken(activation)} in ${where}`,
    change: (draft) => {
      for (const name of names) {
        const layer = layerOf(draft, name);
        if (layer && membersOf(layer).activation !== undefined) Object.assign(layer, { activation });
      }
    },
  };
}

const SPOKEN: Partial<Record<Initializer, string>> = { he_normal: 'He', glorot_normal: 'Glorot' };

/** Weights of another kind are drawn at the start of a run: it starts over. */
export function startWith(initializer: 'he_normal' | 'glorot_normal'): Remedy {
  return {
    say: `Start over with ${SPOKEN[initializer]} weights`,
    change: ({ network }) => {
      network.output_initializer = initializer;
      for (const layer of network.layers) if (membersOf(layer).initializer !== undefined) Object.assign(layer, { initializer });
    },
    then: 'restart',
  };
}

export function scaleRate({ experiment }: Facts, factor: number): Remedy {
  const rate = two(experiment.training.optimizer.learning_rate * factor);
  const said = factor === 2 ? 'Double' : factor === 0.5 ? 'Halve' : factor > 1 ? 'Raise' : 'Lower';
  return { say: `${said} the learning rate to ${rate}`, change: (draft) => (draft.training.optimizer.learning_rate = rate) };
}

/** New weights and a tenth of the rate, where the rate is beyond what the optimizer is used with; else null. */
export function startSlower({ experiment }: Facts): Remedy | null {
  const { type, learning_rate: rate } = experiment.training.optimizer;
  if (rate <= (ADAPTIVE.has(type) ? LARGE_ADAPTIVE : LARGE)) return null;
  const less = two(rate / 10);
  return {
    say: `Start over with learning rate ${less}`,
    change: (draft) => (draft.training.optimizer.learning_rate = less),
    then: 'restart',
  };
}

/** From the last good moment on with a smaller rate. */
export function gentler({ gentlerRate }: Facts): Remedy {
  return {
    say: `Go back and on with learning rate ${gentlerRate}`,
    change: (draft) => (draft.training.optimizer.learning_rate = gentlerRate),
    then: 'rewind',
  };
}

export const isClipped = ({ experiment }: Facts): boolean => experiment.training.clipping.type !== 'none';

export const clip: Remedy = {
  say: `Clip gradients at ${CLIPPED_NORM}`,
  change: (draft) => (draft.training.clipping = { type: 'norm', limit: CLIPPED_NORM }),
};

/** A normalisation behind a layer: by the batch for pictures, else by example. Null where the network is full. */
export function normalise({ experiment, most }: Facts, after: LayerHealth, title: string): Remedy | null {
  if (experiment.network.layers.length >= most.layers || after.role === 'output') return null;
  const isPicture = layerOf(experiment, after.name)?.type.startsWith('conv') ?? false;
  const layer: Layer = isPicture
    ? { type: 'batch_norm', momentum: 0.9, eps: 1e-5, frozen: false }
    : { type: 'layer_norm', eps: 1e-5, frozen: false };
  return {
    say: `Add a ${typeName(layer.type).toLowerCase()} after ${title}`,
    change: (draft, fresh) => addAfter(draft, after.name, layer, fresh()),
  };
}

/** Weights that cost: three times as much as now. Null where they cost as much as is sensible. */
export function addL2({ experiment }: Facts): Remedy | null {
  const { type, rate } = experiment.training.regularization;
  const next = type === 'l2' && rate > 0 ? two(rate * 3) : FIRST_L2;
  if (next > MOST_L2) return null;
  return {
    say: type === 'l2' && rate > 0 ? `Raise L2 to ${next}` : `Add L2 of ${next}`,
    change: (draft) => (draft.training.regularization = { type: 'l2', rate: next }),
  };
}

export function lessL2({ experiment }: Facts): Remedy | null {
  const { type, rate } = experiment.training.regularization;
  if (type === 'none' || rate === 0) return null;
  return { say: `Turn ${type.toUpperCase()} off`, change: (draft) => (draft.training.regularization = { type: 'none', rate: 0 }) };
}

/** Dropout in the widest fully connected layer. */
export function addDropout({ experiment }: Facts): Remedy | null {
  const [widest] = experiment.network.layers.filter(isDense).sort((a, b) => b.units - a.units);
  if (!widest || widest.units < 4 || widest.dropout >= MOST_DROPOUT) return null;
  const { name } = widest;
  const dropout = Math.min(MOST_DROPOUT, two(widest.dropout + FIRST_DROPOUT));
  return {
    say: `Dropout of ${Math.round(100 * dropout)} % in the widest layer`,
    change: (draft) => Object.assign(draft.network.layers.find((layer) => layer.name === name) ?? {}, { dropout }),
  };
}

/** Four times as many rows, where they are made. */
export function moreSamples({ experiment: { data }, most }: Facts): Remedy | null {
  if (!('samples' in data) || typeof data.samples !== 'number' || data.samples >= most.samples) return null;
  const samples = Math.min(most.samples, 4 * data.samples);
  return {
    say: `Make ${samples.toLocaleString('en-US')} samples instead of ${data.samples.toLocaleString('en-US')}`,
    change: ({ data: made }) => Object.assign(made, { samples }),
  };
}

/** Pictures moved about a little are new pictures. */
export function augment({ experiment: { data }, data: facts }: Facts): Remedy | null {
  if (facts.kind !== 'image' || data.augmentation) return null;
  return {
    say: 'Add pictures moved and turned a little',
    change: (draft) => (draft.data.augmentation = { copies: 2, shift: 1, rotate: 10, flip: false, noise: 0 }),
  };
}

/** Twice as many neurons in the widest fully connected layer. */
export function widen({ experiment, most }: Facts): Remedy | null {
  const [widest] = experiment.network.layers.filter(isDense).sort((a, b) => b.units - a.units);
  if (!widest) return null;
  const units = Math.min(most.units, 2 * widest.units);
  if (units === widest.units) return null;
  const { name } = widest;
  return {
    say: `Widen the widest layer to ${units} neurons`,
    change: (draft) => Object.assign(layerOf(draft, name ?? '') ?? {}, { units }),
  };
}

/** One more hidden layer at the end. */
export function deepen({ experiment, most }: Facts): Remedy | null {
  if (experiment.network.layers.length >= most.layers) return null;
  const layer: Layer = { type: 'dense', units: Math.min(8, most.units), activation: 'relu', initializer: 'he_normal', dropout: 0, frozen: false };
  return { say: `Add a hidden layer of ${layer.units} neurons`, change: (draft, fresh) => addAfter(draft, null, layer, fresh()) };
}

export const balance: Remedy = {
  say: 'Weigh classes equally',
  change: (draft) => (draft.training.class_weights = 'balanced'),
};

/** At most two, without those that cannot be offered. */
export const some = (...remedies: readonly (Remedy | null)[]): readonly Remedy[] =>
  remedies.filter((remedy) => remedy !== null).slice(0, 2);

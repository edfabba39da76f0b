/** What choosing a data set does to the experiment. Pure. */
import type { BundledData, DataSetFacts, Experiment, PicturesData, SequencesData, SyntheticData, TextData } from '../../schema.gen';
import { drawnFacts, isPlane, noiseNames, PLAIN, type Data } from '../../state/data';
import { classesIn, type DrawnTask, type Point } from '../../state/strokes';

const BUNDLED_TRAIN_FRACTION = 0.8;
const NEEDS_CLASSES: readonly Experiment['training']['loss'][] = ['cross_entropy', 'focal', 'hinge'];
/** Where the person comes from a real set and has no settings of the plane yet. */
const FIRST_PLANE = { samples: 500, noise: 0.1, train_fraction: 0.5 } as const;

/** What pictures, sequences and texts are at first, as the server has it (`spec/pictures.py` and so on). */
const MADE = {
  pictures: { objects: 'all', samples: 2000, noise: 0.05, train_fraction: 0.8 },
  sequences: { length: 20, samples: 2000, noise: 0, train_fraction: 0.8 },
  text: { length: 32, stride: 8, train_fraction: 0.9 },
} as const;

export const MADE_SOURCES: readonly string[] = Object.keys(MADE);

/** Settings that mean the same for the new set are kept; a loss of classes gives way where there are none. `before` are the
 * facts of the data so far. */
export function chooseData(draft: Experiment, facts: DataSetFacts, before: DataSetFacts): void {
  const { data } = draft;
  if (facts.source === 'pictures') {
    draft.data = { ...keptEverywhere(data), ...MADE.pictures, source: 'pictures', name: 'pictures' };
  } else if (facts.source === 'sequences') {
    const kept = data.source === 'sequences' ? { length: data.length, samples: data.samples, train_fraction: data.train_fraction } : {};
    draft.data = { ...keptBy(facts, data), ...MADE.sequences, ...kept, source: 'sequences', name: facts.name as SequencesData['name'] };
  } else if (facts.source === 'text') {
    draft.data = { ...keptBy(facts, data), ...MADE.text, source: 'text', name: 'text' };
  } else if (facts.source === 'bundled') {
    draft.data = {
      ...keptEverywhere(data),
      source: 'bundled',
      name: facts.name as BundledData['name'],
      train_fraction: data.source === 'bundled' ? data.train_fraction : BUNDLED_TRAIN_FRACTION,
    };
  } else {
    const kept = { ...FIRST_PLANE, ...(isPlane(data) ? data : {}) };
    draft.data = {
      ...keptOnPlane(data),
      source: 'synthetic',
      name: facts.name as SyntheticData['name'],
      samples: kept.samples,
      noise: kept.noise,
      train_fraction: kept.train_fraction,
      ...(facts.takes_classes ? { classes: facts.classes.length } : {}),
    };
  }
  fitLoss(draft, facts.task);
  fitNetwork(draft, facts, before);
}

/** Pixels of another size are other columns: what was said of single ones goes. */
export function resizeDigits(draft: Experiment, size: NonNullable<BundledData['size']>): void {
  const { data } = draft;
  if (data.source === 'bundled') draft.data = { ...data, ...keptEverywhere(data), goal: data.goal, size };
}

/** Settings of pictures, sequences and texts. What was said of single columns goes where there are others. */
export function changeMade(draft: Experiment, change: Partial<PicturesData> | Partial<SequencesData> | Partial<TextData>): void {
  const { data } = draft;
  if (!MADE_SOURCES.includes(data.source)) return;
  const kept = 'length' in change ? { ...keptEverywhere(data), goal: data.goal } : {};
  const next = { ...data, ...kept, ...change } as Data;
  // Null says the same as nothing, and the server leaves it out.
  if (next.source === 'text' && next.text === null) delete next.text;
  draft.data = next;
}

/** Points drawn by hand instead of whatever was there, or instead of those drawn before. */
export function chooseDrawn(draft: Experiment, task: DrawnTask, points: readonly Point[], before: DataSetFacts): void {
  const { data } = draft;
  const kept = data.source === 'drawn' ? data : null;
  draft.data = {
    ...keptOnPlane(data),
    // Copied labels are as wrong already as they were made.
    label_noise: kept?.label_noise ?? 0,
    train_fraction: isPlane(data) ? data.train_fraction : FIRST_PLANE.train_fraction,
    source: 'drawn',
    task,
    classes: classesIn(task === 'classification' ? points : []),
    points: points.map((point): Point => [...point]),
  };
  fitLoss(draft, task);
  fitNetwork(draft, drawnFacts(draft.data), before);
}

function fitLoss({ training }: Experiment, task: DataSetFacts['task']): void {
  if (task !== 'classification' && NEEDS_CLASSES.includes(training.loss)) training.loss = 'auto';
}

type Layers = Experiment['network']['layers'];
/** Whole, as the server would fill them in: they are drawn before it answers. */
const LEARNS = { initializer: 'glorot_uniform', frozen: false } as const;
/** Of tokens a network needs to know first what they mean; each step's answer may know all steps before. */
const READS_TOKENS: Layers = [
  { ...LEARNS, type: 'embedding', units: 16 },
  { ...LEARNS, type: 'gru', units: 32, return_sequences: true },
];
const READS_NUMBERS: Layers = [{ ...LEARNS, type: 'dense', units: 8, activation: 'tanh', dropout: 0 }];
/** What reads numbers of any shape. */
const ANY_SHAPE: readonly string[] = ['dense', 'sparse_dense', 'dropout'];

/** A network that could not read the new data gives way to a small one that can. */
export function fitNetwork({ network, training }: Experiment, facts: DataSetFacts, before: DataSetFacts): void {
  if (shapeOf(facts) !== shapeOf(before)) {
    const areTokens = Boolean(facts.vocabulary);
    const fits = !areTokens && network.layers.every(({ type }) => ANY_SHAPE.includes(type));
    if (!fits) {
      network.layers = structuredClone(areTokens ? READS_TOKENS : READS_NUMBERS);
      network.pins = [];
      delete network.clamps;
      delete network.frozen_units;
    }
  }
  if (facts.positions) training.class_weights = 'none';
}

const shapeOf = ({ vocabulary, input_shape: shape }: DataSetFacts): string =>
  vocabulary ? 'tokens' : shape?.length === 3 ? 'picture' : shape ? 'sequence' : 'numbers';

/** Nothing is computed of tokens, added to them or taken from among them. */
function keptBy(facts: DataSetFacts, data: Data): typeof PLAIN & { seed: number } {
  return facts.vocabulary ? { ...PLAIN, seed: data.seed } : keptEverywhere(data);
}

/** Formulas name columns, and so do switches: neither means anything over others. */
function keptEverywhere(data: Data): typeof PLAIN & { seed: number } {
  const noise = noiseNames(data);
  return {
    ...PLAIN,
    seed: data.seed,
    noise_columns: data.noise_columns,
    switched_off: data.switched_off.filter((name) => noise.includes(name)),
    label_noise: data.label_noise,
  };
}

/** All of the plane has the same two columns. */
export function keptOnPlane(data: Data): typeof PLAIN & Pick<SyntheticData, 'seed' | 'features'> {
  if (!isPlane(data)) return { ...keptEverywhere(data), features: ['x1', 'x2'] };
  const { seed, formulas, noise_columns, switched_off, label_noise, features } = structuredClone(data);
  return { ...PLAIN, seed, formulas, noise_columns, switched_off, label_noise, features };
}

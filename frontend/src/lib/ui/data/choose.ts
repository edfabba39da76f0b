/** What choosing a data set does to the experiment. Pure. */
import type { BundledData, DataSetFacts, Experiment, SyntheticData } from '../../schema.gen';
import { isPlane, noiseNames, PLAIN, type Data } from '../../state/data';
import { classesIn, type DrawnTask, type Point } from '../../state/strokes';

const BUNDLED_TRAIN_FRACTION = 0.8;
const NEEDS_CLASSES: readonly Experiment['training']['loss'][] = ['cross_entropy', 'focal', 'hinge'];
/** Where the person comes from a real set and has no settings of the plane yet. */
const FIRST_PLANE = { samples: 500, noise: 0.1, train_fraction: 0.5 } as const;

/** Settings that mean the same for the new set are kept; a loss of classes gives way where there are none. */
export function chooseData(draft: Experiment, facts: DataSetFacts): void {
  const { data } = draft;
  if (facts.source === 'bundled') {
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
}

/** Pixels of another size are other columns: what was said of single ones goes. */
export function resizeDigits(draft: Experiment, size: NonNullable<BundledData['size']>): void {
  const { data } = draft;
  if (data.source === 'bundled') draft.data = { ...data, ...keptEverywhere(data), goal: data.goal, size };
}

/** Points drawn by hand instead of whatever was there, or instead of those drawn before. */
export function chooseDrawn(draft: Experiment, task: DrawnTask, points: readonly Point[]): void {
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
}

function fitLoss({ training }: Experiment, task: DataSetFacts['task']): void {
  if (task !== 'classification' && NEEDS_CLASSES.includes(training.loss)) training.loss = 'auto';
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

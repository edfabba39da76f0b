/** What choosing a data set does to the experiment. Pure. */
import type { BundledData, DataSetFacts, Experiment, SyntheticData } from '../../schema.gen';
import { isPlane, noiseNames, PLAIN, type Data } from '../../state/data';

const BUNDLED_TRAIN_FRACTION = 0.8;
/** Where the person comes from a real set and has no settings of the plane yet. */
const FIRST_PLANE = { samples: 500, noise: 0.1, train_fraction: 0.5 } as const;

/** Settings that mean the same for the new set are kept; cross-entropy gives way where there are no classes. */
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
  if (facts.task === 'regression' && draft.training.loss === 'cross_entropy') draft.training.loss = 'auto';
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

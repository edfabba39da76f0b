/** What choosing a data set does to the experiment. Pure. */
import type { BundledData, DataSetFacts, Experiment, SyntheticData } from '../../schema.gen';

const BUNDLED_TRAIN_FRACTION = 0.8;
/** Where the person comes from a real set and has no settings of the plane yet. */
const FIRST_PLANE = { samples: 500, noise: 0.1, train_fraction: 0.5, seed: 0 } as const;

/** Settings that mean the same for the new set are kept; cross-entropy gives way where there are no classes. */
export function chooseData(draft: Experiment, facts: DataSetFacts): void {
  const { data } = draft;
  if (facts.source === 'bundled') {
    draft.data = {
      source: 'bundled',
      name: facts.name as BundledData['name'],
      train_fraction: data.source === 'bundled' ? data.train_fraction : BUNDLED_TRAIN_FRACTION,
      seed: data.seed,
    };
  } else {
    const kept = data.source === 'synthetic' ? data : { ...FIRST_PLANE, features: ['x1', 'x2'] as const };
    draft.data = {
      source: 'synthetic',
      name: facts.name as SyntheticData['name'],
      samples: kept.samples,
      noise: kept.noise,
      train_fraction: kept.train_fraction,
      features: [...kept.features],
      seed: kept.seed,
      ...(facts.takes_classes ? { classes: facts.classes.length } : {}),
    };
  }
  if (facts.task === 'regression' && draft.training.loss === 'cross_entropy') draft.training.loss = 'auto';
}

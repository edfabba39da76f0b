/** From one sample to the next. */
import type { Samples } from '../../state/samples.svelte';
import type { Selection } from '../../state/selection.svelte';

/** The sample `by` places further in its split, round and round; from a free point back to the first test sample. */
export function step(selection: Selection, samples: Samples, by: number): void {
  const { sample } = selection;
  if (!('index' in sample)) {
    selection.sample = { split: 'test', index: 0 };
    return;
  }
  const total = samples.of(sample.split)?.count ?? 0;
  if (total > 0) selection.sample = { split: sample.split, index: (sample.index + by + total) % total };
}

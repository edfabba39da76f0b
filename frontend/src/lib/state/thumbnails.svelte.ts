/** A few rows of every plane data set, for the gallery. Asked once, when the engine can answer. */
import type { Catalog } from '../schema.gen';
import { getSamples } from './api';
import { PLAIN } from './data';
import { toRows, type Rows } from './samples.svelte';

const SAMPLES = 240;
const TRAIN_FRACTION = 0.5;
const NOISE = 0.1;

class Thumbnails {
  rows: Record<string, Rows> = $state.raw({});
  #isLoading = false;

  async load({ data_sets }: Catalog): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const missing = data_sets.filter((set) => set.kind === 'plane' && !(set.name in this.rows));
    const { signal } = new AbortController();
    const answers = missing.map(async ({ name }) => {
      const data = {
        ...PLAIN,
        source: 'synthetic',
        name: name as 'circle',
        samples: SAMPLES,
        noise: NOISE,
        train_fraction: TRAIN_FRACTION,
        features: ['x1', 'x2'],
        seed: 0,
      } as const;
      const file = await getSamples({ data: { ...data, features: [...data.features] }, split: 'train', from: 0, count: SAMPLES }, signal);
      this.rows = { ...this.rows, [name]: toRows(file) };
    });
    // Those that fail (no engine yet) are asked for again at the next occasion.
    await Promise.allSettled(answers);
    this.#isLoading = false;
  }
}

export const thumbnails = new Thumbnails();

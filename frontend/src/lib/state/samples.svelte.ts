/** The rows the experiment learns from, fetched once per data spec. Data are a pure function of their spec. */
import type { Experiment } from '../schema.gen';
import type { TensorFile } from '../wire/frame';
import { getSamples } from './api';

export type Split = 'train' | 'test';

export interface Rows {
  /** (count, columns), raw: x1 and x2, pixels, measurements. */
  inputs: Float32Array;
  /** (count, answers): the class, or the raw number. */
  targets: Float32Array;
  /** Of a row: one, or one for every step. */
  answers: number;
  /** (count, noise columns) where there are any. */
  noise: Float32Array | null;
  columns: number;
  count: number;
  /** Rows of the split, of which the first `count` are here. */
  total: number;
  /** Regression: raw = mean + std × what the network predicts. */
  targetMean: number;
  targetStd: number;
  /** Reconstruction: own units = shift + width × what the network reads or answers. */
  scale: { shift: Float32Array; width: Float32Array } | null;
}

export class Samples {
  train: Rows | null = $state.raw(null);
  test: Rows | null = $state.raw(null);
  error: string | null = $state(null);
  #key = '';
  #abort: AbortController | undefined;

  /** Fetch both splits unless they are here. `limit` is the most rows one request may ask for. */
  async load(data: Experiment['data'], limit: number): Promise<void> {
    const key = sampleKey(data);
    if (key === this.#key) return;
    this.#key = key;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const [train, test] = await Promise.all(
        (['train', 'test'] as const).map(async (split) =>
          toRows(await getSamples({ data, split, from: 0, count: limit }, abort.signal)),
        ),
      );
      if (abort.signal.aborted) return;
      this.train = train ?? null;
      this.test = test ?? null;
      this.error = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#key = '';
      this.error = (error as Error).message;
    }
  }

  /** Rows of another set would be read as if they were of this one. */
  forget(): void {
    this.#abort?.abort();
    this.#key = '';
    this.train = this.test = null;
  }

  of(split: Split): Rows | null {
    return split === 'train' ? this.train : this.test;
  }

  /** The raw columns of one row. */
  row(split: Split, index: number): Float32Array | null {
    const rows = this.of(split);
    if (!rows || index >= rows.count) return null;
    return rows.inputs.subarray(index * rows.columns, (index + 1) * rows.columns);
  }
}

/** What the rows depend on: features, formulas and switches only choose what the network sees of them. */
export function sampleKey(data: Experiment['data']): string {
  // To reconstruct, each of the network's inputs has a scale.
  if (data.goal === 'reconstruct') return JSON.stringify(data);
  return JSON.stringify({ ...data, features: undefined, formulas: undefined, switched_off: undefined });
}

export function toRows({ metadata, tensors }: TensorFile): Rows {
  const inputs = tensors.get('inputs');
  const targets = tensors.get('targets');
  const noise = tensors.get('noise');
  const scale = tensors.get('scale');
  const half = (scale?.data.length ?? 0) / 2;
  if (!(inputs?.data instanceof Float32Array) || !(targets?.data instanceof Float32Array)) {
    throw new Error('The samples came without their inputs or targets');
  }
  return {
    inputs: inputs.data,
    targets: targets.data,
    noise: noise?.data instanceof Float32Array ? noise.data : null,
    answers: targets.shape[1] ?? 1,
    columns: inputs.shape[1] ?? 1,
    count: inputs.shape[0] ?? 0,
    total: Number(metadata.total ?? inputs.shape[0]),
    targetMean: Number(metadata.target_mean ?? 0),
    targetStd: Number(metadata.target_std ?? 1),
    scale: scale?.data instanceof Float32Array ? { shift: scale.data.subarray(0, half), width: scale.data.subarray(half) } : null,
  };
}

/** The plane that all maps are drawn over, and where on it the rows lie. */
import type { TensorFile } from '../wire/frame';
import { getSamples } from './api';
import { askedAxes, hasMaps, offeredAxes, settledAxes, spanOf, type Axes, type AxesChoice, type OfferedAxes } from './axes';
import { setKey } from './data';
import { sampleKey, type Rows, type Samples, type Split } from './samples.svelte';
import type { Selection } from './selection.svelte';
import type { Session } from './session.svelte';
import { view } from './view.svelte';

/** Rows by their places on a plane. */
export type PlacedRows = Pick<Rows, 'inputs' | 'targets' | 'columns' | 'count'>;

export interface Place {
  x1: number;
  x2: number;
  /** Of a row. */
  target: number | null;
}

interface Placed {
  /** Of which data, over what. */
  readonly of: string;
  readonly train: PlacedRows;
  readonly test: PlacedRows;
}

export class Plane {
  #placed: Placed | null = $state.raw(null);
  #key = '';
  #abort: AbortController | undefined;

  readonly offered: OfferedAxes = $derived.by(() => offeredAxes(this.session.experiment.data, this.session.facts));
  /** Null where there is nothing to choose: on data of the plane, and where no maps are drawn. */
  readonly choice: AxesChoice | null = $derived.by(() => settledAxes(view.axes, this.offered, this.session.facts));
  /** What maps are asked over; undefined for data of the plane. */
  readonly axes: Axes | undefined = $derived.by(() => this.choice === null ? undefined : askedAxes(this.choice, this.selection.sample));
  /** There is a plane, be it the data's own. */
  readonly hasMaps: boolean = $derived.by(() => hasMaps(this.session.experiment.data, this.session.facts));

  constructor(
    private readonly session: Session,
    private readonly selection: Selection,
    private readonly samples: Samples,
  ) {}

  /** The rows on the plane of these axes; null until they are known. */
  rows(split: Split, axes: Axes | undefined): PlacedRows | null {
    const { data } = this.session.experiment;
    if (axes === undefined) return this.session.facts.kind === 'plane' ? this.samples.of(split) : null;
    return this.#placed?.of === placedKey(setKey(data), axes) ? this.#placed[split] : null;
  }

  /** Where the selected sample lies. */
  walked(axes: Axes | undefined): Place | null {
    const { sample } = this.selection;
    if ('index' in sample) {
      const rows = this.rows(sample.split, axes);
      if (rows === null || sample.index >= rows.count) return null;
      const at = sample.index * rows.columns;
      return { x1: rows.inputs[at] ?? 0, x2: rows.inputs[at + 1] ?? 0, target: rows.targets[sample.index] ?? null };
    }
    const { columns } = this.session.facts;
    if (axes?.type === 'components') return null;
    const [first = 0, second = 1] = axes?.columns.map((name) => columns.indexOf(name)) ?? [];
    return { x1: sample.values[first] ?? 0, x2: sample.values[second] ?? 0, target: null };
  }

  /** Fetch where both splits lie unless it is known. `limit` is the most rows one request may ask for. */
  async load(limit: number): Promise<void> {
    const { data } = this.session.experiment;
    const { axes: asked } = this;
    if (asked === undefined) return;
    const axes = spanOf(asked);
    // Components depend on what the network reads, columns only on the rows.
    const key = JSON.stringify(axes) + (axes.type === 'components' ? JSON.stringify(data) : sampleKey(data));
    if (key === this.#key) return;
    this.#key = key;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const fetched = async (split: Split): Promise<PlacedRows> =>
      toPlacedRows(await getSamples({ data, split, from: 0, count: limit, axes }, abort.signal));
    try {
      const [train, test] = await Promise.all([fetched('train'), fetched('test')]);
      if (!abort.signal.aborted) this.#placed = { of: placedKey(setKey(data), axes), train, test };
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#key = '';
      this.session.tell((error as Error).message, 'bad');
    }
  }
}

const placedKey = (set: string, axes: Axes): string => `${set} ${JSON.stringify(spanOf(axes))}`;

export function toPlacedRows({ tensors }: TensorFile): PlacedRows {
  const [places, targets] = [tensors.get('places'), tensors.get('targets')];
  if (!(places?.data instanceof Float32Array) || !(targets?.data instanceof Float32Array)) {
    throw new Error('The samples came without their places or targets');
  }
  return { inputs: places.data, targets: targets.data, columns: 2, count: places.shape[0] ?? 0 };
}

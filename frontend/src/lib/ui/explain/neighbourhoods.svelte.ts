/** A layer's representation of one moment, laid out by UMAP on demand: asked for, computed in a worker, shown until dropped. */
import { moments, type Moment } from '../../state/moments.svelte';
import type { Session } from '../../state/session.svelte';
import type { SubscribeAsk } from '../../state/subscription.svelte';
import type { TensorView } from '../../wire/frame';
import type { FromUmap } from './umap.worker';

type Ask = Extract<SubscribeAsk, { stream: 'projection' }>;

/** What UMAP reads: as many principal components, which for a layer with no more numbers is all there is. */
const COMPONENTS = 50;
/** Fewer have no neighbourhoods. */
const FEWEST = 4;

/** Where the rows were put, and of what. */
export interface Neighbourhood {
  readonly layer: string;
  readonly update: number;
  /** (rows, 2) */
  readonly rows: TensorView;
  /** Of the layer's answer, before it was reduced to `components`, which hold that share of its variance. */
  readonly numbers: number;
  readonly components: number;
  readonly kept: number;
}

export class Neighbourhoods {
  shown: Neighbourhood | null = $state.raw(null);
  /** From 0 to 1; null while nothing is computed. */
  share: number | null = $state(null);
  problem: string | null = $state(null);
  #wanted: Ask | null = $state.raw(null);
  /** What had arrived when it was asked for: that is not it. */
  #before: Moment<Ask> | null = null;
  #worker: Worker | null = null;
  readonly #asked;

  /** While the calling component lives. */
  constructor(session: Session) {
    this.#asked = moments<Ask>(session, () => this.#wanted);
    $effect(() => {
      const { moment, error } = this.#asked;
      if (this.#wanted === null) return;
      if (error !== undefined) this.#end(error);
      else if (moment !== null && moment !== this.#before && moment.ask.layer === this.#wanted.layer) this.#compute(moment);
    });
    $effect(() => () => this.drop());
  }

  get isUnderWay(): boolean {
    return this.share !== null;
  }

  ask(layer: string, count: number): void {
    this.cancel();
    this.#before = this.#asked.moment;
    this.problem = null;
    this.share = 0;
    this.#wanted = { stream: 'projection', layer, split: 'test', count, components: COMPONENTS };
  }

  /** Back to what was shown before. */
  cancel(): void {
    this.#end(null);
  }

  drop(): void {
    this.cancel();
    this.shown = null;
  }

  #compute({ ask, update, facts, tensors }: Moment<Ask>): void {
    const rows = tensors.get(ask.layer);
    const explained = tensors.get(`${ask.layer}.explained`)?.data ?? [];
    this.#wanted = null;
    if (rows === undefined || (rows.shape[0] ?? 0) < FEWEST) return this.#end('There are too few test samples to lay out');
    const worker = (this.#worker = new Worker(new URL('./umap.worker.ts', import.meta.url), { type: 'module' }));
    worker.onmessage = ({ data: told }: MessageEvent<FromUmap>) => {
      if (told.kind === 'share') {
        this.share = told.share;
        return;
      }
      if (told.kind === 'places') {
        this.shown = {
          layer: ask.layer,
          update,
          rows: { data: told.places, shape: [told.places.length / 2, 2] },
          numbers: Number(facts.numbers),
          components: rows.shape[1] ?? 0,
          kept: Array.from(explained).reduce((sum, share) => sum + share, 0),
        };
      }
      this.#end(told.kind === 'problem' ? told.problem : null);
    };
    worker.onerror = () => this.#end('The picture could not be computed');
    worker.postMessage(rows);
  }

  #end(problem: string | null): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#wanted = null;
    this.share = null;
    this.problem = problem;
  }
}

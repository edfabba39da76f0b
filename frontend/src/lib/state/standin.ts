/**
 * A server for tests of edits, which answers when told to. It applies patches, names new layers, writes out what depends on
 * other settings, refuses and counts revisions as the real one does.
 */
import type { Edit, Experiment } from '../schema.gen';
import { apply, type Json, type Operation } from './diff';
import { Edits } from './edits.svelte';
import { experiment } from './fixtures';
import { CONNECTION_LOST, RequestError } from './requests';

const MAX_LEARNING_RATE = 10;
const DEFAULT_CLASSES: Record<string, number> = { blobs: 3, rings: 3 };

interface Waiting {
  edit: Pick<Edit, 'base' | 'patch'>;
  resolve: (done: { revision: number }) => void;
  reject: (error: Error) => void;
}

export class StandIn {
  revision = 1;
  experiment = experiment();
  waiting: Waiting[] = [];
  #used = new Set(this.experiment.network.layers.map((layer) => layer.name));
  readonly edits: Edits;

  /** `settle` lets everything that was answered arrive. */
  constructor(private readonly settle: () => Promise<void>) {
    this.edits = new Edits(
      this.experiment,
      this.revision,
      (edit) => new Promise((resolve, reject) => this.waiting.push({ edit, resolve, reject })),
      () => Date.now(),
    );
  }

  /** The experiment as canonical text: equal experiments have equal text. */
  get text(): string {
    return textOf(this.experiment);
  }

  /** Take the oldest edit; the `experiment` message comes before or after its `done`. */
  async accept(order: 'experiment first' | 'done first' = 'done first'): Promise<void> {
    const { edit, resolve } = this.#next();
    if (edit.base !== this.revision) throw new Error(`The edit is based on ${edit.base}, not on ${this.revision}`);
    this.#take(edit);
    if (order === 'experiment first') this.edits.confirm(this.experiment, this.revision);
    resolve({ revision: this.revision });
    await this.settle();
    if (order === 'done first') this.edits.confirm(this.experiment, this.revision);
    await this.settle();
  }

  async refuse(code: string, message = 'No'): Promise<void> {
    this.#next().reject(new RequestError(code, message, '/training'));
    await this.settle();
  }

  /** Take or refuse the oldest edit, as the real server would. */
  async answer(order?: 'experiment first' | 'done first'): Promise<void> {
    const [{ edit }] = this.waiting as [Waiting];
    if (this.#isValid(edit)) await this.accept(order);
    else await this.refuse('invalid_input');
  }

  /** The connection breaks while an edit is under way, and comes back. */
  async reconnect({ counted }: { counted: boolean }): Promise<void> {
    const lost = this.waiting.shift();
    if (lost && counted && this.#isValid(lost.edit)) this.#take(lost.edit);
    lost?.reject(new RequestError(CONNECTION_LOST, 'Lost'));
    await this.settle();
    this.edits.restart(this.experiment, this.revision);
    await this.settle();
  }

  /** Answer until the page has nothing left to say. */
  async finish(): Promise<void> {
    await this.settle();
    while (this.waiting.length > 0) await this.answer();
  }

  become(next: Experiment): void {
    this.revision += 1;
    this.experiment = structuredClone(next);
    const { data, network } = this.experiment;
    if (data.source === 'synthetic' && !data.classes && data.name in DEFAULT_CLASSES) data.classes = DEFAULT_CLASSES[data.name];
    let number = 0;
    for (const layer of network.layers) {
      while (layer.name === undefined) {
        number += 1;
        if (!this.#used.has(`dense_${number}`)) layer.name = `dense_${number}`;
      }
      this.#used.add(layer.name);
    }
  }

  #next(): Waiting {
    const next = this.waiting.shift();
    if (!next) throw new Error('No edit is waiting');
    return next;
  }

  #isValid(edit: Waiting['edit']): boolean {
    return this.#patched(edit).training.optimizer.learning_rate <= MAX_LEARNING_RATE;
  }

  #patched(edit: Waiting['edit']): Experiment {
    const after = apply(this.experiment as unknown as Json, edit.patch as unknown as Operation[]);
    if (after === undefined) throw new Error(`The patch does not apply: ${JSON.stringify(edit.patch)}`);
    return after as unknown as Experiment;
  }

  #take(edit: Waiting['edit']): void {
    this.become(this.#patched(edit));
  }
}

/** JSON with sorted keys. */
export function textOf(shown: Experiment): string {
  return JSON.stringify(shown, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

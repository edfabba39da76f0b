/** Models fitted beside the network: which, with which settings, and what came of it. Few are asked for at once. */
import type { FitRequest, ModelResult } from '../schema.gen';
import { ApiError } from './api';
import type { Data } from './data';

/** A model's type and its settings by name. */
export type Model = { type: string } & Record<string, string | number>;
type Request = (ask: FitRequest, signal: AbortSignal) => Promise<ModelResult>;

/** A browser has six connections to a server; the rest of the page needs some. */
const AT_ONCE = 2;

export class Fit {
  model: Model = $state.raw() as Model;
  state: 'waiting' | 'fitting' | 'done' | 'failed' | 'cancelled' = $state('waiting');
  /** Of the last fit; it stays while the next is under way. */
  result: ModelResult | null = $state.raw(null);
  /** Why it failed, in the server's words. */
  message: string | null = $state(null);
  /** On this machine's clock. */
  sinceMs = $state(0);
  abort: AbortController | null = null;

  constructor(
    readonly id: number,
    model: Model,
  ) {
    this.model = model;
  }

  get isUnderWay(): boolean {
    return this.state === 'waiting' || this.state === 'fitting';
  }
}

export class Fits {
  all: Fit[] = $state.raw([]);
  #data: Data | null = null;
  #key = '';
  #next = 1;
  #isOpen = false;

  constructor(private readonly request: Request) {}

  /** From now on on these data; what was fitted on others is fitted anew. */
  open(data: Data): void {
    const key = JSON.stringify(data);
    if (key !== this.#key) {
      for (const fit of this.all) {
        fit.result = null;
        this.#wait(fit);
      }
    }
    this.#data = data;
    this.#key = key;
    this.#isOpen = true;
    this.#go();
  }

  /** Nobody looks any more: what is under way ends, and begins anew when opened again. */
  close(): void {
    this.#isOpen = false;
    for (const fit of this.all) if (fit.isUnderWay) this.#wait(fit);
  }

  add(model: Model): Fit {
    const fit = new Fit(this.#next++, model);
    this.all = [...this.all, fit];
    this.#go();
    return fit;
  }

  remove(fit: Fit): void {
    fit.abort?.abort();
    this.all = this.all.filter((other) => other !== fit);
    this.#go();
  }

  /** Other settings: fitted anew. */
  change(fit: Fit, model: Model): void {
    fit.model = model;
    this.retry(fit);
  }

  retry(fit: Fit): void {
    this.#wait(fit);
    this.#go();
  }

  cancel(fit: Fit): void {
    fit.abort?.abort();
    fit.abort = null;
    fit.state = 'cancelled';
    this.#go();
  }

  #wait(fit: Fit): void {
    fit.abort?.abort();
    fit.abort = null;
    fit.state = 'waiting';
    fit.message = null;
    fit.sinceMs = Date.now();
  }

  #go(): void {
    if (!this.#isOpen || this.#data === null) return;
    const free = AT_ONCE - this.all.filter((fit) => fit.state === 'fitting').length;
    const next = this.all.filter((fit) => fit.state === 'waiting').slice(0, Math.max(0, free));
    for (const fit of next) void this.#fit(fit, this.#data);
  }

  async #fit(fit: Fit, data: Data): Promise<void> {
    const abort = new AbortController();
    fit.abort = abort;
    fit.state = 'fitting';
    fit.sinceMs = Date.now();
    try {
      const result = await this.request({ data, model: fit.model as unknown as FitRequest['model'] }, abort.signal);
      if (abort.signal.aborted) return;
      fit.result = result;
      fit.state = 'done';
    } catch (error) {
      if (abort.signal.aborted) return;
      fit.result = null;
      fit.state = 'failed';
      fit.message = error instanceof ApiError ? error.message : 'The answer could not be read';
    }
    fit.abort = null;
    this.#go();
  }
}

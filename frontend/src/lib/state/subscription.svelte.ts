/** What this page looks at. Equal asks share one channel; all of them survive a reconnect. */
import type { Experiment, Subscribe } from '../schema.gen';
import type { FrameStore } from './frames';
import { CONNECTION_LOST, type RequestError, type Requests } from './requests';

type Distribute<M> = M extends Subscribe ? Omit<M, 'type' | 'request'> : never;
export type SubscribeAsk = Distribute<Subscribe>;

export interface Subscription {
  readonly ask: SubscribeAsk;
  /** Where its tensors are in the frame store; undefined until the server answered, it may change on a reconnect. */
  readonly channel: string | undefined;
  /** What `done` said beside the channel: `domain`, `resolution`, `activation`, … (docs/wire.md). */
  readonly facts: Record<string, unknown> | undefined;
  /** Why the server refused, in a sentence. */
  readonly error: string | undefined;
  close(): void;
}

class Shared {
  channel: string | undefined = $state();
  facts: Record<string, unknown> | undefined = $state.raw();
  error: string | undefined = $state();
  holders = 0;
  /** Requests whose answer is still to come. */
  awaited = 0;

  constructor(
    readonly key: string,
    readonly ask: SubscribeAsk,
  ) {}
}

export class Subscriptions {
  #shared = new Map<string, Shared>();
  #edits = 0;
  /** Of which data the planes of this page's maps are. */
  #dataKey = '';

  constructor(
    private readonly requests: Requests,
    private readonly frames: FrameStore,
  ) {}

  subscribe(ask: SubscribeAsk): Subscription {
    const key = JSON.stringify(ask);
    let shared = this.#shared.get(key);
    if (!shared) {
      shared = new Shared(key, ask);
      this.#shared.set(key, shared);
      void this.#request(shared);
    }
    shared.holders += 1;
    return this.#handle(shared);
  }

  /** Asks that are about one sample: each has to be made anew for another one. */
  get followers(): number {
    return [...this.#shared.values()].filter(({ ask }) => 'sample' in ask).length;
  }

  /** After a welcome: ask for everything again. */
  renew(): void {
    for (const shared of this.#shared.values()) void this.#request(shared);
  }

  /** After an edit: what was refused may be possible now, and a plane through other rows lies elsewhere. */
  edited(data: Experiment['data']): void {
    this.#edits += 1;
    const asked = [...this.#shared.values()];
    const key = asked.some(({ ask }) => 'axes' in ask) ? JSON.stringify(data) : '';
    const isOther = key !== this.#dataKey;
    this.#dataKey = key;
    for (const shared of asked) {
      if (shared.error !== undefined || (isOther && 'axes' in shared.ask)) void this.#request(shared);
    }
  }

  #handle(shared: Shared): Subscription {
    let isOpen = true;
    return {
      ask: shared.ask,
      get channel() {
        return shared.channel;
      },
      get facts() {
        return shared.facts;
      },
      get error() {
        return shared.error;
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        shared.holders -= 1;
        if (shared.holders === 0) this.#release(shared);
      },
    };
  }

  /** Once it is answered: if the same is asked meanwhile, it is given the same channel, which must not be left then. */
  #release(shared: Shared): void {
    if (shared.awaited > 0) return;
    this.#shared.delete(shared.key);
    if (shared.channel !== undefined) this.#leave(shared.channel);
  }

  /** Another ask may have been given the same channel. */
  #leave(channel: string): void {
    if ([...this.#shared.values()].some((other) => other.channel === channel)) return;
    this.frames.drop(channel);
    this.requests.ask({ type: 'unsubscribe', channel }).catch(ignoreLostAnswers);
  }

  async #request(shared: Shared): Promise<void> {
    const edits = this.#edits;
    shared.awaited += 1;
    try {
      const done = await this.requests.ask({ ...shared.ask, type: 'subscribe' });
      shared.facts = done;
      shared.error = undefined;
      shared.channel = done.channel ?? undefined;
    } catch (error) {
      const { code, message } = error as RequestError;
      // A lost connection is followed by a welcome, which renews.
      if (code !== CONNECTION_LOST) shared.error = message;
      // The refusal may be of the network before: an edit and what is refused until then may arrive in either order.
      if (code !== CONNECTION_LOST && edits !== this.#edits && shared.holders > 0) void this.#request(shared);
    } finally {
      shared.awaited -= 1;
      if (shared.holders === 0) this.#release(shared);
    }
  }
}

/** Nothing is owed to a channel that is gone with its socket or was never there. */
function ignoreLostAnswers(error: RequestError): void {
  if (error.code !== CONNECTION_LOST && error.code !== 'not_found') throw error;
}

/** Asks streams for their first frame of one update, a few at a time, and lets each of them go as soon as it has answered. */
import { Pacing } from '../../state/pacing';
import type { Session } from '../../state/session.svelte';
import type { SubscribeAsk, Subscription } from '../../state/subscription.svelte';
import { momentOf, type Answer } from './gathered';
import type { Key } from './plan';

/** Asked at once: compiling goes one by one, answering does not. */
const AT_ONCE = 3;
/** To subscribe and to unsubscribe. */
const MESSAGES = 2;

export interface Wanted {
  readonly key: Key;
  readonly ask: SubscribeAsk;
  /** The update that the answer has to be of. */
  readonly update: number;
}

interface Open extends Wanted {
  readonly subscription: Subscription;
  readonly stop: () => void;
}

export class Gathering {
  #waiting: Wanted[] = [];
  #open = new Map<Key, Open>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pacing: Pacing;
  #removeListener: () => void;

  /** `onMoved` is told when a stream is already of a later update: what was asked for can no longer be had. */
  constructor(
    private readonly session: Session,
    private readonly onAnswer: (key: Key, answer: Answer) => void,
    private readonly onMoved: () => void,
  ) {
    const { messages_per_second, message_burst } = session.limits;
    this.#pacing = new Pacing(messages_per_second, message_burst, performance.now());
    this.#removeListener = session.frames.onFrame(() => {
      for (const open of [...this.#open.values()]) this.#read(open);
    });
  }

  want(wanted: readonly Wanted[]): void {
    this.#waiting.push(...wanted);
    this.#next();
  }

  /** Forget what was asked for. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
    for (const open of [...this.#open.values()]) this.#end(open);
  }

  close(): void {
    this.clear();
    this.#removeListener();
  }

  #next(): void {
    clearTimeout(this.#timer);
    while (this.#open.size < AT_ONCE) {
      const [wanted] = this.#waiting;
      if (wanted === undefined) return;
      const waitMs = this.#pacing.wait(MESSAGES, performance.now());
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#next(), waitMs);
        return;
      }
      this.#waiting.shift();
      this.#begin(wanted);
    }
  }

  #begin(wanted: Wanted): void {
    const subscription = this.session.subscribe(wanted.ask);
    let open: Open | null = null;
    const stop = $effect.root(() => {
      // The answer to the question itself comes without a frame where the server refuses, or has sent one before.
      $effect(() => {
        void [subscription.channel, subscription.error];
        if (open !== null) this.#read(open);
      });
    });
    open = { ...wanted, subscription, stop };
    this.#open.set(wanted.key, open);
    this.#read(open);
  }

  #read(open: Open): void {
    const { key, update, subscription } = open;
    const { channel, error, facts } = subscription;
    if (error !== undefined) return this.#answered(open, { error });
    if (channel === undefined || facts === undefined) return;
    const { frames } = this.session;
    const seen = frames.updateOf(channel);
    if (seen > update) return this.onMoved();
    // What came before is of the moment before.
    if (seen !== update) return;
    const tensors = frames.namesOf(channel).flatMap((name) => {
      const tensor = frames.get(channel, name);
      return tensor === undefined ? [] : [[name, tensor] as const];
    });
    this.#answered(open, momentOf(key, seen, facts, tensors));
  }

  #answered(open: Open, answer: Answer): void {
    this.#end(open);
    this.onAnswer(open.key, answer);
    this.#next();
  }

  #end(open: Open): void {
    this.#open.delete(open.key);
    open.stop();
    open.subscription.close();
  }
}

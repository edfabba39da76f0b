/** All tensors of a stream at one update as a reactive value, for what is read as text or drawn rarely. */
import type { TensorView } from '../wire/frame';
import type { Session } from './session.svelte';
import type { SubscribeAsk, Subscription } from './subscription.svelte';

export interface Moment<Ask extends SubscribeAsk> {
  /** What it answers: the person may have asked something else since. */
  readonly ask: Ask;
  readonly update: number;
  /** What `done` said of the stream (docs/wire.md). */
  readonly facts: Record<string, unknown>;
  /** By the names after the channel. */
  readonly tensors: ReadonlyMap<string, TensorView>;
}

export interface Moments<Ask extends SubscribeAsk> {
  /** The latest, or the one before while the server answers a new ask. */
  readonly moment: Moment<Ask> | null;
  /** It answers what was asked before. */
  readonly isStale: boolean;
  readonly error: string | undefined;
}

/** Subscribes while the calling component lives; `ask` is read reactively, null asks for nothing. */
export function moments<Ask extends SubscribeAsk>(session: Session, ask: () => Ask | null): Moments<Ask> {
  const key = $derived(JSON.stringify(ask()));
  let subscription: Subscription | null = $state.raw(null);
  let moment: Moment<Ask> | null = $state.raw(null);

  $effect(() => {
    const asked = JSON.parse(key) as Ask | null;
    // What was seen last stays.
    if (asked === null) return;
    const opened = session.subscribe(asked);
    subscription = opened;
    return () => {
      opened.close();
      subscription = null;
    };
  });

  $effect(() => {
    const channel = subscription?.channel;
    if (subscription === null || channel === undefined) return;
    const [asked, facts] = [subscription.ask as Ask, subscription.facts ?? {}];
    let seen: TensorView | undefined;
    const read = (): void => {
      const names = session.frames.namesOf(channel);
      const first = session.frames.get(channel, names[0] ?? '');
      if (first === undefined || first === seen) return;
      seen = first;
      const tensors = new Map<string, TensorView>();
      for (const name of names) {
        const tensor = session.frames.get(channel, name);
        if (tensor) tensors.set(name, tensor);
      }
      moment = { ask: asked, update: session.frames.updateOf(channel), facts, tensors };
    };
    read();
    return session.frames.onFrame(read);
  });

  return {
    get moment() {
      return moment;
    },
    get isStale() {
      return moment !== null && JSON.stringify(moment.ask) !== key;
    },
    get error() {
      return subscription?.error;
    },
  };
}

/** One tensor of the stream as a reactive value, for what is read as text or drawn rarely; canvases read the store. */
import type { TensorView } from '../wire/frame';
import type { Session } from './session.svelte';
import type { SubscribeAsk, Subscription } from './subscription.svelte';

export interface Live {
  /** The latest, or the one before while the server answers a new ask. */
  readonly tensor: TensorView | undefined;
  readonly facts: Record<string, unknown> | undefined;
  readonly channel: string | undefined;
}

/** Subscribes while the calling component lives; `ask` is read reactively, null asks for nothing. */
export function live(session: Session, ask: () => SubscribeAsk | null, name: string): Live {
  const key = $derived(JSON.stringify(ask()));
  let subscription: Subscription | null = $state.raw(null);
  let tensor: TensorView | undefined = $state.raw();

  $effect(() => {
    const asked = JSON.parse(key) as SubscribeAsk | null;
    if (asked === null) {
      tensor = undefined;
      return;
    }
    const opened = session.subscribe(asked);
    subscription = opened;
    return () => {
      opened.close();
      subscription = null;
    };
  });

  $effect(() => {
    const channel = subscription?.channel;
    if (channel === undefined) return;
    const read = (): void => {
      tensor = session.frames.get(channel, name) ?? tensor;
    };
    read();
    return session.frames.onFrame(read);
  });

  return {
    get tensor() {
      return tensor;
    },
    get facts() {
      return subscription?.facts;
    },
    get channel() {
      return subscription?.channel;
    },
  };
}

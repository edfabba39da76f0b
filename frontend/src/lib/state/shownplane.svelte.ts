/** Maps and the plane they lie on belong together: rows and ticks are of another plane once its maps are answered for. */
import type { Axes } from './axes';
import type { Subscription } from './subscription.svelte';

export interface AnsweredPlane {
  /** What the server said of the maps. */
  readonly facts: Record<string, unknown>;
  /** What they are drawn over; undefined for data of the plane. */
  readonly axes: Axes | undefined;
}

/** Null until the server has answered. */
export function answeredPlane({ ask, facts }: Subscription): AnsweredPlane | null {
  return facts ? { facts, axes: (ask.stream === 'maps' && ask.axes) || undefined } : null;
}

/** The plane of what is on the screen: the one before until another is answered for. */
export function shownPlane(subscription: () => Subscription | null): { readonly current: AnsweredPlane | null } {
  let before = $state.raw<AnsweredPlane | null>(null);
  const now = $derived.by(() => {
    const asked = subscription();
    return asked && answeredPlane(asked);
  });
  $effect(() => {
    if (now) before = now;
  });
  return {
    get current() {
      return now ?? before;
    },
  };
}

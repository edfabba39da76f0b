/**
 * The streams the network view looks at. What is asked follows what is visible; the old channel stays readable until
 * the new one has its first frame, so nothing flickers while one looks around.
 */

import type { Session } from '../state/session.svelte';
import { answeredPlane, type AnsweredPlane } from '../state/shownplane.svelte';
import type { SubscribeAsk, Subscription } from '../state/subscription.svelte';

export class LiveChannel {
  #current: Subscription | null = null;
  #next: Subscription | null = null;
  #key = '';

  constructor(private readonly session: Session) {}

  /** Look at this from now on; null for nothing. Asking the same again changes nothing. */
  ask(next: SubscribeAsk | null): void {
    const key = next === null ? '' : JSON.stringify(next);
    if (key === this.#key) return;
    this.#key = key;
    this.#next?.close();
    this.#next = next === null ? null : this.session.subscribe(next);
    if (next === null || this.#current === null) this.#promote();
  }

  /** The channel to read: the newest that has something. */
  get channel(): string | undefined {
    const arriving = this.#next?.channel;
    if (arriving !== undefined && this.session.frames.updateOf(arriving) >= 0) this.#promote();
    return this.#current?.channel;
  }

  /** What the server said of that channel. */
  get facts(): Record<string, unknown> | undefined {
    return this.#current?.facts;
  }

  /** What the maps of that channel are drawn over. */
  get plane(): AnsweredPlane | null {
    return this.#current && answeredPlane(this.#current);
  }

  close(): void {
    this.#next?.close();
    this.#current?.close();
    this.#next = this.#current = null;
    this.#key = '';
  }

  #promote(): void {
    this.#current?.close();
    this.#current = this.#next;
    this.#next = null;
  }
}

/** A set of channels by key, for what needs more than one. */
export class LiveChannels {
  readonly #channels = new Map<string, LiveChannel>();

  constructor(private readonly session: Session) {}

  ask(wanted: ReadonlyMap<string, SubscribeAsk>): void {
    for (const [key, channel] of this.#channels) {
      if (wanted.has(key)) continue;
      channel.close();
      this.#channels.delete(key);
    }
    for (const [key, ask] of wanted) {
      const channel = this.#channels.get(key) ?? new LiveChannel(this.session);
      this.#channels.set(key, channel);
      channel.ask(ask);
    }
  }

  get(key: string): LiveChannel | undefined {
    return this.#channels.get(key);
  }

  close(): void {
    this.ask(new Map());
  }
}

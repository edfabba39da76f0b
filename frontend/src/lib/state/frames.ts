/**
 * The latest tensors of every channel. A plain class: frames never pass through reactivity; renderers look here once per
 * animation frame.
 */
import type { Frame, TensorView } from '../wire/frame';

interface Channel {
  update: number;
  epoch: number;
  /** By the name after `CHANNEL/`: `dense_1`, `dense_1.range`, … */
  tensors: Map<string, TensorView>;
}

const NEVER = -1;

export class FrameStore {
  #channels = new Map<string, Channel>();
  #listeners = new Set<() => void>();
  #version = 0;
  #forgotten = 0;
  #latest: Frame | undefined;

  /** Increases with each frame: a cheap dirty check. */
  get version(): number {
    return this.#version;
  }

  /** Increases whenever what was drawn from these frames should go as well. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The last frame, whatever it carried. */
  get latest(): Frame | undefined {
    return this.#latest;
  }

  /** The latest tensor of a channel, e.g. `get("c1", "dense_1.range")`; undefined until it arrives. */
  get(channel: string, name: string): TensorView | undefined {
    return this.#channels.get(channel)?.tensors.get(name);
  }

  /** The update of the frame that last carried this channel; −1 before. */
  updateOf(channel: string): number {
    return this.#channels.get(channel)?.update ?? NEVER;
  }

  /** Names a channel carried last: the layers it covers, after an edit those of the new network. */
  namesOf(channel: string): string[] {
    return [...(this.#channels.get(channel)?.tensors.keys() ?? [])];
  }

  /** A frame carries whole channels, so what a channel no longer lists is gone. */
  put(frame: Frame): void {
    const fresh = new Map<string, Channel>();
    for (const [name, tensor] of frame.tensors) {
      const slash = name.indexOf('/');
      if (slash < 0) continue;
      const id = name.slice(0, slash);
      let channel = fresh.get(id);
      if (!channel) {
        channel = { update: frame.update, epoch: frame.epoch, tensors: new Map() };
        fresh.set(id, channel);
      }
      channel.tensors.set(name.slice(slash + 1), tensor);
    }
    for (const [id, channel] of fresh) this.#channels.set(id, channel);
    this.#latest = frame;
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Forget a channel nobody subscribes to any more. */
  drop(channel: string): void {
    this.#channels.delete(channel);
  }

  /** What arrived so far says nothing about the network of now. */
  forget(): void {
    this.#channels.clear();
    this.#forgotten += 1;
  }

  /** Called after each frame was stored. Returns what removes the listener. */
  onFrame(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * Joins the network view's state and its drawing: once per animation frame it brings what arrived into the renderer.
 */

import type { Palette } from '../render/colors';
import type { Picture } from '../render/digit';
import type { Renderer } from '../render/loop';
import { NetworkRenderer } from '../render/network';
import type { MapSource } from '../render/tiles';
import { NetworkValues } from '../render/values';
import type { Session } from '../state/session.svelte';
import { LiveChannel, LiveChannels } from './channels';
import { heldWords } from './held';
import type { Labels } from './labels';
import type { Stage } from './stage.svelte';
import { statisticsOf } from './statistics';
import { MOST_CELLS, type Asks, type MapWindow } from './watch';

export class Driver implements Renderer {
  readonly renderer: NetworkRenderer;
  readonly values = new NetworkValues();
  /** The sample's raw pixels, where the input is an image. */
  picture: Picture | null = null;
  private readonly maps: LiveChannels;
  private readonly activations: LiveChannel;
  private readonly weights: LiveChannel;
  private readonly gradients: LiveChannel;
  private readonly health: LiveChannel;
  private windows: readonly MapWindow[] = [];
  private palette: Palette | null = null;
  private version = -1;
  private heldUntil = 0;
  private statisticsAt = -1;

  constructor(
    private readonly session: Session,
    private readonly stage: Stage,
    private readonly labels: Labels,
    canvases: { wires: HTMLCanvasElement; tiles: HTMLCanvasElement },
  ) {
    this.renderer = new NetworkRenderer(canvases.wires, canvases.tiles, this.values);
    this.maps = new LiveChannels(session);
    this.activations = new LiveChannel(session);
    this.weights = new LiveChannel(session);
    this.gradients = new LiveChannel(session);
    this.health = new LiveChannel(session);
  }

  /** What is visible changed. */
  watch(asks: Asks): void {
    this.windows = asks.maps;
    this.maps.ask(new Map(asks.maps.map((window) => [window.key, window.ask])));
    this.activations.ask(asks.activations);
    this.weights.ask(asks.weights);
    this.gradients.ask(asks.gradients);
    this.health.ask(asks.statistics);
  }

  show(palette: Palette): void {
    const { layout, models } = this.stage;
    this.renderer.show({ layout, models, palette, mostCells: MOST_CELLS });
    this.palette = palette;
    this.version = -1;
  }

  draw(now: number): boolean {
    const { frames } = this.session;
    if (frames.version !== this.version && frames.version >= this.heldUntil && this.palette !== null) {
      this.version = frames.version;
      this.takeOver(this.palette);
    }
    this.labels.refresh(now, this.values, (model, unit) => heldWords(this.session.experiment, model, unit));
    return this.renderer.draw(now);
  }

  /** What `done` of the activations said the output is: sigmoid, softmax, tanh or linear. */
  get outputActivation(): string | undefined {
    const said = this.activations.facts?.activation;
    return typeof said === 'string' ? said : undefined;
  }

  /** Other data were chosen: what arrives until they are in use belongs to the old ones. */
  hold(): void {
    this.heldUntil = Infinity;
    this.values.clear();
    this.stage.statistics = new Map();
    this.renderer.forget();
  }

  /** They are in use: the next frame is about them. */
  release(): void {
    if (this.heldUntil !== Infinity) return;
    this.session.frames.forget();
    this.heldUntil = this.session.frames.version + 1;
  }

  /** The latest statistics by layer, for views outside the stage. */
  get statistics(): Stage['statistics'] {
    return this.stage.statistics;
  }

  /** Read everything anew. */
  redraw(): void {
    this.version = -1;
  }

  close(): void {
    for (const channel of [this.maps, this.activations, this.weights, this.gradients, this.health]) channel.close();
  }

  private takeOver(palette: Palette): void {
    const { frames } = this.session;
    const channels = {
      activations: this.activations.channel,
      weights: this.weights.channel,
      gradients: this.gradients.channel,
      statistics: this.health.channel,
    };
    this.renderer.refresh(channels, {
      frames,
      values: this.values,
      ramp: palette.ramp,
      maps: this.mapSources(),
      outputActivation: this.outputActivation,
      picture: this.picture,
    });
    const { statistics } = channels;
    if (statistics === undefined || frames.updateOf(statistics) === this.statisticsAt) return;
    this.statisticsAt = frames.updateOf(statistics);
    this.stage.statistics = statisticsOf(frames, statistics, this.stage.byName.keys());
  }

  private mapSources(): Map<string, MapSource> {
    const sources = new Map<string, MapSource>();
    for (const window of this.windows) {
      const channel = this.maps.get(window.key)?.channel;
      if (channel === undefined) continue;
      for (const layer of window.layers) sources.set(layer, { channel, from: window.from });
    }
    return sources;
  }
}

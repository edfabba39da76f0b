/**
 * The state of the network view: how large it is, where one looks, which runs are open, and the layout that follows.
 * Components read it through context; drawings read it once per animation frame.
 */

import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { LayerHealth } from '../diagnosis/facts';
import { healthOf } from '../diagnosis/health';
import { collapse, foldableRuns, type Item } from '../render/collapse';
import { graphOf, layoutGraph, type Drawing, type Graph } from '../render/graph';
import { layoutNetwork, room, type Card, type NetworkLayout } from '../render/layout';
import { isChain, type LayerModel } from '../render/model';
import { isVisible, type View } from '../render/viewport';
import type { Selection } from '../state/selection.svelte';
import type { Session } from '../state/session.svelte';
import { Editing } from './editing.svelte';
import { modelsOf } from './models';
import { walk } from './slow/walk.svelte';
import type { LayerStatistics } from './statistics';
import { MOST_CELLS } from './watch';

/** Pixels around the network that belong to the strips above and below. */
const ABOVE = 60;
const BELOW = 88;
const BELOW_COMPACT = 12;
const BESIDE = 20;
/** A rack is never fitted smaller than this: beyond, one pans. */
const SMALLEST_FIT = 0.5;
const LARGEST_FIT = 2;
/** Below this zoom footers are left out, so that text keeps its size. */
const FAR = 0.8;
const TINY = 0.55;

export class Stage {
  width = $state(0);
  height = $state(0);
  density = $state(1);
  viewport = $state.raw({ x: 0, y: 0, zoom: 1 });
  /** The person moved the view since it was last fitted; then it stays where it is. */
  moved = $state(false);
  readonly open = new SvelteSet<string>();
  readonly scrolled = new SvelteMap<string, number>();
  /** By layer, of the latest statistics. */
  statistics: ReadonlyMap<string, LayerStatistics> = $state.raw(new Map());

  /** What the hand does to the network. */
  readonly editing: Editing;
  readonly models: LayerModel[] = $derived.by(() => modelsOf(this.session));
  readonly byName: ReadonlyMap<string, LayerModel> = $derived(new Map(this.models.map((model) => [model.name, model])));
  readonly compact: boolean = $derived.by(() => (this.selection.neuron !== null || walk.isOpen) && !this.isPhone());
  readonly direction = $derived.by(() => (this.isPhone() ? ('down' as const) : ('right' as const)));
  readonly #space = $derived({
    stageWidth: Math.max(320, this.width),
    stageHeight: Math.max(240, this.height),
    direction: this.direction,
  });
  /** A rack holds a chain; a network with branches is drawn as a graph. */
  readonly isRack: boolean = $derived(this.direction === 'down' || isChain(this.models));
  readonly items: Item[] = $derived(collapse(this.models, this.isRack ? room(this.#space) : Infinity, this.open));
  readonly #graph = $derived(this.isRack ? null : graphOf(this.items));
  #drawing: { readonly of: string; readonly drawing: Drawing } | null = $state.raw(null);
  /** What was laid out last stays until the drawing of what came after it is there. */
  #laidOut: NetworkLayout | null = null;
  readonly layout: NetworkLayout = $derived.by(() => (this.#laidOut = this.#layOut()));
  readonly far: boolean = $derived(this.viewport.zoom < FAR);
  /** Too far for anything on the cards to be hit. */
  readonly tiny: boolean = $derived(this.viewport.zoom < TINY);
  /** Opened runs one could fold again, with their length. */
  readonly foldable: ReadonlyMap<string, number> = $derived.by(() => {
    const runs = foldableRuns(this.models);
    return new Map([...runs].filter(([id]) => this.open.has(id)));
  });

  #layOut(): NetworkLayout {
    const options = { ...this.#space, compact: this.compact, scrolled: this.scrolled, mostCells: MOST_CELLS };
    if (this.#graph === null) return layoutNetwork(this.items, options);
    const { drawing, of } = this.#drawing ?? {};
    if (drawing && of === JSON.stringify(this.#graph)) return layoutGraph(this.items, drawing, this.scrolled);
    return this.#laidOut ?? layoutNetwork(this.items, options);
  }

  /** Have the graph drawn; call it in an effect. */
  draw(make: (graph: Graph) => Promise<Drawing>): void {
    const graph = this.#graph;
    if (graph === null) return;
    const of = JSON.stringify(graph);
    void make(graph).then((drawing) => {
      if (this.#graph !== null && JSON.stringify(this.#graph) === of) this.#drawing = { of, drawing };
    });
  }

  constructor(
    readonly session: Session,
    readonly selection: Selection,
    private readonly isPhone: () => boolean,
  ) {
    this.editing = new Editing(session, () => this.models);
  }

  get view(): View {
    return { ...this.viewport, width: this.width, height: this.height, density: this.density };
  }

  /** Cards on the screen or nearly so. */
  get visibleCards(): Card[] {
    const { view } = this;
    return this.layout.cards.filter((card) => isVisible(card, view, 160));
  }

  /** Show all of it, as large as it may be. */
  fit(): void {
    if (this.width === 0 || this.height === 0) return;
    const { width, height } = this.layout;
    this.moved = false;
    if (this.direction === 'down') {
      this.viewport = { x: 0, y: 0, zoom: 1 };
      return;
    }
    const below = this.compact ? BELOW_COMPACT : BELOW;
    const space = this.height - ABOVE - below;
    const across = (this.width - 2 * BESIDE) / width;
    const along = space / height;
    // A rack too long to be legible as a whole is shown from its start, as high as the stage.
    const whole = across < SMALLEST_FIT ? along : Math.min(across, along);
    const zoom = Math.min(LARGEST_FIT, Math.max(SMALLEST_FIT, whole));
    const x = Math.max(BESIDE, (this.width - width * zoom) / 2);
    const y = ABOVE + Math.max(0, (space - height * zoom) / 2);
    this.viewport = { x, y, zoom };
  }

  /** Bring a layer's card, or that of its run, to the middle if it is not on the screen as a whole. */
  reveal(layer: string): void {
    const card = this.layout.cards.find(({ item }) => (item.kind === 'layer' ? item.layer.name === layer : item.layers.some(({ name }) => name === layer)));
    if (card === undefined || this.width === 0) return;
    const { x, y, zoom } = this.viewport;
    const shifted = (from: number, at: number, size: number, room: number): number => {
      const [first, last] = [from + at * zoom, from + (at + size) * zoom];
      return first >= 0 && last <= room ? from : room / 2 - (at + size / 2) * zoom;
    };
    const next = {
      x: this.direction === 'down' ? x : shifted(x, card.x, card.width, this.width),
      y: this.direction === 'down' ? shifted(y, card.y, card.height, this.height) : y,
      zoom,
    };
    if (next.x !== x || next.y !== y) this.viewport = next;
  }

  /** Zoom around the middle of the stage. */
  zoomBy(factor: number): void {
    const { x, y, zoom } = this.viewport;
    const next = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, zoom * factor));
    const middle = { x: this.width / 2, y: this.height / 2 };
    this.moved = true;
    this.viewport = {
      x: middle.x - ((middle.x - x) * next) / zoom,
      y: middle.y - ((middle.y - y) * next) / zoom,
      zoom: next,
    };
  }

  toggleRun(id: string): void {
    if (!this.open.delete(id)) this.open.add(id);
    this.fit();
  }

  scrollUnits(layer: string, from: number): void {
    this.scrolled.set(layer, Math.max(0, from));
  }

  /** The health of every layer as the diagnosis reads it. */
  get health(): LayerHealth[] {
    return healthOf(this.session.experiment, this.models, this.statistics);
  }
}

export const LEAST_ZOOM = 0.15;
export const MOST_ZOOM = 3;

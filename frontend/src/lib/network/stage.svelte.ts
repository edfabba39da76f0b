/**
 * The state of the network view: how large it is, where one looks, which runs are open, and the layout that follows.
 * Components read it through context; drawings read it once per animation frame.
 */

import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import { collapse, foldableRuns, type Item } from '../render/collapse';
import type { LayerHealth } from '../render/diagnose';
import { layoutNetwork, room, type Card, type NetworkLayout } from '../render/layout';
import { layerTitle, networkModel, type LayerModel } from '../render/model';
import { isVisible, type View } from '../render/viewport';
import type { Selection } from '../state/selection.svelte';
import type { Session } from '../state/session.svelte';
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

  readonly models: LayerModel[] = $derived.by(() => networkModel(this.session.experiment, this.session.facts));
  readonly byName: ReadonlyMap<string, LayerModel> = $derived(new Map(this.models.map((model) => [model.name, model])));
  readonly compact: boolean = $derived.by(() => this.selection.neuron !== null && !this.isPhone());
  readonly direction = $derived.by(() => (this.isPhone() ? ('down' as const) : ('right' as const)));
  readonly #space = $derived({
    stageWidth: Math.max(320, this.width),
    stageHeight: Math.max(240, this.height),
    direction: this.direction,
  });
  readonly items: Item[] = $derived(collapse(this.models, room(this.#space), this.open));
  readonly layout: NetworkLayout = $derived(
    layoutNetwork(this.items, { ...this.#space, compact: this.compact, scrolled: this.scrolled, mostCells: MOST_CELLS }),
  );
  readonly far: boolean = $derived(this.viewport.zoom < FAR);
  /** Opened runs one could fold again, with their length. */
  readonly foldable: ReadonlyMap<string, number> = $derived.by(() => {
    const runs = foldableRuns(this.models);
    return new Map([...runs].filter(([id]) => this.open.has(id)));
  });

  constructor(
    readonly session: Session,
    readonly selection: Selection,
    private readonly isPhone: () => boolean,
  ) {}

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
    return this.models.flatMap((model, position) => {
      const found = this.statistics.get(model.name);
      if (found === undefined || model.role === 'input') return [];
      const { dead, saturated, gradient, finite } = found;
      return [{ title: layerTitle(model), position, role: model.role, units: model.units, dead, saturated, gradient, finite }];
    });
  }
}

export const LEAST_ZOOM = 0.15;
export const MOST_ZOOM = 3;

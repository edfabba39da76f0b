/** What the network view subscribes to, given what is visible. Pure: asks in, nothing out. */

import type { Card } from '../render/layout';
import { INPUT, sourceOf, type LayerModel } from '../render/model';
import type { Axes } from '../state/axes';
import type { ChosenSample } from '../state/selection.svelte';
import type { SubscribeAsk } from '../state/subscription.svelte';

/** Weight matrices larger than this come pooled and are shown as an image. */
export const MOST_CELLS = 4_096;
/** With more maps than this on the screen they come coarser, so that a frame stays below 30 KB. */
const MANY_MAPS = 64;
const FINE = 20;
const COARSE = 10;
const LIVE_FPS = 30;
const INPUT_FPS = 1;
/** Matrices this large in sum are dear to send and to read. */
const HEAVY_CELLS = 8_192;
const HEAVY_FPS = 10;
const GRADIENT_FPS = 5;
const STATISTICS_FPS = 2;
/** The statistics of a network this deep take longer to draw up than to read. */
const DEEP_LAYERS = 40;
const DEEP_STATISTICS_FPS = 0.5;

export interface Looking {
  /** Cards on the screen. */
  readonly cards: readonly Card[];
  readonly models: readonly LayerModel[];
  readonly sample: ChosenSample;
  /** What maps are drawn over; left out on data of the plane. */
  readonly axes?: Axes | undefined;
  /** Gradients are only drawn while training runs. */
  readonly running: boolean;
}

/** A window of units of some layers, as one `maps` subscription asks for it. */
export interface MapWindow {
  /** What stays the same while one looks around, so that a window is followed rather than opened anew. */
  readonly key: string;
  readonly layers: readonly string[];
  readonly from: number;
  readonly ask: SubscribeAsk;
}

export interface Asks {
  readonly maps: readonly MapWindow[];
  readonly activations: SubscribeAsk | null;
  readonly weights: SubscribeAsk | null;
  readonly gradients: SubscribeAsk | null;
  readonly statistics: SubscribeAsk | null;
}

export function asksFor({ cards, models, sample, axes, running }: Looking): Asks {
  const shown = cards.flatMap(({ item }) => (item.kind === 'layer' ? [item.layer] : []));
  const names = shown.filter((layer) => !layer.fresh).map((layer) => layer.name);
  const weighted = shown.filter((layer) => layer.role !== 'input');
  const cells = weighted.reduce((sum, layer) => sum + Math.min(MOST_CELLS, layer.units * before(layer, models)), 0);
  const layers = namesOrAll(weighted, models);
  const known = models.filter((model) => !model.fresh).map((model) => model.name);
  const fps = cells > HEAVY_CELLS ? HEAVY_FPS : LIVE_FPS;
  return {
    maps: mapWindows(cards, models).map((window) => over(window, axes)),
    activations: names.length > 0 ? { stream: 'activations', layers: names, sample, max_fps: fps } : null,
    // As often as the activations, so that a signal's two factors are of one moment.
    weights: layers === null ? null : { stream: 'weights', layers, max_cells: MOST_CELLS, max_fps: fps },
    gradients:
      running && layers !== null ? { stream: 'gradients', layers, max_cells: MOST_CELLS, max_fps: GRADIENT_FPS } : null,
    statistics: { stream: 'statistics', layers: known, max_fps: statisticsFps(known.length) },
  };
}

/** How often the health of so many layers is asked for. */
export const statisticsFps = (layers: number): number => (layers > DEEP_LAYERS ? DEEP_STATISTICS_FPS : STATISTICS_FPS);

/**
 * "all" where all are on the screen: such a channel outlives every edit, so the server prepares it once. Null for none.
 */
function namesOrAll(shown: readonly LayerModel[], models: readonly LayerModel[]): 'all' | string[] | null {
  const computing = models.filter((model) => model.role !== 'input').length;
  if (shown.length === computing) return 'all';
  const names = shown.filter((layer) => !layer.fresh).map((layer) => layer.name);
  return names.length > 0 ? names : null;
}

function mapWindows(cards: readonly Card[], models: readonly LayerModel[]): MapWindow[] {
  const mapped = cards.flatMap((card) => {
    if (card.item.kind !== 'layer' || card.item.layer.picture !== 'map') return [];
    return [{ layer: card.item.layer, from: card.shown[0], to: card.shown[1] }];
  });
  const tiles = mapped.reduce((sum, { from, to }) => sum + to - from, 0);
  const resolution = tiles > MANY_MAPS ? COARSE : FINE;
  const computing = mapped.filter(({ layer }) => layer.role !== 'input');
  const start = computing.filter(({ from }) => from === 0);
  const widest = Math.max(0, ...start.map(({ to }) => to));
  const cut = start.some(({ layer }) => layer.units > widest);
  const layers = namesOrAll(start.map(({ layer }) => layer), models);
  const names = start.map(({ layer }) => layer.name);
  return [
    ...(mapped.length > computing.length ? [INPUT_WINDOW] : []),
    ...(layers === null ? [] : [window('', names, layers, 0, cut ? [0, widest] : null, resolution)]),
    ...computing
      .filter(({ from, layer }) => from > 0 && !layer.fresh)
      .map(({ layer, from, to }) => window(layer.name, [layer.name], [layer.name], from, [from, to], resolution)),
  ];
}

const over = (window: MapWindow, axes: Axes | undefined): MapWindow =>
  axes === undefined ? window : { ...window, ask: { ...window.ask, axes } as SubscribeAsk };

/** What the inputs answer over the plane never changes while they stay the same. */
const INPUT_WINDOW: MapWindow = {
  key: INPUT,
  layers: [INPUT],
  from: 0,
  ask: { stream: 'maps', layers: [INPUT], resolution: FINE, max_fps: INPUT_FPS },
};

function window(
  key: string,
  names: string[],
  layers: 'all' | string[],
  from: number,
  units: [number, number] | null,
  resolution: 10 | 20,
): MapWindow {
  const ask: SubscribeAsk = { stream: 'maps', layers, resolution, max_fps: LIVE_FPS, ...(units === null ? {} : { units }) };
  return { key, layers: names, from, ask };
}

function before(layer: LayerModel, models: readonly LayerModel[]): number {
  return sourceOf(layer, models)?.units ?? models.find((model) => model.name === INPUT)?.units ?? 1;
}

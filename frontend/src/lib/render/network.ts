/**
 * The network as it is now: links (on their own canvas, repainted rarely), and above them pulses, halos and tiles.
 *
 * It draws only what it is told through `show`, `see` and `refresh`, and moves only while training runs.
 */

import { keyOf, type CellPlace } from '../state/cells';
import type { Palette } from './colors';
import { pointOn, type Curve, type Point } from './curves';
import { paintFlow, type Flow } from './flow';
import { biasPoint, linkAt, placeOf as cellOf } from './hit';
import type { Card, NetworkLayout, Tile } from './layout';
import { linksOf, type GapLinks } from './links';
import type { Renderer } from './loop';
import { paintHeld, paintImportance, paintKnobs, paintMarked, paintSelection, paintTitles, type HeldMark } from './marks';
import { INPUT, type LayerModel } from './model';
import { CELL_GAIN, paintList, paintTiles, type TilePainting } from './painting';
import { placeOf, progress, pulsesOf, ringsOf, type Pulse, type Ring } from './pulses';
import { Sprites } from './sprites';
import { TilePictures, type PictureSources } from './tiles';
import { projection, type Channels, type LinkValue, type NetworkValues } from './values';
import { begin, isVisible, sameView, type View } from './viewport';
import { Wires } from './wires';

/** What is drawn; a new object whenever the network, the theme or the space changes. */
export interface Scene {
  readonly layout: NetworkLayout;
  readonly models: readonly LayerModel[];
  readonly palette: Palette;
  /** The most cells of a weight matrix that come unpooled. */
  readonly mostCells: number;
}

/** What changes by itself or by the hand, without a new scene. */
export interface Mood {
  readonly running: boolean;
  readonly updatesPerSecond: number | null;
  readonly reducedMotion: boolean;
  readonly selected: { readonly layer: string; readonly unit: number } | null;
  /** Weights and biases that are held at a value. */
  readonly pins: readonly CellPlace[];
  /** Units that are held at a value, or whose weights stay. */
  readonly held: readonly HeldMark[];
  /** The weight or bias that is pointed at or edited. */
  readonly marked: CellPlace | null;
  /** By layer: how much the loss rises without each unit; null while that is not asked. */
  readonly importance: ReadonlyMap<string, ArrayLike<number>> | null;
  /** Where slow motion is; null while it is not open. */
  readonly flow: Flow | null;
}

const REST: Mood = {
  running: false,
  updatesPerSecond: null,
  reducedMotion: false,
  selected: null,
  pins: [],
  held: [],
  marked: null,
  importance: null,
  flow: null,
};
/** Where on its wire a pinned weight has its knob: near the neuron it feeds, where wires have parted. */
const KNOB_SHARE = 0.82;

export class NetworkRenderer implements Renderer {
  private readonly wires: Wires;
  private scene: Scene | null = null;
  private view: View | null = null;
  private mood: Mood = REST;
  private gaps: GapLinks[] = [];
  private pictures: TilePictures | null = null;
  private sprites: Sprites | null = null;
  private pulses: readonly Pulse[] = [];
  private rings: readonly Ring[] = [];
  private dirty = true;
  /** How far pulses have come, in crossings. Advances only while training runs. */
  private crossings = 0;
  private before: number | null = null;
  private outputActivation: string | undefined;
  private visibleGaps: readonly GapLinks[] = [];

  constructor(
    wiresCanvas: HTMLCanvasElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly values: NetworkValues,
  ) {
    this.wires = new Wires(wiresCanvas);
  }

  show(scene: Scene): void {
    const { layout, models, palette } = scene;
    if (this.scene?.layout !== layout || this.scene.mostCells !== scene.mostCells) {
      this.gaps = linksOf(layout, scene.mostCells);
    }
    if (this.scene?.layout !== layout || this.scene.models !== models) {
      this.pictures = new TilePictures(layout, new Map(models.map((model) => [model.name, model])));
    }
    if (this.scene?.palette !== palette) this.sprites = null;
    this.scene = scene;
    this.dirty = true;
  }

  see(view: View): void {
    if (sameView(this.view, view)) return;
    this.view = view;
    this.dirty = true;
  }

  feel(mood: Mood): void {
    this.mood = mood;
    this.dirty = true;
  }

  /** Frames arrived: take their numbers over. */
  refresh(channels: Channels, sources: PictureSources): void {
    if (this.scene === null) return;
    this.values.refresh(sources.frames, channels, this.scene.models);
    this.outputActivation = sources.outputActivation;
    this.pictures?.refresh(sources);
    this.pulses = pulsesOf(this.gaps, this.values);
    this.rings = this.mood.running ? ringsOf(this.gaps, this.values) : [];
    this.dirty = true;
  }

  /** Draw nothing of what came before. */
  forget(): void {
    this.pictures?.clear();
    this.pulses = [];
    this.rings = [];
    this.dirty = true;
  }

  /** The numbers behind a drawn link, for whoever asks what it shows. */
  link(from: string, fromUnit: number, to: string, toUnit: number): (LinkValue & { strength: number }) | undefined {
    const value = this.values.link(from, fromUnit, to, toUnit);
    if (value === undefined) return undefined;
    const pulse = this.pulses.find(
      ({ link }) => link.from.layer === from && link.from.unit === fromUnit && link.to.layer === to && link.to.unit === toUnit,
    );
    return { ...value, strength: pulse?.strength ?? 0 };
  }

  /** The activation a tile glows with. */
  activation(layer: string, unit: number): number | undefined {
    const model = this.scene?.models.find(({ name }) => name === layer);
    return model === undefined ? undefined : this.values.ofUnit(model, unit);
  }

  get linkPaints(): number {
    return this.wires.paints;
  }

  /** The weight or bias at a point of the stage, in CSS pixels; `biasOnly` where a neuron covers its wires. */
  cellAt(x: number, y: number, reach: number, biasOnly: boolean): CellPlace | null {
    const { scene, view } = this;
    if (scene === null || view === null) return null;
    const [left, top, near] = [(x - view.x) / view.zoom, (y - view.y) / view.zoom, reach / view.zoom];
    for (const card of scene.layout.cards) {
      for (const tile of card.tiles) {
        const bias = tile.layer === INPUT ? null : biasPoint(card, tile);
        if (bias && Math.hypot(left - bias.x, top - bias.y) < near) return { layer: tile.layer, unit: tile.unit, source: null };
      }
    }
    const gaps = this.visibleGaps.filter(({ to }) => this.values.weightsInto(to)?.pooled === false);
    const link = biasOnly ? null : linkAt(gaps, left, top, near);
    return link && cellOf(link);
  }

  valueAt({ layer, unit, source }: CellPlace): number | undefined {
    const matrix = this.values.weightsInto(layer);
    if (source === null) return matrix?.bias[unit];
    return matrix === undefined || matrix.pooled ? undefined : matrix.data[unit * matrix.columns + source];
  }

  /** Where a weight or bias is drawn; null where it is not drawn on its own. */
  private drawnAt(place: CellPlace): Curve | Point | null {
    if (place.source === null) {
      const card = this.scene?.layout.cards.find(({ tiles }) => tiles[0]?.layer === place.layer);
      const tile = this.findTile(place.layer, place.unit);
      return card && tile ? biasPoint(card, tile) : null;
    }
    const gap = this.gaps.find(({ form, to }) => form === 'links' && to === place.layer);
    return gap?.links.find((link) => keyOf(cellOf(link)) === keyOf(place))?.curve ?? null;
  }

  private paintCells(context: CanvasRenderingContext2D, palette: Palette): void {
    const marked = this.mood.marked && this.drawnAt(this.mood.marked);
    if (marked) paintMarked(context, marked, palette);
    const drawn = this.mood.pins.map((pin) => this.drawnAt(pin)).filter((at) => at !== null);
    paintKnobs(context, drawn.map((at) => ('x' in at ? at : pointOn(at, KNOB_SHARE))), palette);
  }

  /** Draw what a visible unit's tile shows into a square at the origin: its picture, or its glow. */
  drawUnit(context: CanvasRenderingContext2D, layer: string, unit: number, size: number): void {
    const tile = this.findTile(layer, unit);
    if (tile !== null && this.pictures?.has(tile) === true) {
      this.pictures.draw(context, tile, 0, 0, size);
      return;
    }
    const value = this.values.activation(layer, unit);
    if (value === undefined || this.scene === null) return;
    context.fillStyle = this.scene.palette.ramp.css(CELL_GAIN * this.relativeIn(layer)(value));
    context.fillRect(0, 0, size, size);
  }

  draw(now: number): boolean {
    const { scene, view } = this;
    if (scene === null || view === null || view.width === 0) return false;
    const { running, reducedMotion, flow } = this.mood;
    const moving = !reducedMotion && (flow !== null || (running && this.pulses.length + this.rings.length > 0));
    if (moving && this.before !== null) this.crossings += progress(now - this.before, this.mood.updatesPerSecond);
    this.before = moving ? now : null;
    const visible = this.gaps.filter(({ gap }) => isVisible(span(gap.from, gap.to), view));
    const selected = this.mood.selected && this.findTile(this.mood.selected.layer, this.mood.selected.unit);
    const waiting = this.wires.draw(
      { gaps: this.sameGaps(visible), values: this.values, palette: scene.palette, view, selected, running: this.mood.running },
      now,
    );
    if (this.dirty || moving) this.paint(scene, view, selected);
    this.dirty = false;
    return moving || waiting;
  }

  /** The same array while the same gaps are visible: that is how the link layer knows nothing changed. */
  private sameGaps(gaps: readonly GapLinks[]): readonly GapLinks[] {
    const same = gaps.length === this.visibleGaps.length && gaps.every((gap, index) => gap === this.visibleGaps[index]);
    if (!same) this.visibleGaps = gaps;
    return this.visibleGaps;
  }

  private paint(scene: Scene, view: View, selected: Tile | null): void {
    const context = begin(this.canvas, view);
    if (context === null) return;
    const { palette, layout } = scene;
    // Sprites are made for the screen's density and reused at any zoom.
    if (this.sprites === null || this.sprites.density !== view.density) this.sprites = new Sprites(palette, view.density);
    this.paintPulses(context, this.sprites, view, selected);
    this.paintRings(context, palette, view);
    if (this.mood.flow !== null) paintFlow(context, this.visibleGaps, this.mood.flow, this.mood.reducedMotion ? 0.5 : this.crossings, palette);
    const models = new Map(scene.models.map((model) => [model.name, model]));
    for (const card of layout.cards) {
      if (card.tiles.length === 0 || !isVisible(card, view)) continue;
      const painting = this.paintingOf(card, scene, models, this.sprites);
      paintTiles(context, painting);
      if (card.list) paintList(context, painting);
    }
    for (const mark of this.mood.held) {
      const tile = this.findTile(mark.layer, mark.unit);
      if (tile !== null) paintHeld(context, tile, mark, palette);
    }
    if (this.mood.importance !== null) paintImportance(context, layout, this.mood.importance, palette);
    this.paintCells(context, palette);
    if (layout.direction === 'down') paintTitles(context, layout, palette, view);
    if (selected !== null) paintSelection(context, selected, palette, layout, view);
  }

  private paintingOf(card: Card, scene: Scene, models: ReadonlyMap<string, LayerModel>, sprites: Sprites): TilePainting {
    const model = card.item.kind === 'layer' ? models.get(card.item.layer.name) : undefined;
    const name = model?.name ?? '';
    return {
      card,
      model: model ?? null,
      palette: scene.palette,
      sprites,
      pictures: this.pictures,
      direction: scene.layout.direction,
      activation: (unit) => (model === undefined ? undefined : this.values.ofUnit(model, unit)),
      relative: this.relativeIn(name),
      bias: (unit) => (name === INPUT ? undefined : this.values.bias(name, unit)),
    };
  }

  private relativeIn(layer: string): (value: number) => number {
    return projection(layer, this.outputActivation, this.values.scale(layer));
  }

  private paintPulses(context: CanvasRenderingContext2D, sprites: Sprites, view: View, selected: Tile | null): void {
    for (const { link, signal, strength } of this.pulses) {
      const touches =
        selected === null ||
        sameUnit(link.to, selected) ||
        sameUnit(link.from, selected);
      if (!touches && strength < 0.45) continue;
      if (!this.isPassing(link.to.layer)) continue;
      const place = this.mood.reducedMotion ? 0.5 : placeOf(link.phase, this.crossings);
      const { x, y } = pointOn(link.curve, place);
      if (!isVisible({ x, y, width: 0, height: 0 }, view, 12)) continue;
      const sprite = sprites.pulse(signal < 0 ? -strength : strength);
      context.drawImage(sprite.image, x - sprite.reach, y - sprite.reach, 2 * sprite.reach, 2 * sprite.reach);
    }
  }

  /** In slow motion one layer's signals move, and only on the way forward. */
  private isPassing(to: string): boolean {
    const { flow } = this.mood;
    return flow === null || (flow.direction === 'forward' && flow.layer === to);
  }

  private paintRings(context: CanvasRenderingContext2D, palette: Palette, view: View): void {
    if (!this.mood.running) return;
    context.strokeStyle = palette.ink2;
    context.lineWidth = 1;
    for (const { link, strength } of this.rings) {
      const place = this.mood.reducedMotion ? 0.5 : 1 - placeOf(link.phase * 3.3, this.crossings);
      const { x, y } = pointOn(link.curve, place);
      if (!isVisible({ x, y, width: 0, height: 0 }, view, 4)) continue;
      context.globalAlpha = 0.25 + 0.6 * strength;
      context.beginPath();
      context.arc(x, y, 1.4 + 1.4 * strength, 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  private findTile(layer: string, unit: number): Tile | null {
    for (const card of this.scene?.layout.cards ?? []) {
      const first = card.tiles[0];
      if (first?.layer === layer) return card.tiles[unit - first.unit] ?? null;
    }
    return null;
  }
}

function sameUnit(one: Tile, other: Tile): boolean {
  return one.layer === other.layer && one.unit === other.unit;
}

function span(from: Card, to: Card): { x: number; y: number; width: number; height: number } {
  const x = Math.min(from.x, to.x);
  const y = Math.min(from.y, to.y);
  return {
    x,
    y,
    width: Math.max(from.x + from.width, to.x + to.width) - x,
    height: Math.max(from.y + from.height, to.y + to.height) - y,
  };
}

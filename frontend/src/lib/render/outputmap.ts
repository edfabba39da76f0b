/**
 * The large map of the right panel: an answer over the plane, its zero contour, and the samples on top. Two canvases:
 * the map is repainted with each frame, the samples only when they change.
 */
import { PLANE_EDGE } from '../state/data';
import type { TensorView } from '../wire/frame';
import { OUTPUT_GAIN, type Palette } from './colors';
import { contourLines, traceContour } from './contour';
import { traceMark, type Dots, type Marking } from './points';
import { prepare } from './surface';

/** x1 low, x1 high, x2 low, x2 high. */
export type Domain = readonly [number, number, number, number];

export const WHOLE_PLANE: Domain = [-PLANE_EDGE, PLANE_EDGE, -PLANE_EDGE, PLANE_EDGE];

export interface MapView {
  /** U8 (units, r, r), row 0 the top, and its F32 range. */
  levels: TensorView;
  range: TensorView;
  /** Which of the units is shown, by place in `levels`. */
  unit: number;
  /** Value to [−1, 1]; zero is where the contour runs. */
  project: (value: number) => number;
  /** Only the side of zero counts. */
  hardEdges: boolean;
}

export interface PointsView {
  domain: Domain;
  marks: Marking;
  train: Dots | null;
  test: Dots | null;
  /** The sample that walks through the network, in plane coordinates, and its target where it is known. */
  walked: { x1: number; x2: number; target: number | null } | null;
  /** Samples to look at, drawn with a ring whether or not their split is. */
  ringed?: { dots: Dots; indices: readonly number[] } | null;
  /** Of a mark, in CSS pixels. */
  radius?: number;
  /** The answer of another run, of which only the contour is drawn, dashed. */
  ghost?: Pick<MapView, 'levels' | 'range' | 'unit' | 'project'> | null;
}

const RADIUS = 3;
const RING = 7;
const DASH = [5, 4];

export class OutputMap {
  readonly #tile = document.createElement('canvas');
  #values = new Float32Array(0);

  constructor(
    private readonly map: HTMLCanvasElement,
    private readonly points: HTMLCanvasElement,
  ) {}

  /** Values of the last drawn map in [−1, 1], row by row from the top; for the text alternative. */
  get values(): Float32Array {
    return this.#values;
  }

  drawMap({ levels, range, unit, project, hardEdges }: MapView, palette: Palette): void {
    const resolution = levels.shape[1] ?? 0;
    const surface = prepare(this.map);
    if (!surface || resolution === 0) return;
    const { context, width, height } = surface;
    if (this.#values.length !== resolution * resolution) this.#values = new Float32Array(resolution * resolution);
    const values = valuesOf({ levels, range, unit, project }, this.#values);
    this.#paintTile(values, resolution, palette, hardEdges);
    context.imageSmoothingEnabled = !hardEdges;
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.#tile, 0, 0, width, height);
    context.globalAlpha = 0.55;
    context.strokeStyle = palette.ink;
    context.lineWidth = 1;
    context.beginPath();
    traceContour(context, values, resolution, width / resolution, height / resolution);
    context.stroke();
    context.globalAlpha = 1;
  }

  clearMap(): void {
    prepare(this.map);
  }

  drawPoints(view: PointsView, palette: Palette): void {
    const surface = prepare(this.points);
    if (!surface) return;
    const { context, width, height } = surface;
    const place = placer(view.domain, width, height);
    if (view.ghost) this.#drawGhost(context, view.ghost, palette, width, height);
    if (view.test) this.#drawDots(context, view.test, view, palette, place, true);
    if (view.train) this.#drawDots(context, view.train, view, palette, place, false);
    if (view.ringed) this.#drawRinged(context, view.ringed, view.marks, palette, place);
    if (view.walked) {
      const [x, y] = place(view.walked.x1, view.walked.x2);
      const { target } = view.walked;
      traceMark(context, target === null ? 0 : view.marks.shape(target), x, y, RADIUS);
      context.fillStyle = target === null ? palette.ink : palette.ramp.css(view.marks.tone(target));
      context.fill();
      context.beginPath();
      context.arc(x, y, RING, 0, 2 * Math.PI);
      context.lineWidth = 2;
      context.strokeStyle = palette.accent;
      context.stroke();
    }
  }

  #drawRinged(
    context: CanvasRenderingContext2D,
    { dots, indices }: NonNullable<PointsView['ringed']>,
    marks: Marking,
    palette: Palette,
    place: (x1: number, x2: number) => readonly [number, number],
  ): void {
    context.lineWidth = 1.25;
    for (const index of indices) {
      if (index >= dots.count) continue;
      const target = dots.targets[index] ?? 0;
      const [x, y] = place(dots.inputs[index * dots.columns] ?? 0, dots.inputs[index * dots.columns + 1] ?? 0);
      traceMark(context, marks.shape(target), x, y, RADIUS);
      context.fillStyle = palette.ramp.css(marks.tone(target));
      context.fill();
      context.beginPath();
      context.arc(x, y, RING, 0, 2 * Math.PI);
      context.strokeStyle = palette.ink;
      context.stroke();
    }
  }

  /** Dashed lines go on from cell to cell, so they are drawn whole. */
  #drawGhost(context: CanvasRenderingContext2D, ghost: NonNullable<PointsView['ghost']>, palette: Palette, wide: number, high: number): void {
    const resolution = ghost.levels.shape[1] ?? 0;
    const values = valuesOf(ghost, new Float32Array(resolution * resolution));
    context.save();
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.5;
    context.setLineDash(DASH);
    context.beginPath();
    for (const line of contourLines(values, resolution, wide / resolution, high / resolution)) {
      for (let at = 0; at < line.length; at += 2) context[at === 0 ? 'moveTo' : 'lineTo'](line[at] ?? 0, line[at + 1] ?? 0);
    }
    context.stroke();
    context.restore();
  }

  #paintTile(values: Float32Array, resolution: number, palette: Palette, hardEdges: boolean): void {
    this.#tile.width = this.#tile.height = resolution;
    const context = this.#tile.getContext('2d');
    if (!context) return;
    const image = context.createImageData(resolution, resolution);
    const pixels = new Uint32Array(image.data.buffer);
    for (let cell = 0; cell < values.length; cell++) {
      const value = values[cell] ?? 0;
      pixels[cell] = palette.ramp.pixel(OUTPUT_GAIN * (hardEdges ? Math.sign(value) : value));
    }
    context.putImageData(image, 0, 0);
  }

  /** Training samples are filled, test samples are rings. */
  #drawDots(
    context: CanvasRenderingContext2D,
    dots: Dots,
    { marks, radius = RADIUS }: PointsView,
    palette: Palette,
    place: (x1: number, x2: number) => readonly [number, number],
    hollow: boolean,
  ): void {
    context.lineWidth = radius > 2 ? 1.25 : 0.75;
    for (let index = 0; index < dots.count; index++) {
      const target = dots.targets[index] ?? 0;
      const at = index * dots.columns;
      const [x, y] = place(dots.inputs[at] ?? 0, dots.inputs[at + 1] ?? 0);
      const colour = palette.ramp.css(marks.tone(target));
      traceMark(context, marks.shape(target), x, y, hollow ? radius - 0.4 : radius);
      if (!hollow) {
        context.fillStyle = colour;
        context.fill();
      }
      context.strokeStyle = hollow ? colour : palette.theme === 'dark' ? palette.bg : palette.card;
      context.stroke();
    }
  }
}

/** One unit of a map in [−1, 1], row by row from the top, written into `values`. */
function valuesOf({ levels, range, unit, project }: Omit<MapView, 'hardEdges'>, values: Float32Array): Float32Array {
  const low = range.data[0] ?? 0;
  const high = range.data[1] ?? 0;
  const table = Float32Array.from({ length: 256 }, (_, level) => project(low + ((high - low) * level) / 255));
  const from = unit * values.length;
  for (let cell = 0; cell < values.length; cell++) values[cell] = table[levels.data[from + cell] ?? 0] ?? 0;
  return values;
}

/** Plane coordinates to CSS pixels. */
export function placer(domain: Domain, width: number, height: number): (x1: number, x2: number) => readonly [number, number] {
  const [left, right, bottom, top] = domain;
  return (x1, x2) => [((x1 - left) / (right - left)) * width, ((top - x2) / (top - bottom)) * height];
}

/** The sample nearest to a place, within `reach`; `unit` is what counts as one along each axis. */
export function nearest(
  dots: Dots,
  [x1, x2]: readonly [number, number],
  reach: number,
  unit: readonly [number, number] = [1, 1],
): { index: number; distance: number } | null {
  let best: { index: number; distance: number } | null = null;
  for (let index = 0; index < dots.count; index++) {
    const at = index * dots.columns;
    const distance = Math.hypot(((dots.inputs[at] ?? 0) - x1) / unit[0], ((dots.inputs[at + 1] ?? 0) - x2) / unit[1]);
    if (distance <= reach && (best === null || distance < best.distance)) best = { index, distance };
  }
  return best;
}

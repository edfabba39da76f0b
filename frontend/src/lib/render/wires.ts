/**
 * The link layer: drawn on a canvas of its own and only when it would look different, since curves are what costs most.
 */

import type { Palette } from './colors';
import { kernelMeans, largestMove, linkOpacity, linkWidth, relativeWeight, type GapLinks, type Link } from './links';
import type { Tile } from './layout';
import type { Matrix, NetworkValues } from './values';
import { begin, sameView, type View } from './viewport';

export interface WireScene {
  readonly gaps: readonly GapLinks[];
  readonly values: NetworkValues;
  readonly palette: Palette;
  readonly view: View;
  /** The selected neuron: its links stand out. */
  readonly selected: Tile | null;
  readonly running: boolean;
}

/** Relative weights that moved less than this look the same. */
const VISIBLE_MOVE = 0.015;
const REPAINT_MS = 250;
/** Links share a stroke per level of |weight|: one path each is a fraction of the cost. */
const LEVELS = 20;
const MATRIX_SIDE = 96;
/** Radius of the corners of a line around cards. */
const CORNER = 12;

export class Wires {
  private painted: { gaps: readonly GapLinks[]; palette: Palette; view: View; selected: Tile | null } | null = null;
  private paintedWeights: ReadonlyMap<string, Matrix> = new Map();
  private paintedAt = -Infinity;
  /** How often it was painted: for measurements. */
  paints = 0;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** Repaint if it would look different. Returns true when it wants to be asked again soon. */
  draw(scene: WireScene, now: number): boolean {
    const laidOutAnew =
      this.painted === null ||
      this.painted.gaps !== scene.gaps ||
      this.painted.palette !== scene.palette ||
      this.painted.selected !== scene.selected ||
      !sameView(this.painted.view, scene.view);
    if (!laidOutAnew) {
      if (this.paintedWeights === scene.values.allWeights()) return false;
      const move = largestMove(this.paintedWeights, scene.values, scene.gaps);
      if (move === 0 || (scene.running && move < VISIBLE_MOVE)) return false;
      if (move !== Infinity && now - this.paintedAt < REPAINT_MS) return true;
    }
    this.paint(scene);
    this.painted = { gaps: scene.gaps, palette: scene.palette, view: scene.view, selected: scene.selected };
    this.paintedWeights = scene.values.allWeights();
    this.paintedAt = now;
    this.paints++;
    return false;
  }

  private paint(scene: WireScene): void {
    const context = begin(this.canvas, scene.view);
    if (context === null) return;
    for (const gap of scene.gaps) {
      const matrix = scene.values.weightsInto(gap.to);
      if (gap.form === 'route') paintRoute(context, gap, scene.palette);
      else if (gap.form === 'kernels') paintKernels(context, gap, scene);
      else if (gap.form === 'threads' || gap.form === 'bundle') paintThreads(context, gap, scene.palette);
      else if (matrix !== undefined && (gap.form === 'matrix' || matrix.pooled)) paintMatrix(context, gap, matrix, scene.palette);
      else if (matrix !== undefined) paintLinks(context, gap, matrix, scene);
    }
  }
}

function paintThreads(context: CanvasRenderingContext2D, gap: GapLinks, palette: Palette): void {
  context.globalAlpha = 0.55;
  context.strokeStyle = palette.line3;
  context.lineWidth = 1;
  context.beginPath();
  for (const { curve } of gap.links) trace(context, curve);
  context.stroke();
  context.globalAlpha = 1;
}

/** As threads until the weights are there. */
function paintKernels(context: CanvasRenderingContext2D, gap: GapLinks, scene: WireScene): void {
  const matrix = scene.values.weightsInto(gap.to);
  const { item } = gap.gap.from;
  const means = matrix && item.kind === 'layer' ? kernelMeans(matrix, item.layer.units) : undefined;
  if (means === undefined) paintThreads(context, gap, scene.palette);
  else paintLinks(context, gap, means, scene);
}

/** A line with rounded corners. */
function paintRoute(context: CanvasRenderingContext2D, { gap }: GapLinks, palette: Palette): void {
  const route = gap.route ?? [];
  const [first, ...rest] = route;
  if (first === undefined) return;
  context.strokeStyle = palette.line3;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(first.x, first.y);
  rest.forEach((corner, index) => {
    const next = rest[index + 1];
    if (next === undefined) context.lineTo(corner.x, corner.y);
    else context.arcTo(corner.x, corner.y, next.x, next.y, CORNER);
  });
  context.stroke();
}

function paintLinks(context: CanvasRenderingContext2D, gap: GapLinks, matrix: Matrix, scene: WireScene): void {
  const { selected, palette } = scene;
  const isHot = (link: Link): boolean =>
    selected !== null &&
    ((link.to.layer === selected.layer && link.to.unit === selected.unit) ||
      (link.from.layer === selected.layer && link.from.unit === selected.unit));
  const rest = new Map<number, Link[]>();
  const hot = new Map<number, Link[]>();
  for (const link of gap.links) {
    const relative = relativeWeight(matrix, link);
    const level = Math.round(Math.abs(relative) * LEVELS) * (relative < 0 ? -1 : 1);
    const levels = isHot(link) ? hot : rest;
    const links = levels.get(level);
    if (links === undefined) levels.set(level, [link]);
    else links.push(link);
  }
  strokeLevels(context, rest, palette, selected === null ? 'rest' : 'dimmed');
  strokeLevels(context, hot, palette, 'selected');
  context.globalAlpha = 1;
}

/** The weakest first, so that strong links lie on top. */
function strokeLevels(
  context: CanvasRenderingContext2D,
  levels: Map<number, Link[]>,
  palette: Palette,
  state: 'rest' | 'selected' | 'dimmed',
): void {
  for (const [level, links] of [...levels].sort(([a], [b]) => Math.abs(a) - Math.abs(b))) {
    const relative = level / LEVELS;
    context.strokeStyle = level < 0 ? palette.neg : palette.pos;
    context.lineWidth = linkWidth(relative);
    context.globalAlpha = linkOpacity(relative, palette.theme, state);
    context.beginPath();
    for (const { curve } of links) trace(context, curve);
    context.stroke();
  }
}

/** Rows are receiving units, columns sending ones; it stands in the middle of the gap. */
function paintMatrix(context: CanvasRenderingContext2D, { gap }: GapLinks, matrix: Matrix, palette: Palette): void {
  const middle = matrixBox(gap);
  const image = document.createElement('canvas');
  image.width = matrix.columns;
  image.height = matrix.rows;
  const inside = image.getContext('2d');
  if (inside === null) return;
  const data = inside.createImageData(matrix.columns, matrix.rows);
  const words = new Uint32Array(data.data.buffer);
  for (let cell = 0; cell < words.length; cell++) {
    words[cell] = palette.ramp.pixel((0.8 * (matrix.data[cell] ?? 0)) / matrix.largest);
  }
  inside.putImageData(data, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(image, middle.x, middle.y, middle.side, middle.side);
  context.imageSmoothingEnabled = true;
  context.strokeStyle = palette.line3;
  context.lineWidth = 1;
  context.strokeRect(middle.x - 0.5, middle.y - 0.5, middle.side + 1, middle.side + 1);
}

function matrixBox(gap: GapLinks['gap']): { x: number; y: number; side: number } {
  const { from, to } = gap;
  const across = to.x > from.x;
  const side = Math.max(24, Math.min(MATRIX_SIDE, (across ? gap.length : from.width) - 8));
  const x = across ? (from.x + from.width + to.x) / 2 : from.x + from.width / 2;
  const y = across ? from.y + from.height / 2 : (from.y + from.height + to.y) / 2;
  return { x: x - side / 2, y: y - side / 2, side };
}

function trace(context: CanvasRenderingContext2D, curve: Link['curve']): void {
  context.moveTo(curve[0], curve[1]);
  context.bezierCurveTo(curve[2], curve[3], curve[4], curve[5], curve[6], curve[7]);
}

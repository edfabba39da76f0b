/** Rows where two numbers put them, as the signs of their classes: the code of an autoencoder, a layer's view. */
import type { DataSetFacts } from '../schema.gen';
import type { TensorView } from '../wire/frame';
import type { Palette } from './colors';
import { marking, reachOf, traceMark } from './points';
import { prepare } from './surface';

const RADIUS = 3.5;
const RING = 9;
/** Names longer than this are drawn as marks. */
const SHORT = 2;
const MARGIN = 1.08;
/** A cloud that shrinks is followed slowly, one that grows at once, so that the axes do not tremble. */
const SHRINK = 0.98;
const SMALLEST = 1e-6;

export interface CodesView {
  /** (rows, units), of which the first two are shown. */
  codes: TensorView;
  /** Class or number of each row, as far as known. */
  targets: ArrayLike<number>;
  facts: Pick<DataSetFacts, 'task' | 'classes'>;
  /** Of the numbers of a regression. */
  mean: number;
  /** The row that is walked through the network, and its class shown against the rest. */
  chosen: number | null;
}

export class CodeDrawing {
  #half = SMALLEST;
  #width = 1;
  #height = 1;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** How far both axes reach from zero. */
  get reach(): number {
    return this.#half;
  }

  draw({ codes, targets, facts, mean, chosen }: CodesView, palette: Palette): void {
    const surface = prepare(this.canvas);
    if (!surface) return;
    const { context } = surface;
    [this.#width, this.#height] = [surface.width, surface.height];
    this.#follow(codes);
    this.#axes(context, palette);
    const [rows = 0] = codes.shape;
    const own = chosen === null ? 0 : (targets[chosen] ?? 0);
    const { classes } = facts;
    const hasTones = targets.length > 0 && (classes.length > 0 || facts.task === 'regression');
    const marks = marking(facts, own, mean, reachOf(targets, mean));
    const isWritten = classes.length > 0 && classes.every((name) => name.length <= SHORT);
    context.font = `600 11px ${palette.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (let row = 0; row < rows; row++) {
      const [x, y] = this.#place(codes, row);
      const target = targets[row] ?? 0;
      context.fillStyle = hasTones ? palette.ramp.css(marks.tone(target)) : palette.ink2;
      if (isWritten) {
        context.fillText(classes[target] ?? '', x, y);
      } else {
        traceMark(context, marks.shape(target), x, y, RADIUS);
        context.fill();
      }
    }
    if (chosen !== null && chosen < rows) {
      const [x, y] = this.#place(codes, chosen);
      context.beginPath();
      context.arc(x, y, RING, 0, 2 * Math.PI);
      context.lineWidth = 2;
      context.strokeStyle = palette.accent;
      context.stroke();
    }
    context.textAlign = 'start';
    context.textBaseline = 'alphabetic';
  }

  /** The row nearest to a place on the canvas (CSS pixels), within `within` of it. */
  nearest(codes: TensorView, x: number, y: number, within: number): number | null {
    let [best, distance] = [null as number | null, within];
    for (let row = 0; row < (codes.shape[0] ?? 0); row++) {
      const [left, top] = this.#place(codes, row);
      const away = Math.hypot(left - x, top - y);
      if (away < distance) [best, distance] = [row, away];
    }
    return best;
  }

  #place({ data, shape }: TensorView, row: number): readonly [number, number] {
    const at = row * (shape[1] ?? 1);
    const [x, y] = [data[at] ?? 0, (shape[1] ?? 1) > 1 ? (data[at + 1] ?? 0) : 0];
    const scale = Math.min(this.#width, this.#height) / (2 * this.#half);
    return [this.#width / 2 + x * scale, this.#height / 2 - y * scale];
  }

  #follow({ data, shape }: TensorView): void {
    const units = shape[1] ?? 1;
    let farthest = SMALLEST;
    for (let at = 0; at < data.length; at++) if (at % units < 2) farthest = Math.max(farthest, Math.abs(data[at] ?? 0));
    this.#half = Math.max(farthest * MARGIN, this.#half * SHRINK);
  }

  #axes(context: CanvasRenderingContext2D, palette: Palette): void {
    context.strokeStyle = palette.line2;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(this.#width / 2, 0);
    context.lineTo(this.#width / 2, this.#height);
    context.moveTo(0, this.#height / 2);
    context.lineTo(this.#width, this.#height / 2);
    context.stroke();
  }
}

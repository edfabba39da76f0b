/** What is drawn by hand, as the browser draws lines: ink on nothing. Outlives the components that show it. */
import type { Pixels } from './pictured';
import type { Shape } from './scaling';

/** Of the longer side, in pixels: several for each of the largest pictures, few enough to be read at every move. */
const SIDE = 160;

/** A place on the pad, in shares of its width and height. */
export type Spot = readonly [x: number, y: number];

export interface Pen {
  /** Share of the longer side. */
  width: number;
  colour: string;
  isErasing: boolean;
}

export class Sketch {
  readonly canvas = document.createElement('canvas');
  #context = this.canvas.getContext('2d', { willReadFrequently: true });

  constructor() {
    this.canvas.width = this.canvas.height = SIDE;
  }

  /** Of other proportions it begins anew. */
  reshape([rows, columns]: Shape): void {
    const longer = Math.max(rows, columns);
    const [width, height] = [Math.round((SIDE * columns) / longer), Math.round((SIDE * rows) / longer)];
    if (width === this.canvas.width && height === this.canvas.height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }

  line(from: Spot, to: Spot, { width, colour, isErasing }: Pen): void {
    const context = this.#context;
    if (!context) return;
    context.globalCompositeOperation = isErasing ? 'destination-out' : 'source-over';
    context.strokeStyle = colour;
    context.lineWidth = width * SIDE;
    context.lineCap = context.lineJoin = 'round';
    context.beginPath();
    context.moveTo(from[0] * this.canvas.width, from[1] * this.canvas.height);
    // A line of no length would leave no dot in every browser.
    context.lineTo(to[0] * this.canvas.width + 0.01, to[1] * this.canvas.height);
    context.stroke();
  }

  /** All ink in this colour, for another theme. */
  tint(colour: string): void {
    const context = this.#context;
    if (!context) return;
    context.globalCompositeOperation = 'source-in';
    context.fillStyle = colour;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  clear(): void {
    this.#context?.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  read(): Pixels {
    const { width, height } = this.canvas;
    return this.#context?.getImageData(0, 0, width, height) ?? { data: [], width: 0, height: 0 };
  }
}

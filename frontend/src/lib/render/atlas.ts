/**
 * One canvas that holds the picture of every visible tile: pixels are written once per frame with a single
 * `putImageData`, then each tile is one `drawImage`.
 */

/** What one tile shows: `width` × `height` values, row by row, and the pixels they turn into. */
export interface TileSource {
  /** Levels of a U8 map, or indices into `pixels`. */
  readonly levels: Uint8Array;
  /** Where this tile's values begin. */
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  /** 256 pixels as `ImageData` holds them. */
  readonly pixels: Uint32Array;
  /** The tile's own pixels, in place of levels that are looked up. */
  readonly words?: Uint32Array | undefined;
}

export class Atlas {
  readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private image: ImageData;
  private words: Uint32Array;
  private across = 1;
  private sizes: { readonly width: number; readonly height: number }[] = [];

  /** `slots` tiles of at most `cell`² pixels. */
  constructor(
    readonly slots: number,
    readonly cell: number,
  ) {
    this.canvas = document.createElement('canvas');
    this.across = Math.max(1, Math.ceil(Math.sqrt(slots)));
    this.canvas.width = this.across * cell;
    this.canvas.height = Math.max(1, Math.ceil(slots / this.across)) * cell;
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('This browser gives no 2D canvas');
    this.context = context;
    this.image = context.createImageData(this.canvas.width, this.canvas.height);
    this.words = new Uint32Array(this.image.data.buffer);
  }

  /** Write one tile; visible after `flush`. */
  write(slot: number, source: TileSource): void {
    const height = Math.min(source.height, this.cell);
    const across = Math.min(source.width, this.cell);
    const { x, y } = this.origin(slot);
    const width = this.canvas.width;
    for (let row = 0; row < height; row++) {
      const from = source.offset + row * source.width;
      const to = (y + row) * width + x;
      for (let column = 0; column < across; column++) {
        this.words[to + column] = source.words?.[from + column] ?? source.pixels[source.levels[from + column] ?? 0] ?? 0;
      }
    }
    this.sizes[slot] = { width: across, height };
  }

  clear(): void {
    this.sizes = [];
  }

  has(slot: number): boolean {
    return this.sizes[slot] !== undefined;
  }

  flush(): void {
    this.context.putImageData(this.image, 0, 0);
  }

  /** Draw a tile's picture into a square. */
  draw(context: CanvasRenderingContext2D, slot: number, x: number, y: number, size: number): void {
    const drawn = this.sizes[slot];
    if (drawn === undefined) return;
    const origin = this.origin(slot);
    context.drawImage(this.canvas, origin.x, origin.y, drawn.width, drawn.height, x, y, size, size);
  }

  private origin(slot: number): { x: number; y: number } {
    return { x: (slot % this.across) * this.cell, y: Math.floor(slot / this.across) * this.cell };
  }
}

/**
 * One animation frame loop for everything that draws. Idle means no animation frame is asked for at all.
 */

export interface Renderer {
  /**
   * Draw what changed; called once per animation frame while the loop runs. `now` is in milliseconds.
   * Return true to be called again next frame, because something moves by itself.
   */
  draw(now: number): boolean | void;
}

export class Loop {
  private readonly renderers = new Set<Renderer>();
  private readonly listeners = new Set<(now: number) => void>();
  private handle: number | null = null;

  constructor(
    private readonly requestFrame: (callback: FrameRequestCallback) => number = (callback) =>
      requestAnimationFrame(callback),
    private readonly cancelFrame: (handle: number) => void = (handle) => cancelAnimationFrame(handle),
  ) {}

  /** Add a renderer and draw it in the next frame. Returns what removes it. */
  add(renderer: Renderer): () => void {
    this.renderers.add(renderer);
    this.request();
    return () => {
      this.renderers.delete(renderer);
      if (this.renderers.size === 0 && this.listeners.size === 0) this.stop();
    };
  }

  /** Ask for one frame; asking again before it comes changes nothing. */
  request(): void {
    this.handle ??= this.requestFrame(this.tick);
  }

  /** Call back after each frame in which everything was drawn. Returns what removes the listener. */
  afterPaint(listener: (now: number) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  get running(): boolean {
    return this.handle !== null;
  }

  private stop(): void {
    if (this.handle !== null) this.cancelFrame(this.handle);
    this.handle = null;
  }

  private readonly tick = (now: number): void => {
    this.handle = null;
    let moving = false;
    for (const renderer of this.renderers) moving = renderer.draw(now) === true || moving;
    for (const listener of this.listeners) listener(now);
    if (moving) this.request();
  };
}

/** The page's loop. */
export const loop = new Loop();

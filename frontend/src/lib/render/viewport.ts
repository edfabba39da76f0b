/** How the network's coordinates lie on the screen, and the canvases that follow. */

export interface View {
  /** Where the network's origin is, in CSS pixels of the stage. */
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  /** Of the stage, CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly density: number;
}

export function sameView(one: View | null, other: View): boolean {
  return (
    one !== null &&
    one.x === other.x &&
    one.y === other.y &&
    one.zoom === other.zoom &&
    one.width === other.width &&
    one.height === other.height &&
    one.density === other.density
  );
}

/** A cleared context in the network's coordinates; the canvas is as large as the stage. */
export function begin(canvas: HTMLCanvasElement, view: View): CanvasRenderingContext2D | null {
  const width = Math.max(1, Math.round(view.width * view.density));
  const height = Math.max(1, Math.round(view.height * view.density));
  const context = canvas.getContext('2d');
  if (context === null) return null;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  } else {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
  }
  const scale = view.zoom * view.density;
  context.setTransform(scale, 0, 0, scale, view.x * view.density, view.y * view.density);
  return context;
}

/** Whether a box of the network is on the screen, with `margin` CSS pixels of grace. */
export function isVisible(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  view: View,
  margin = 0,
): boolean {
  const left = box.x * view.zoom + view.x;
  const top = box.y * view.zoom + view.y;
  return (
    left < view.width + margin &&
    left + box.width * view.zoom > -margin &&
    top < view.height + margin &&
    top + box.height * view.zoom > -margin
  );
}

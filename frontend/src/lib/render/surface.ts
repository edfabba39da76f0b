/** A canvas at the screen's own resolution. */

export interface Surface {
  context: CanvasRenderingContext2D;
  /** In CSS pixels, as all drawing is. */
  width: number;
  height: number;
}

/** Size the canvas to its box and clear it; null while it has no box (hidden, or not laid out yet). */
export function prepare(canvas: HTMLCanvasElement): Surface | null {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (!context || width === 0 || height === 0) return null;
  const density = Math.max(1, devicePixelRatio);
  const [pixelsWide, pixelsHigh] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== pixelsWide || canvas.height !== pixelsHigh) {
    canvas.width = pixelsWide;
    canvas.height = pixelsHigh;
  }
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

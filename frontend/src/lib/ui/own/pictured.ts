/** From pixels of the browser to a row of the data set: what was drawn, and what was photographed. Pure. */
import type { Ground } from './ground';
import { centred, cropped, resampled, stretched, whole, type Part, type Shape } from './scaling';

/** As `ImageData` is: four bytes for each pixel, the colours not weighed with the opacity. */
export interface Pixels {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** What a row of the data set is. */
export interface Target {
  readonly shape: Shape;
  /** 1: grey; 3: red, green, blue, one plane after the other. */
  readonly colours: number;
  /** The value of white. */
  readonly brightest: number;
  readonly ground: Ground;
}

/** Bytes are whole; fewer levels are told apart more finely. */
const BYTES = 100;
const DECIMALS = 100;
/** ITU-R BT.601, as Pillow makes pictures grey. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** What is opaque is ink, on the paper of the data set; null where there is none. Grey data have one ink. */
export function drawn(pixels: Pixels, { shape, colours, brightest, ground }: Target, isCentred: boolean): number[] | null {
  const size: Shape = [pixels.height, pixels.width];
  const opacity = byteOf(pixels, 3);
  if (!opacity.some((share) => share > 0)) return null;
  const plane = { values: opacity, shape: size };
  const part = (isCentred ? centred(plane, ground.extent, shape) : null) ?? whole(size);
  const cover = resampled(plane, part, shape);
  const shares = Array.from({ length: colours }, (_, colour) => {
    if (colours === 1) return cover.map((share) => ground.paper + (1 - 2 * ground.paper) * share);
    const weighed = byteOf(pixels, colour).map((value, at) => value * (opacity[at] ?? 0));
    const ink = resampled({ values: weighed, shape: size }, part, shape);
    return cover.map((share, at) => ground.paper * (1 - share) + (ink[at] ?? 0));
  });
  return inUnits(shares, brightest);
}

/** The middle of a picture. `isInverted` turns dark into bright, `isStretched` takes out grey paper and faint ink. */
export function photographed(
  pixels: Pixels,
  { shape, colours, brightest }: Target,
  { isInverted, isStretched }: { isInverted: boolean; isStretched: boolean },
): number[] {
  const size: Shape = [pixels.height, pixels.width];
  const part: Part = cropped(size, shape);
  const shares = planesOf(pixels, colours).map((values) => {
    const picture = resampled({ values, shape: size }, part, shape);
    const seen = isStretched ? stretched(picture) : picture;
    return isInverted ? seen.map((value) => 1 - value) : seen;
  });
  return inUnits(shares, brightest);
}

/** Whether the border is more bright than dark. */
export function isBright(pixels: Pixels): boolean {
  const grey = planesOf(pixels, 1)[0] ?? new Float32Array();
  const { width, height } = pixels;
  const border = grey.filter((_, at) => at < width || at >= (height - 1) * width || at % width === 0 || at % width === width - 1);
  return border.reduce((sum, value) => sum + value, 0) > border.length / 2;
}

/** On white where they are transparent, as the server reads files. */
function planesOf(pixels: Pixels, colours: number): Float32Array[] {
  const opacity = byteOf(pixels, 3);
  const seen = LUMA.map((_, colour) => byteOf(pixels, colour).map((value, at) => 1 + (opacity[at] ?? 1) * (value - 1)));
  if (colours > 1) return seen;
  const [red, green, blue] = seen as [Float32Array, Float32Array, Float32Array];
  return [red.map((value, at) => LUMA[0] * value + LUMA[1] * (green[at] ?? 0) + LUMA[2] * (blue[at] ?? 0))];
}

/** One of the four of each pixel, from 0 to 1. */
function byteOf({ data, width, height }: Pixels, which: number): Float32Array {
  return Float32Array.from({ length: width * height }, (_, at) => (data[4 * at + which] ?? 0) / 255);
}

function inUnits(planes: readonly Float32Array[], brightest: number): number[] {
  const steps = brightest >= BYTES ? 1 : DECIMALS;
  return planes.flatMap((plane) => Array.from(plane, (share) => Math.round(share * brightest * steps) / steps));
}

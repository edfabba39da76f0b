/**
 * The colours of data: a diverging ramp, blue for positive, orange for negative, whose zero is the page's own neutral.
 *
 * Maps use the lower part of the ramp (`MAP_GAIN`), so that what fires now (halos, pulses, points) stays brighter.
 */

export type ThemeName = 'dark' | 'light';

/** Maps stop at this share of the ramp; the rest belongs to signals. */
export const MAP_GAIN = 0.54;
/** The output map is large, so it is quieter still. */
export const OUTPUT_GAIN = 0.49;

interface Stops {
  readonly zero: string;
  /** Five equal steps away from zero. */
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

const STOPS: Record<ThemeName, Stops> = {
  dark: {
    zero: '#0f151e',
    positive: ['#13304d', '#195489', '#2a80cf', '#6fbcff', '#d6ecff'],
    negative: ['#3a2311', '#84460f', '#cf6f14', '#ffab55', '#ffe8ca'],
  },
  light: {
    zero: '#f6f6f4',
    positive: ['#d3e4f4', '#92bfe8', '#4792d3', '#1765b3', '#0a4380'],
    negative: ['#fae3cb', '#f4c08a', '#e58b34', '#b85c05', '#823d00'],
  },
};

/** Entries on each side of zero. */
const HALF = 256;
const STEPS = 5;

type Rgb = readonly [number, number, number];

/** One theme's ramp as a table over [−1, 1]. */
export class Ramp {
  /** `HALF·2 + 1` opaque pixels as `ImageData` holds them (R, G, B, A bytes), from −1 to 1. */
  readonly pixels: Uint32Array;

  constructor(readonly theme: ThemeName) {
    const bytes = new Uint8ClampedArray((2 * HALF + 1) * 4);
    for (let index = 0; index <= 2 * HALF; index++) {
      const [red, green, blue] = mix(STOPS[theme], (index - HALF) / HALF);
      bytes.set([red, green, blue, 255], index * 4);
    }
    this.pixels = new Uint32Array(bytes.buffer);
  }

  /** The pixel of a value; beyond ±1 is the end of the ramp, not a number is zero. */
  pixel(value: number): number {
    return this.pixels[HALF + Math.round(HALF * clamp(value))] ?? 0;
  }

  rgb(value: number): Rgb {
    const bytes = new Uint8Array(this.pixels.buffer, 4 * (HALF + Math.round(HALF * clamp(value))), 3);
    return [bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0];
  }

  css(value: number, alpha = 1): string {
    const [red, green, blue] = this.rgb(value);
    return alpha === 1 ? `rgb(${red} ${green} ${blue})` : `rgb(${red} ${green} ${blue} / ${alpha})`;
  }

  /**
   * Pixels of the 256 levels of a U8 map whose level u means low + (high − low)·u/255.
   * `project` takes a value to [−1, 1].
   */
  levels(low: number, high: number, gain: number, project: (value: number) => number): Uint32Array {
    const table = new Uint32Array(256);
    for (let level = 0; level < 256; level++) {
      table[level] = this.pixel(gain * project(low + ((high - low) * level) / 255));
    }
    return table;
  }
}

export const RAMPS: Record<ThemeName, Ramp> = { dark: new Ramp('dark'), light: new Ramp('light') };

/**
 * The colours drawings share with the page, read from its tokens (`--ink` and so on) on an element.
 */
export interface Palette {
  readonly theme: ThemeName;
  readonly ramp: Ramp;
  readonly card: string;
  readonly bg: string;
  readonly hover: string;
  readonly line: string;
  readonly line2: string;
  readonly line3: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly accent: string;
  readonly bad: string;
  readonly pos: string;
  readonly neg: string;
  readonly font: string;
}

export function readPalette(element: Element, theme: ThemeName): Palette {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    theme,
    ramp: RAMPS[theme],
    card: token('--card'),
    bg: token('--bg'),
    hover: token('--hover'),
    line: token('--line'),
    line2: token('--line-2'),
    line3: token('--line-3'),
    ink: token('--ink'),
    ink2: token('--ink-2'),
    ink3: token('--ink-3'),
    accent: token('--accent'),
    bad: token('--bad'),
    pos: token('--pos'),
    neg: token('--neg'),
    font: style.fontFamily,
  };
}

/** Relative luminance (WCAG) of an sRGB colour. */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (byte: number): number => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function clamp(value: number): number {
  return value >= 1 ? 1 : value <= -1 ? -1 : value || 0;
}

function mix(stops: Stops, value: number): Rgb {
  const colours = [stops.zero, ...(value < 0 ? stops.negative : stops.positive)].map(parseHex);
  const position = Math.abs(value) * STEPS;
  const step = Math.min(STEPS - 1, Math.floor(position));
  const share = position - step;
  const near = colours[step] ?? [0, 0, 0];
  const far = colours[step + 1] ?? near;
  return [0, 1, 2].map((channel) => {
    const from = near[channel] ?? 0;
    return from + ((far[channel] ?? 0) - from) * share;
  }) as unknown as Rgb;
}

function parseHex(colour: string): Rgb {
  const bits = Number.parseInt(colour.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}

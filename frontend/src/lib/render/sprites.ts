/**
 * Glows drawn once and stamped often: blurring a shadow for every tile in every frame is dear without a GPU.
 */

import type { Palette } from './colors';

/** A picture whose middle stands for the thing that glows; `reach` is its half extent in CSS pixels at 100 %. */
export interface Sprite {
  readonly image: HTMLCanvasElement;
  readonly reach: number;
}

const LEVELS = 12;
const TILE = 36;
const HALO_REACH = TILE / 2 + 26;
const PULSE_REACH = 12;
/** Fainter halos are not drawn. */
export const FAINTEST_HALO = 0.04;

export class Sprites {
  private readonly halos = new Map<number, Sprite>();
  private readonly roundHalos = new Map<number, Sprite>();
  private readonly pulses = new Map<number, Sprite>();

  /** `density` is device pixels per CSS pixel at the zoom sprites are mostly seen at. */
  constructor(
    readonly palette: Palette,
    readonly density: number,
  ) {}

  /** The halo of a 36-px tile (or circle) for a relative activation (−1 to 1), or null where it is too faint. */
  halo(activation: number, round: boolean): Sprite | null {
    const strength = Math.min(1, Math.abs(activation));
    if (!(strength >= FAINTEST_HALO)) return null;
    return cached(round ? this.roundHalos : this.halos, level(activation), (signed) => this.drawHalo(signed, round));
  }

  /** The dot of a signal of this relative strength (−1 to 1). */
  pulse(signal: number): Sprite {
    return cached(this.pulses, level(signal), (signed) => this.drawPulse(signed));
  }

  private drawHalo(signed: number, round: boolean): Sprite {
    const { palette, density } = this;
    const strength = Math.abs(signed);
    const sign = signed < 0 ? -1 : 1;
    return draw(HALO_REACH, density, (context) => {
      const dark = palette.theme === 'dark';
      context.shadowColor = dark
        ? palette.ramp.css(sign * 0.72, strength * strength)
        : palette.ramp.css(sign * 0.7, 0.7 * strength);
      context.shadowBlur = (dark ? 3 + 15 * strength * strength : 3 + 10 * strength) * density;
      context.fillStyle = palette.card;
      context.beginPath();
      context.roundRect(-TILE / 2, -TILE / 2, TILE, TILE, round ? TILE / 2 : 4);
      // Twice, so that the glow is as strong as its colour.
      context.fill();
      context.fill();
    });
  }

  private drawPulse(signed: number): Sprite {
    const { palette, density } = this;
    const strength = Math.abs(signed);
    const sign = signed < 0 ? -1 : 1;
    return draw(PULSE_REACH, density, (context) => {
      if (palette.theme === 'dark') {
        context.shadowColor = sign < 0 ? palette.neg : palette.pos;
        context.shadowBlur = 8 * density;
      }
      context.globalAlpha = 0.35 + 0.65 * strength;
      context.fillStyle = palette.ramp.css(sign * (palette.theme === 'dark' ? 0.98 : 0.95));
      context.beginPath();
      context.arc(0, 0, 1.3 + 1.5 * strength, 0, 2 * Math.PI);
      context.fill();
    });
  }
}

/** Strength in steps, signed: 1..LEVELS or −LEVELS..−1. */
function level(value: number): number {
  const steps = Math.max(1, Math.round(Math.min(1, Math.abs(value)) * LEVELS));
  return value < 0 ? -steps : steps;
}

function cached(sprites: Map<number, Sprite>, key: number, make: (signed: number) => Sprite): Sprite {
  let sprite = sprites.get(key);
  if (sprite === undefined) {
    sprite = make(key / LEVELS);
    sprites.set(key, sprite);
  }
  return sprite;
}

function draw(reach: number, density: number, paint: (context: CanvasRenderingContext2D) => void): Sprite {
  const image = document.createElement('canvas');
  image.width = image.height = Math.ceil(2 * reach * density);
  const context = image.getContext('2d');
  if (context !== null) {
    context.setTransform(density, 0, 0, density, image.width / 2, image.height / 2);
    paint(context);
  }
  return { image, reach };
}

/** Figures of panels and bars; how single numbers are written is settled in render/figures. Pure. */
import { figure, magnitude } from '../render/figures';

/** Not known (yet). */
const NONE = '–';

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US').replace('-', '−');

export function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? NONE : figure(value, digits);
}

/** A loss: three decimals while they say something. */
export function loss(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  if (value >= 0.001 && value < 100) return figure(value, 3);
  return value >= 100 && value < 1e5 ? figure(value, 0) : magnitude(value);
}

/** R²: three decimals between what is perfect and what is hopeless; a ruined fit has no more than a size. */
export function r2(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  if (value > -10) return figure(value, 3);
  return value > -1e4 ? figure(value, 0) : magnitude(value);
}

/** A fraction as per cent, one decimal, without the sign %. */
export const percent = (fraction: number | null | undefined): string =>
  fixed(fraction === null || fraction === undefined ? fraction : fraction * 100, 1);

/** A measurement of unknown scale in about four significant digits. */
export function measure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return whole(value);
  return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`;

export const secs = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;

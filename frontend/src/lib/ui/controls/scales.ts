/** From a slider's position to a value and back. Pure. */

export interface Scale {
  /** Positions run from 0 to 1. */
  toValue(position: number): number;
  toPosition(value: number): number;
}

/** Even steps; values are multiples of `step` from `low`. */
export function linear(low: number, high: number, step: number): Scale {
  return {
    toValue: (position) => tidy(Math.min(high, low + Math.round((position * (high - low)) / step) * step)),
    toPosition: (value) => clamp((value - low) / (high - low)),
  };
}

/** Whole numbers, evenly in the logarithm, rounded to what a hand would choose (two digits). */
export function wholeLog(low: number, high: number): Scale {
  const ratio = Math.log(high / low);
  return {
    toValue: (position) => Math.min(high, Math.max(low, twoDigits(low * Math.exp(position * ratio)))),
    toPosition: (value) => clamp(Math.log(Math.max(low, value) / low) / ratio),
  };
}

function twoDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}

/** 0.1 + 0.2 is 0.3 to a person. */
const tidy = (value: number): number => Number(value.toFixed(6));
const clamp = (value: number): number => Math.min(1, Math.max(0, value));

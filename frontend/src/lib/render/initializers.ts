/** What initial weights are drawn from: the rules of `nets/initial.py`, for their curve only. Pure. */
import type { Dense } from '../schema.gen';

export interface Distribution {
  readonly kind: 'uniform' | 'normal' | 'zero';
  /** Half the width of a uniform one, the standard deviation of a normal one. */
  readonly scale: number;
}

type Rule = (fanIn: number, fanOut: number) => Distribution;

const uniform = (scale: number): Distribution => ({ kind: 'uniform', scale });
const normal = (scale: number): Distribution => ({ kind: 'normal', scale });

const RULES: Record<Dense['initializer'], Rule> = {
  glorot_uniform: (fanIn, fanOut) => uniform(Math.sqrt(6 / (fanIn + fanOut))),
  glorot_normal: (fanIn, fanOut) => normal(Math.sqrt(2 / (fanIn + fanOut))),
  he_uniform: (fanIn) => uniform(Math.sqrt(6 / fanIn)),
  he_normal: (fanIn) => normal(Math.sqrt(2 / fanIn)),
  lecun_normal: (fanIn) => normal(Math.sqrt(1 / fanIn)),
  zeros: () => ({ kind: 'zero', scale: 0 }),
  playground: () => uniform(0.5),
};

export function distributionOf(initializer: Dense['initializer'], fanIn: number, fanOut: number): Distribution {
  return RULES[initializer](Math.max(1, fanIn), fanOut);
}

export function density({ kind, scale }: Distribution, at: number): number {
  if (kind === 'uniform') return Math.abs(at) <= scale ? 1 / (2 * scale) : 0;
  if (kind === 'normal') return Math.exp(-0.5 * (at / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI));
  return 0;
}

/** As far from zero as its draws go, or nearly all of them. */
export const reachOf = ({ kind, scale }: Distribution): number => (kind === 'normal' ? 3 * scale : scale);

export interface Counted {
  readonly counts: readonly number[];
  readonly low: number;
  readonly high: number;
}

/** Values in bins of equal width over −reach to reach; what lies beyond counts in the last bins. */
export function counted(values: ArrayLike<number>, reach: number, bins: number): Counted {
  const counts = new Array<number>(bins).fill(0);
  for (let index = 0; index < values.length; index++) {
    const place = Math.floor((((values[index] ?? 0) + reach) / (2 * reach)) * bins);
    const bin = Math.min(bins - 1, Math.max(0, place));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { counts, low: -reach, high: reach };
}

/** The numbers of one neuron, from the `unit` stream, in the order of the equation. Pure. */

import type { LayerModel } from '../render/model';
import type { NetworkValues } from '../render/values';
import type { FrameStore } from '../state/frames';

export interface Term {
  /** Unit of the layer before. */
  readonly unit: number;
  readonly input: number;
  readonly weight: number;
  /** input × weight */
  readonly signal: number;
}

export interface Equation {
  readonly update: number;
  readonly terms: readonly Term[];
  /** Sum of the signals. */
  readonly sum: number;
  readonly bias: number;
  /** sum + bias, as the engine has it. */
  readonly z: number;
  /** activation(z) */
  readonly a: number;
  /** Weights towards each unit of the next layer. */
  readonly outgoing: readonly number[];
}

export function equationOf(frames: FrameStore, channel: string, layer: string): Equation | null {
  const read = (name: string) => frames.get(channel, `${layer}.${name}`)?.data;
  const [inputs, weights, bias, z, a] = [read('inputs'), read('weights'), read('bias'), read('z'), read('a')];
  if (!inputs || !weights || !bias || !z || !a) return null;
  const terms = Array.from({ length: weights.length }, (_, unit): Term => {
    const input = inputs[unit] ?? 0;
    const weight = weights[unit] ?? 0;
    return { unit, input, weight, signal: input * weight };
  });
  return {
    update: frames.updateOf(channel),
    terms,
    sum: terms.reduce((sum, term) => sum + term.signal, 0),
    bias: bias[0] ?? 0,
    z: z[0] ?? 0,
    a: a[0] ?? 0,
    outgoing: Array.from(read('outgoing') ?? []),
  };
}

/**
 * The same from the numbers on the screen (half precision), for the moment before the exact ones arrive; null where
 * links are not known one by one.
 */
export function sketchOf(values: NetworkValues, before: LayerModel, layer: LayerModel, unit: number, next: LayerModel | null): Equation | null {
  const bias = values.bias(layer.name, unit);
  const a = values.activation(layer.name, unit);
  if (bias === undefined || a === undefined) return null;
  const terms: Term[] = [];
  for (let from = 0; from < before.units; from++) {
    const link = values.link(before.name, from, layer.name, unit);
    if (link === undefined) return null;
    terms.push({ unit: from, input: link.input, weight: link.weight, signal: link.signal });
  }
  const sum = terms.reduce((total, term) => total + term.signal, 0);
  const outgoing = Array.from({ length: next?.units ?? 0 }, (_, to) =>
    next === null ? undefined : values.link(layer.name, unit, next.name, to)?.weight,
  );
  return {
    update: values.update,
    terms,
    sum,
    bias,
    z: sum + bias,
    a,
    outgoing: outgoing.every((weight) => weight !== undefined) ? outgoing : [],
  };
}

/**
 * Sum, bias and z rounded so that what is written adds up: rounding each on its own could be one off in the last digit,
 * and then the sum takes it.
 */
export function rounded({ bias, z }: Pick<Equation, 'bias' | 'z'>, digits: number): { sum: number; bias: number; z: number } {
  const round = (value: number): number => Number(value.toFixed(digits));
  return { sum: round(round(z) - round(bias)), bias: round(bias), z: round(z) };
}

/** The strongest first, or in the order of the units. */
export function sorted(terms: readonly Term[], byStrength: boolean): readonly Term[] {
  return byStrength ? [...terms].sort((a, b) => Math.abs(b.signal) - Math.abs(a.signal)) : terms;
}

/** What the engine made of one sample inside one layer: tensors by name, and single numbers that know where they are from. Pure. */
import type { FrameStore } from '../../state/frames';

/** A number that is shown. */
export interface Cell {
  readonly value: number;
  /** `TENSOR:INDEX` where it came as it is, the index counted through the whole tensor; null for what this page works out. */
  readonly from: string | null;
}

/** A tensor, or one turn of it. */
export interface Part {
  readonly name: string;
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  /** Where in the whole tensor it begins. */
  readonly offset: number;
}

/** All that is known of a layer at one update. */
export interface Inside {
  readonly update: number;
  /** Of the layer; of the output the one that the task implies. */
  readonly activation: string;
  readonly parts: ReadonlyMap<string, Part>;
  /** Names of tensors that are too large to be sent. */
  readonly leftOut: readonly string[];
}

/** What a view needs and the stream did not bring. */
export class MissingTensorError extends Error {
  constructor(readonly tensor: string) {
    super(`${tensor} is not there`);
  }
}

export function insideOf(frames: FrameStore, channel: string, layer: string, facts: Record<string, unknown>): Inside | null {
  const prefix = `${layer}.`;
  const parts = new Map<string, Part>();
  for (const full of frames.namesOf(channel)) {
    const tensor = frames.get(channel, full);
    if (!full.startsWith(prefix) || tensor === undefined) continue;
    const name = full.slice(prefix.length);
    parts.set(name, { name, data: tensor.data, shape: tensor.shape, offset: 0 });
  }
  if (parts.size === 0) return null;
  return {
    update: frames.updateOf(channel),
    activation: typeof facts.activation === 'string' ? facts.activation : 'linear',
    parts,
    leftOut: (facts.left_out as string[] | undefined) ?? [],
  };
}

/** Throws `MissingTensorError`. */
export function part({ parts }: Inside, name: string): Part {
  const found = parts.get(name);
  if (found === undefined) throw new MissingTensorError(name);
  return found;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Where in a part of that shape an element is. */
export function flatIndex(shape: readonly number[], index: readonly number[]): number {
  return index.reduce((flat, at, axis) => flat * (shape[axis] ?? 1) + at, 0);
}

/** One number of a part, by its place along every axis. */
export const cellAt = (of: Part, ...index: readonly number[]): Cell => cellFlat(of, flatIndex(of.shape, index));

export function cellFlat(of: Part, flat: number): Cell {
  return { value: of.data[of.offset + flat] ?? NaN, from: `${of.name}:${of.offset + flat}` };
}

export const workedOut = (value: number): Cell => ({ value, from: null });

/** One entry along the first axis, e.g. a turn of a repeated block. */
export function slice(of: Part, index: number): Part {
  const shape = of.shape.slice(1);
  return { ...of, shape, offset: of.offset + index * sizeOf(shape) };
}

export function valuesOf(of: Part): number[] {
  return Array.from({ length: sizeOf(of.shape) }, (_, index) => of.data[of.offset + index] ?? NaN);
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** The nearest index there is. */
export const within = (index: number, count: number): number => Math.max(0, Math.min(Math.round(index), count - 1));

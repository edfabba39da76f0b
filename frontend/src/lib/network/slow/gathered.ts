/** What streams said of one moment, kept while it is played: tensors by the stream and layer they are from. Pure. */
import type { Inside, Part } from '../lens/tensors';
import { part } from '../lens/tensors';
import type { Key } from './plan';

export interface Moment {
  readonly update: number;
  /** What `done` said of the stream. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** By their names after the layer's. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** A stream that was asked: what it said, or why the server refused. */
export type Answer = Moment | { readonly error: string };

export type Answers = ReadonlyMap<Key, Answer>;

export const isMoment = (answer: Answer | undefined): answer is Moment => answer !== undefined && 'parts' in answer;

/** Parts know where they are from: `STREAM/LAYER.TENSOR`. */
export function momentOf(
  key: Key,
  update: number,
  facts: Readonly<Record<string, unknown>>,
  tensors: Iterable<readonly [name: string, tensor: { readonly data: ArrayLike<number>; readonly shape: readonly number[] }]>,
): Moment {
  const prefix = `${key.slice(key.indexOf('/') + 1)}.`;
  const parts = new Map<string, Part>();
  for (const [full, { data, shape }] of tensors) {
    const name = full.startsWith(prefix) ? full.slice(prefix.length) : full;
    parts.set(name, { name: `${key}.${name}`, data, shape, offset: 0 });
  }
  return { update, facts, parts };
}

/** A stream's parts; null where it is not there (yet). */
export function partsOf(answers: Answers, key: Key): ReadonlyMap<string, Part> | null {
  const answer = answers.get(key);
  return isMoment(answer) ? answer.parts : null;
}

/** As the glass reads a layer's numbers. */
export function insideOfMoment({ update, facts, parts }: Moment): Inside {
  return {
    update,
    activation: typeof facts.activation === 'string' ? facts.activation : 'linear',
    parts,
    leftOut: (facts.left_out as string[] | undefined) ?? [],
  };
}

/** Throws `MissingTensorError`. */
export const partOf = (moment: Moment, name: string): Part => part(insideOfMoment(moment), name);

/** Names of a layer's parameters that learn and were sent with their slopes. */
export function learnedOf(slopes: ReadonlyMap<string, Part>): string[] {
  return [...slopes.keys()].filter((name) => name.endsWith('.slope') && !['a.slope', 'z.slope'].includes(name)).map((name) => name.slice(0, -'.slope'.length));
}

/** Whatever is known was of this update. */
export const areOfUpdate = (answers: Answers, keys: readonly Key[], update: number): boolean =>
  keys.every((key) => {
    const answer = answers.get(key);
    return !isMoment(answer) || answer.update === update;
  });

/** Networks and their numbers, for the tests of this folder. */
import type { LayerModel } from '../../render/model';
import type { Layer } from '../../state/layers';
import { drawn, noise } from '../lens/fixtures';
import type { Part } from '../lens/tensors';
import { momentOf, type Answers, type Moment } from './gathered';
import type { Key } from './plan';

/** A layer of a network; without sources it is the input. */
export function modelOf(name: string, sources: readonly string[], more: Partial<LayerModel> = {}): LayerModel {
  const role = sources.length === 0 ? 'input' : name === 'output' ? 'output' : 'hidden';
  return {
    name, role, sources, type: 'dense', units: 3, picture: 'cell', labels: [], layer: null, dense: null, shape: [3], kind: 'vector', index: 0,
    fresh: false, ...more,
  };
}

export const dense = (units: number, activation = 'tanh'): Layer => ({ type: 'dense', units, activation }) as Layer;

/** x, layers that read the one before, and an output. */
export function chain(...names: string[]): LayerModel[] {
  const all = ['x', ...names, 'output'];
  return all.map((name, index) => modelOf(name, index === 0 ? [] : [all[index - 1] ?? 'x']));
}

/** A stream's answer with numbers without a pattern in these shapes. */
export function answered(key: Key, shapes: Record<string, readonly number[]>, facts: Record<string, unknown> = {}, seed = 7): Moment {
  const next = noise(seed);
  return momentOf(key, 41, facts, Object.entries(shapes).map(([name, shape]) => [name, drawn(name, shape, next)] as const));
}

/** The same with these numbers instead. */
export function withNumbers(moment: Moment, key: Key, numbers: Record<string, readonly number[]>): Moment {
  const parts = new Map<string, Part>(moment.parts);
  for (const [name, data] of Object.entries(numbers)) parts.set(name, { name: `${key}.${name}`, data, shape: parts.get(name)?.shape ?? [data.length], offset: 0 });
  return { ...moment, parts };
}

export const answersOf = (...pairs: [Key, Moment][]): Answers => new Map(pairs);

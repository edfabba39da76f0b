/** Networks and values for the tests of this folder. */

import { FrameStore } from '../state/frames';
import type { Dense } from '../schema.gen';
import type { LayerModel, Picture } from './model';

interface DataLike {
  readonly kind?: 'plane' | 'table' | 'image';
  readonly inputs?: number;
  readonly classes?: number;
}

/** The layers of a network with these hidden sizes. */
export function layers(sizes: readonly number[], data: DataLike = {}): LayerModel[] {
  const { kind = 'plane', inputs = 2, classes = 2 } = data;
  const picture: Picture = kind === 'plane' ? 'map' : 'cell';
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `name ${index + 1}`);
  const ends = { dense: null, layer: null, index: -1, fresh: false };
  return [
    { ...ends, name: 'x', role: 'input', type: 'x', units: inputs, picture: kind === 'image' ? 'image' : picture, labels: names(inputs), sources: [], shape: [inputs], kind: 'vector' },
    ...sizes.map((units, index): LayerModel => {
      const dense: Dense = {
        type: 'dense',
        name: `dense_${index + 1}`,
        units,
        activation: 'tanh',
        initializer: 'glorot_uniform',
        dropout: 0,
        frozen: false,
      };
      return {
        name: `dense_${index + 1}`,
        role: 'hidden',
        type: 'dense',
        units,
        picture: kind === 'image' && index === 0 ? 'weights' : picture,
        labels: [],
        layer: dense,
        dense,
        sources: [index === 0 ? 'x' : `dense_${index}`],
        shape: [units],
        kind: 'vector',
        index,
        fresh: false,
      };
    }),
    { ...ends, name: 'output', role: 'output', type: 'output', units: classes > 2 ? classes : 1, picture, labels: classes > 2 ? names(classes) : [], sources: [sizes.length === 0 ? 'x' : `dense_${sizes.length}`], shape: [classes > 2 ? classes : 1], kind: 'vector' },
  ];
}

type Tensors = Record<string, { data: Float32Array; shape: number[] }>;

/** A store that holds these tensors; `updates` says which update each channel is at. */
export function store(channels: Record<string, Tensors>, updates: Record<string, number>): FrameStore {
  const frames = new FrameStore();
  for (const [channel, tensors] of Object.entries(channels)) {
    const named = new Map(Object.entries(tensors).map(([name, one]) => [`${channel}/${name}`, one]));
    frames.put({ session: 's', run: '1', seq: 1, update: updates[channel] ?? 0, epoch: 0, time: 0, tensors: named });
  }
  return frames;
}

export function tensor(shape: number[], values: number[]): { data: Float32Array; shape: number[] } {
  return { data: Float32Array.from(values), shape };
}

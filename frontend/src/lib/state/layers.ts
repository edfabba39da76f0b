/** Layers of any type, as the experiment holds them. Pure. */
import type { Dense, Experiment, SparseDense } from '../schema.gen';

export type Layer = Experiment['network']['layers'][number];
export type LayerType = Layer['type'];

/** The implied ends of a network; `x` is what its first layer reads. */
export const INPUT = 'x';
export const OUTPUT = 'output';

export const isDense = (layer: Layer): layer is Dense | SparseDense => layer.type === 'dense' || layer.type === 'sparse_dense';

/** How many neurons, channels or features a layer makes where it says so itself. */
export function widthOf(layer: Layer): number | null {
  if ('units' in layer) return layer.units;
  return 'channels' in layer ? layer.channels : null;
}

/** The members that many types share, as they are filled in. */
export interface Members {
  activation?: Dense['activation'];
  initializer?: Dense['initializer'];
  regularization?: Dense['regularization'];
  frozen?: boolean;
  dropout?: number;
}

export const membersOf = (layer: Layer): Members => layer as Members;

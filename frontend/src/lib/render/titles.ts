/** How layers are called on the page: a title, and beside it what matters most of the rest. Pure. */
import { membersOf, type Layer, type LayerType } from '../state/layers';

/** How an activation is written for people: "leaky relu". */
export function spoken(name: string): string {
  return name.replaceAll('_', ' ');
}

const NAMES: Record<LayerType, string> = {
  dense: 'Dense',
  sparse_dense: 'Sparse',
  conv1d: 'Conv 1D',
  conv2d: 'Conv',
  conv_transpose2d: 'Conv transpose',
  max_pool2d: 'Max pool',
  avg_pool2d: 'Average pool',
  global_avg_pool: 'Global average',
  flatten: 'Flatten',
  reshape: 'Reshape',
  upsample: 'Upsample',
  batch_norm: 'Batch norm',
  layer_norm: 'Layer norm',
  group_norm: 'Group norm',
  dropout: 'Dropout',
  sampling: 'Sampling',
  embedding: 'Embedding',
  positional_encoding: 'Positions',
  attention: 'Attention',
  transformer_block: 'Transformer',
  gru: 'GRU',
  lstm: 'LSTM',
  rnn: 'Recurrent',
  add: 'Add',
  concat: 'Concat',
  multiply: 'Multiply',
  repeat: 'Block',
};

export const typeName = (type: LayerType): string => NAMES[type];

/** "Dense 8", "Conv 6", "Max pool 2", "Block × 200". */
export function titleOf(layer: Layer): string {
  const name = NAMES[layer.type];
  switch (layer.type) {
    case 'max_pool2d':
    case 'avg_pool2d':
      return `${name} ${typeof layer.window === 'number' ? layer.window : sides(layer.window)}`;
    case 'upsample':
      return `${name} ${layer.factor}`;
    case 'repeat':
      return `${name} × ${layer.times}`;
    default:
      if ('units' in layer) return `${name} ${layer.units}`;
      return 'channels' in layer ? `${name} ${layer.channels}` : name;
  }
}

/** "5×5 · relu", "4 heads, causal"; empty where the title says it all. */
export function detailOf(layer: Layer): string {
  const { activation } = membersOf(layer);
  const said: string[] = [];
  switch (layer.type) {
    case 'conv1d':
      said.push(String(layer.kernel));
      break;
    case 'conv2d':
    case 'conv_transpose2d':
      said.push(sides(layer.kernel));
      break;
    case 'group_norm':
      said.push(`${layer.groups} groups`);
      break;
    case 'dropout':
      said.push(`${Math.round(100 * layer.rate)} %`);
      break;
    case 'sparse_dense':
      said.push(`${Math.round(100 * layer.density)} %`);
      break;
    case 'attention':
    case 'transformer_block':
      said.push(`${layer.heads} head${layer.heads === 1 ? '' : 's'}${layer.causal ? ', causal' : ''}`);
      break;
    case 'repeat':
      said.push(layer.layers.map(({ type }) => NAMES[type].toLowerCase()).join(', '));
      break;
    default:
  }
  if (activation !== undefined) said.push(spoken(activation));
  return said.join(' · ');
}

/** "8×24×24". */
export const shapeText = (shape: readonly number[]): string => shape.join('×');

/** A kernel of one number is square. */
const sides = (value: number | readonly [number, number]): string =>
  typeof value === 'number' ? `${value}×${value}` : value.join('×');

/** What can be put into a network, and what can be said of each type: groups and words here, ranges from the server. */
import { spoken, typeName } from '../render/titles';
import type { Catalog } from '../schema.gen';
import { INPUT, isDense, membersOf, widthOf, type Layer, type LayerType } from '../state/layers';
import { boundsOf, type Bounds, type Property } from './edits';

export interface TypeInfo {
  readonly type: LayerType;
  readonly group: Group;
  readonly title: string;
  /** What it does, in a few words. */
  readonly says: string;
}

export const GROUPS = ['Core', 'Convolution', 'Normalisation', 'Sequence', 'Merge', 'Blocks'] as const;
export type Group = (typeof GROUPS)[number];

const OFFERED: readonly (readonly [Group, LayerType, string])[] = [
  ['Core', 'dense', 'Every neuron reads every number'],
  ['Core', 'sparse_dense', 'A part of the connections'],
  ['Core', 'flatten', 'Pictures as one list of numbers'],
  ['Core', 'reshape', 'The same numbers in another shape'],
  ['Core', 'dropout', 'Silences some while training'],
  ['Core', 'sampling', 'A code drawn around its mean'],
  ['Convolution', 'conv2d', 'Small kernels slide over a picture'],
  ['Convolution', 'conv1d', 'Kernels along a sequence or signal'],
  ['Convolution', 'conv_transpose2d', 'Larger pictures from small ones'],
  ['Convolution', 'max_pool2d', 'The largest of each window'],
  ['Convolution', 'avg_pool2d', 'The mean of each window'],
  ['Convolution', 'global_avg_pool', 'One mean for each channel'],
  ['Convolution', 'upsample', 'Every pixel several times'],
  ['Normalisation', 'batch_norm', 'Over the batch, by channel'],
  ['Normalisation', 'layer_norm', 'Over the numbers of one example'],
  ['Normalisation', 'group_norm', 'Over groups of channels'],
  ['Sequence', 'embedding', 'A vector for every token'],
  ['Sequence', 'positional_encoding', 'Tells every step its place'],
  ['Sequence', 'attention', 'Steps look at each other'],
  ['Sequence', 'transformer_block', 'Attention, then a small network'],
  ['Sequence', 'lstm', 'Long short-term memory'],
  ['Sequence', 'gru', 'A memory with two gates'],
  ['Sequence', 'rnn', 'The plain recurrent layer'],
  ['Merge', 'add', 'The sum: a skip connection'],
  ['Merge', 'concat', 'Side by side'],
  ['Merge', 'multiply', 'The product: a gate'],
  ['Blocks', 'repeat', 'A residual block, several times'],
];

export const TYPES: readonly TypeInfo[] = OFFERED.map(([group, type, says]) => ({ group, type, says, title: longName(type) }));

function longName(type: LayerType): string {
  switch (type) {
    case 'conv2d':
      return 'Convolution 2D';
    case 'conv1d':
      return 'Convolution 1D';
    case 'sparse_dense':
      return 'Sparse dense';
    case 'repeat':
      return 'Repeated block';
    default:
      return typeName(type);
  }
}

/** What people also call them. */
const ALSO: Partial<Record<LayerType, string>> = {
  dense: 'linear fully connected mlp',
  conv2d: 'cnn kernel filter conv',
  conv1d: 'cnn kernel filter conv',
  conv_transpose2d: 'deconvolution',
  max_pool2d: 'maxpool subsampling',
  avg_pool2d: 'avgpool',
  global_avg_pool: 'gap',
  transformer_block: 'gpt',
  rnn: 'elman',
  sampling: 'variational autoencoder vae latent',
  add: 'residual skip',
  repeat: 'resnet loop',
};

/** Those that match every word, in the order of the list. */
export function found(words: string): TypeInfo[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return TYPES.filter(({ type, title, group, says }) => {
    const text = `${title} ${type} ${group} ${says} ${ALSO[type] ?? ''}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** What is most likely meant: the first that is called so. */
export function likeliest(among: readonly TypeInfo[], words: string): number {
  const start = words.trim().toLowerCase();
  const named = among.findIndex(({ title, type }) => `${title} ${type}`.toLowerCase().split(/[ _]/).some((word) => word.startsWith(start)));
  return Math.max(0, named);
}

interface SchemaProperty extends Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly SchemaProperty[];
}

/** One thing that can be said of a layer. */
export type Field = { readonly name: string; readonly label: string; readonly help: string } & (
  | { readonly kind: 'number'; readonly bounds: Bounds; readonly whole: boolean }
  /** one number for both axes, or (height, width) */
  | { readonly kind: 'pair'; readonly bounds: Bounds; readonly optional: boolean }
  | { readonly kind: 'padding'; readonly bounds: Bounds }
  | { readonly kind: 'optional'; readonly bounds: Bounds }
  | { readonly kind: 'select'; readonly options: readonly string[] }
  | { readonly kind: 'toggle' }
  | { readonly kind: 'shape' }
);

const WORDS: Record<string, readonly [label: string, help: string]> = {
  units: ['Neurons', 'How many numbers it makes'],
  channels: ['Channels', 'One feature map each'],
  kernel: ['Kernel', 'Side of the window, or height × width'],
  window: ['Window', 'Side, or height × width'],
  stride: ['Stride', 'How far the window moves'],
  padding: ['Padding', 'Same keeps the size; valid takes whole windows only; n adds zeros'],
  dilation: ['Dilation', 'Distance between the numbers of a kernel'],
  groups: ['Groups', 'Channels that are treated apart'],
  activation: ['Activation', ''],
  density: ['Density', 'Share of connections that are there'],
  method: ['Method', ''],
  dropout: ['Dropout', 'Share that is silent while training'],
  rate: ['Rate', 'Share that is silent while training'],
  kl_weight: ['Weight of the divergence', 'How much codes are held near the normal distribution'],
  factor: ['Factor', 'So many times as high and wide'],
  momentum: ['Momentum', 'How slowly the running figures follow'],
  eps: ['Epsilon', 'Added to the variance'],
  vocabulary: ['Vocabulary', 'Different tokens; empty: as the data say'],
  kind: ['Kind', ''],
  heads: ['Heads', 'Has to divide the features'],
  causal: ['Causal: no step sees later ones', ''],
  expansion: ['Expansion', 'Hidden layer, times the features'],
  return_sequences: ['Answer at every step', ''],
  times: ['Times', 'Each with weights of its own'],
  shape: ['Shape', 'Channels first: 1 × 28 × 28'],
};

/** The weights' rule, what they cost and whether they move is asked for elsewhere; connections are cut on the canvas. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'type', 'name', 'inputs', 'initializer', 'regularization', 'frozen', 'layers', 'cut', 'restored',
]);

function propertiesOf(catalog: Catalog, type: LayerType): Record<string, SchemaProperty> {
  const schema = catalog.schemas.experiment as { $defs?: Record<string, { properties?: Record<string, SchemaProperty> }> };
  const found = Object.values(schema.$defs ?? {}).find(
    ({ properties }) => properties?.type?.const === type && 'inputs' in properties,
  );
  return found?.properties ?? {};
}

export function fieldsOf(catalog: Catalog, type: LayerType): Field[] {
  return Object.entries(propertiesOf(catalog, type)).flatMap(([name, property]): Field[] => {
    if (ELSEWHERE.has(name)) return [];
    const [label, help] = WORDS[name] ?? [spoken(name), ''];
    return [{ name, label, help, ...formOf(property) }];
  });
}

type Form = Field extends infer F ? (F extends Field ? Omit<F, 'name' | 'label' | 'help'> : never) : never;

function formOf(property: SchemaProperty): Form {
  const kinds = property.anyOf ?? [property];
  const number = kinds.find(({ type }) => type === 'integer' || type === 'number');
  const bounds = boundsOf(number ?? {});
  const named = kinds.find((kind) => kind.enum);
  if (named && number) return { kind: 'padding', bounds };
  if (named) return { kind: 'select', options: named.enum ?? [] };
  if (kinds.some(({ type }) => type === 'boolean')) return { kind: 'toggle' };
  const isOptional = kinds.some(({ type }) => type === 'null');
  if (!number) return { kind: 'shape' };
  if (kinds.some(({ type }) => type === 'array')) return { kind: 'pair', bounds, optional: isOptional };
  if (isOptional) return { kind: 'optional', bounds };
  return { kind: 'number', bounds, whole: number.type === 'integer' };
}

/** A new layer as the server would fill it in. */
export function newLayer(catalog: Catalog, type: LayerType): Layer {
  const filled = Object.entries(propertiesOf(catalog, type)).flatMap(([name, { default: value }]) =>
    value === undefined || value === null ? [] : [[name, structuredClone(value)] as const],
  );
  const layer = { ...Object.fromEntries(filled), type } as unknown as Layer;
  if (layer.type === 'reshape') layer.shape = [1];
  if (layer.type === 'repeat') layer.layers = residualBlock(catalog) as typeof layer.layers;
  return layer;
}

/** A first layer over nothing: as in TensorFlow Playground. */
const FIRST_UNITS = 4;

/**
 * A new dense layer behaves like its neighbour, and has as many units as what comes before it (of `x` that is `inputs`), so
 * that the next layer keeps its weights. A new block has the units that its sums need.
 */
export function fitted(layer: Layer, layers: readonly Layer[], before: string, inputs: number): Layer {
  const read = layers.find(({ name }) => name === before);
  if (layer.type === 'repeat') {
    const units = before === INPUT ? inputs : read && widthOf(read);
    return units ? { ...layer, layers: layer.layers.map((inner) => (isDense(inner) ? { ...inner, units } : inner)) } : layer;
  }
  if (!isDense(layer)) return layer;
  const neighbour = read ?? layers[0];
  if (neighbour === undefined) return { ...layer, units: FIRST_UNITS };
  const { activation = layer.activation, initializer = layer.initializer } = membersOf(neighbour);
  const units = before === INPUT ? inputs : isDense(neighbour) ? neighbour.units : layer.units;
  return { ...layer, activation, initializer, units };
}

/** x + dense(x): what deep networks are made of. It begins as nothing, so that it may be repeated hundreds of times. */
function residualBlock(catalog: Catalog): Layer[] {
  return [
    { ...newLayer(catalog, 'dense'), name: 'dense_1', initializer: 'zeros' } as Layer,
    { type: 'add', name: 'add_1', inputs: ['x', 'dense_1'] },
  ];
}

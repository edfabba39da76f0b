/**
 * What the network view shows of an experiment: one entry per layer, the input and the output included.
 *
 * Pure facts derived from the experiment, its data set and what the server found out of its shapes; nothing here knows
 * of frames or pixels.
 */

import type { DataSetFacts, Dense, Experiment, SparseDense } from '../schema.gen';
import { hasMaps } from '../state/axes';
import { inputNames, outputCount } from '../state/data';
import { INPUT, isDense, OUTPUT, widthOf, type Layer, type LayerType } from '../state/layers';
import { isProvisional } from '../state/names';
import type { FlowKind, LayerFacts, Shapes } from '../state/shapes';
import { detailOf, titleOf } from './titles';

export { spoken } from './titles';
export { INPUT, OUTPUT };

/** How the units of a layer are pictured. */
export type Picture =
  /** a live map of the unit's answer over the plane through the data */
  | 'map'
  /** a cell that glows with the activation for the current sample */
  | 'cell'
  /** the unit's own weights as an image, for the first layer over images */
  | 'weights'
  /** the whole layer as one image: the pixels that come in */
  | 'image'
  /** one image per channel: where its feature is */
  | 'features'
  /** the whole layer as one image: steps across, features down */
  | 'strip'
  /** the layer only moves or silences numbers: there is nothing of its own to see */
  | 'none';

export interface LayerModel {
  /** The layer's name on the wire, a provisional one until the server has named it. */
  readonly name: string;
  readonly role: 'input' | 'hidden' | 'output';
  readonly type: LayerType | typeof INPUT | typeof OUTPUT;
  /** Neurons, channels, or features of a step. */
  readonly units: number;
  readonly picture: Picture;
  /** Units with a name of their own: features, columns, classes. Empty where units are only numbered. */
  readonly labels: readonly string[];
  /** Of a hidden layer. */
  readonly layer: Layer | null;
  /** The same where it is fully connected. */
  readonly dense: Dense | SparseDense | null;
  /** Names of the layers it reads. */
  readonly sources: readonly string[];
  /** Of one example; null until the server has said it. */
  readonly shape: readonly number[] | null;
  /** How the shape is read. */
  readonly kind: FlowKind | null;
  /** Position in `experiment.network.layers`; −1 for the input and the output. */
  readonly index: number;
  /** True until the server has named the layer. */
  readonly fresh: boolean;
}

/** Types whose numbers are those before them, in another order or in part. */
const UNSEEN: ReadonlySet<string> = new Set<LayerType>(['flatten', 'reshape', 'dropout']);

export function inputLabels(experiment: Experiment, facts: DataSetFacts): readonly string[] {
  return inputNames(experiment.data, facts);
}

export function networkModel(experiment: Experiment, facts: DataSetFacts, shapes?: Shapes): LayerModel[] {
  const mapped = hasMaps(experiment.data, facts);
  const image = facts.kind === 'image';
  const inputs = inputLabels(experiment, facts);
  const { layers } = experiment.network;
  const hidden = layers.map((layer, index): LayerModel => {
    const name = layer.name ?? provisional(index);
    const sources = layer.inputs ?? [nameAt(layers, index - 1)];
    const known = shapes?.layers.get(name);
    const isFirst = sources.length === 1 && sources[0] === INPUT;
    return {
      name,
      role: 'hidden',
      type: layer.type,
      units: unitsOf(layer, known),
      picture: pictureOf(layer, known, { mapped, pixels: image && isFirst }),
      labels: [],
      layer,
      dense: isDense(layer) ? layer : null,
      sources,
      shape: known?.shape ?? null,
      kind: known?.kind ?? null,
      index,
      fresh: isProvisional(name),
    };
  });
  const end = { layer: null, dense: null, index: -1, fresh: false } as const;
  const steps = shapes?.inputKind === 'sequence' || shapes?.inputKind === 'tokens';
  const input: LayerModel = {
    ...end,
    name: INPUT,
    role: 'input',
    type: INPUT,
    units: inputs.length,
    // Of a table each column is read by its name and its value.
    picture: steps ? 'strip' : facts.kind === 'plane' ? 'map' : image ? 'image' : 'cell',
    labels: inputs,
    sources: [],
    shape: shapes?.input ?? null,
    kind: shapes?.inputKind ?? null,
  };
  const answer = shapes?.layers.get(OUTPUT);
  const output: LayerModel = {
    ...end,
    name: OUTPUT,
    role: 'output',
    type: OUTPUT,
    units: answer?.shape.at(-1) ?? outputCount(experiment.data, facts),
    picture: answer?.kind === 'sequence' ? 'strip' : mapped ? 'map' : 'cell',
    labels: answer?.kind !== 'sequence' && facts.classes.length > 2 ? facts.classes : [],
    sources: [nameAt(layers, layers.length - 1)],
    shape: answer?.shape ?? null,
    kind: answer?.kind ?? null,
  };
  return [input, ...hidden, output];
}

function unitsOf(layer: Layer, known: LayerFacts | undefined): number {
  if (known === undefined) return widthOf(layer) ?? 0;
  return (known.kind === 'sequence' ? known.shape.at(-1) : known.shape[0]) ?? 0;
}

function pictureOf(layer: Layer, known: LayerFacts | undefined, on: { mapped: boolean; pixels: boolean }): Picture {
  if (UNSEEN.has(layer.type) || known?.kind === 'tokens') return 'none';
  const kind = known?.kind ?? (isDense(layer) ? 'vector' : null);
  if (kind === 'picture') return 'features';
  if (kind === 'sequence' || kind === 'signal') return 'strip';
  if (kind === null) return 'none';
  return on.mapped ? 'map' : on.pixels && isDense(layer) ? 'weights' : 'cell';
}

/** A fully connected layer that reads single numbers has a weight for every pair. */
export function hasWeights(from: LayerModel, to: LayerModel): boolean {
  const isFull = (to.dense !== null || to.role === 'output') && to.picture !== 'strip';
  return isFull && to.sources.length === 1 && !['features', 'strip', 'none'].includes(from.picture);
}

/** One tile stands for the whole layer. */
export const isWhole = ({ picture }: LayerModel): boolean => picture === 'image' || picture === 'strip';

/** Tiles of the layer, or one where one stands for all. */
export const tileCount = (layer: LayerModel): number => (layer.picture === 'none' ? 0 : isWhole(layer) ? 1 : layer.units);

/** What feeds a layer that reads a single one. */
export const sourceOf = (layer: LayerModel | undefined, models: readonly LayerModel[]): LayerModel | undefined =>
  layer?.sources.length === 1 ? models.find(({ name }) => name === layer.sources[0]) : undefined;

/** The only layer that reads this one. */
export function readerOf(layer: LayerModel, models: readonly LayerModel[]): LayerModel | undefined {
  const readers = models.filter(({ sources }) => sources.includes(layer.name));
  return readers.length === 1 ? readers[0] : undefined;
}

/** Each layer reads just the one before it. */
export const isChain = (layers: readonly LayerModel[]): boolean =>
  layers.slice(1).every(({ sources }, index) => sources.length === 1 && sources[0] === layers[index]?.name);

/** "Dense 8", "Inputs", "Output": how a layer is called on its card. */
export function layerTitle({ role, picture, layer, units }: LayerModel): string {
  if (role === 'input') return picture === 'image' || picture === 'strip' ? 'Input' : 'Inputs';
  if (role === 'output') return 'Output';
  return layer === null ? `Dense ${units}` : titleOf(layer);
}

/** What stands beside the title: "tanh". */
export const layerDetail = ({ layer }: LayerModel): string => (layer === null ? '' : detailOf(layer));

/** What a layer without a name goes by on the page. */
const provisional = (index: number): string => `new ${index + 1}`;

function nameAt(layers: readonly Layer[], index: number): string {
  return index < 0 ? INPUT : (layers[index]?.name ?? provisional(index));
}

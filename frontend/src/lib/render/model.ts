/**
 * What the network view shows of an experiment: one entry per layer, the input and the output included.
 *
 * Pure facts derived from the experiment and its data set; nothing here knows of frames or pixels.
 */

import type { DataSetFacts, Dense, Experiment } from '../schema.gen';
import { hasMaps } from '../state/axes';
import { inputNames, outputCount } from '../state/data';
import { isProvisional } from '../state/names';

export const INPUT = 'x';
export const OUTPUT = 'output';

/** How the units of a layer are pictured. */
export type Picture =
  /** a live map of the unit's answer over the plane through the data */
  | 'map'
  /** a cell that glows with the activation for the current sample */
  | 'cell'
  /** the unit's own weights as an image, for the first layer over images */
  | 'weights'
  /** the whole layer as one image: the pixels that come in */
  | 'image';

export interface LayerModel {
  /** The layer's name on the wire, a provisional one until the server has named it. */
  readonly name: string;
  readonly role: 'input' | 'hidden' | 'output';
  readonly units: number;
  readonly picture: Picture;
  /** Units with a name of their own: features, columns, classes. Empty where units are only numbered. */
  readonly labels: readonly string[];
  /** Of a hidden layer. */
  readonly dense: Dense | null;
  /** Position in `experiment.network.layers`; −1 for the input and the output. */
  readonly index: number;
  /** True until the server has named the layer. */
  readonly fresh: boolean;
}

export function inputLabels(experiment: Experiment, facts: DataSetFacts): readonly string[] {
  return inputNames(experiment.data, facts);
}

export function networkModel(experiment: Experiment, facts: DataSetFacts): LayerModel[] {
  const mapped = hasMaps(experiment.data, facts);
  const image = facts.kind === 'image';
  const inputs = inputLabels(experiment, facts);
  const hidden = experiment.network.layers.map((dense, index): LayerModel => ({
    name: nameOf(dense, index),
    role: 'hidden',
    units: dense.units,
    picture: mapped ? 'map' : image && index === 0 ? 'weights' : 'cell',
    labels: [],
    dense,
    index,
    fresh: isProvisional(nameOf(dense, index)),
  }));
  const input: LayerModel = {
    name: INPUT,
    role: 'input',
    units: inputs.length,
    // Of a table each column is read by its name and its value.
    picture: facts.kind === 'plane' ? 'map' : image ? 'image' : 'cell',
    labels: inputs,
    dense: null,
    index: -1,
    fresh: false,
  };
  const output: LayerModel = {
    name: OUTPUT,
    role: 'output',
    units: outputCount(experiment.data, facts),
    picture: mapped ? 'map' : 'cell',
    labels: facts.classes.length > 2 ? facts.classes : [],
    dense: null,
    index: -1,
    fresh: false,
  };
  return [input, ...hidden, output];
}

/** "Dense 8", "Inputs", "Output": how a layer is called on its card. */
export function layerTitle(layer: LayerModel): string {
  if (layer.role === 'input') return layer.picture === 'image' ? 'Input' : 'Inputs';
  return layer.role === 'output' ? 'Output' : `Dense ${layer.units}`;
}

/** How an activation is written for people: "leaky relu". */
export function spoken(name: string): string {
  return name.replaceAll('_', ' ');
}

/** A layer the server has not named yet has a name no server gives. */
function nameOf(dense: Dense, index: number): string {
  return dense.name ?? `new ${index + 1}`;
}

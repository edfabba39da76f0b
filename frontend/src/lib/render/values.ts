/**
 * The numbers behind the drawing: activations, weights and gradients of one moment, and what they mean on the ramp.
 *
 * Signals multiply an activation and a weight of the same update, never of two different moments.
 */

import type { FrameStore } from '../state/frames';
import { INPUT, isWhole, type LayerModel } from './model';

/** A weight matrix as it came: (rows, columns) = (out, in), pooled when smaller than the true shape. */
export interface Matrix {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  readonly pooled: boolean;
  /** Largest magnitude, at least a tiny positive number. */
  readonly largest: number;
  readonly bias: ArrayLike<number>;
}

export interface LinkValue {
  readonly weight: number;
  /** The current sample's activation at the sending end. */
  readonly input: number;
  /** The current sample's input through this link times its weight. */
  readonly signal: number;
  /** The update both belong to. */
  readonly update: number;
}

/** Where the values of each stream come from: channel names, undefined until the server answered. */
export interface Channels {
  readonly activations: string | undefined;
  readonly weights: string | undefined;
  readonly gradients: string | undefined;
  readonly statistics: string | undefined;
}

const TINY = 1e-9;

export class NetworkValues {
  /** The update activations and weights of the signals belong to; −1 before the first. */
  update = -1;
  /** Increases whenever weights changed. */
  weightsVersion = 0;
  private activations = new Map<string, ArrayLike<number>>();
  /** The activations of the same update as the weights. */
  private signalActivations = new Map<string, ArrayLike<number>>();
  private weights: ReadonlyMap<string, Matrix> = new Map();
  private gradients = new Map<string, Matrix>();
  /** Largest magnitude a layer took: over the training rows where known. */
  private magnitudes = new Map<string, number>();
  private weightsSeen = -1;

  /** Take over what the store holds for these layers (in the order data flows). */
  refresh(frames: FrameStore, channels: Channels, layers: readonly LayerModel[]): void {
    const { activations, weights, gradients, statistics } = channels;
    if (activations !== undefined) {
      this.activations = collect(layers, (name) => frames.get(activations, name)?.data);
    }
    if (gradients !== undefined) {
      this.gradients = collect(layers, (name) => matrix(frames, gradients, name));
    }
    if (statistics !== undefined) {
      this.magnitudes = collect(layers, (name) => {
        const range = frames.get(statistics, `${name}.range`)?.data;
        return range === undefined ? undefined : Math.max(Math.abs(range[0] ?? 0), Math.abs(range[1] ?? 0));
      });
    }
    if (weights === undefined || activations === undefined) return;
    const moment = frames.updateOf(weights);
    if (moment !== frames.updateOf(activations)) return;
    if (moment !== this.weightsSeen || this.weights.size === 0) {
      this.weights = collect(layers, (name) => matrix(frames, weights, name));
      this.weightsSeen = moment;
      this.weightsVersion++;
    }
    this.signalActivations = this.activations;
    this.update = moment;
  }

  /** Forget everything: another session or another run of subscriptions. */
  clear(): void {
    this.update = -1;
    this.activations = new Map();
    this.weights = new Map();
    this.gradients = new Map();
    this.signalActivations = new Map();
    this.weightsSeen = -1;
  }

  activation(layer: string, unit: number): number | undefined {
    return this.activations.get(layer)?.[unit];
  }

  /** What a unit glows with: of a channel the mean over its places, nothing where one tile stands for a whole layer. */
  ofUnit(model: LayerModel, unit: number): number | undefined {
    if (isWhole(model)) return undefined;
    const values = this.activations.get(model.name);
    if (model.picture !== 'features' || values === undefined) return values?.[unit];
    const area = values.length / model.units;
    let sum = 0;
    for (let place = unit * area; place < (unit + 1) * area; place++) sum += values[place] ?? 0;
    return sum / area;
  }

  activationsOf(layer: string): ArrayLike<number> | undefined {
    return this.activations.get(layer);
  }

  weightsInto(layer: string): Matrix | undefined {
    return this.weights.get(layer);
  }

  /** All matrices of this moment: a later moment has another map. */
  allWeights(): ReadonlyMap<string, Matrix> {
    return this.weights;
  }

  gradientsInto(layer: string): Matrix | undefined {
    return this.gradients.get(layer);
  }

  /** Weight and signal of one link, or undefined where they are not known one by one. */
  link(from: string, fromUnit: number, to: string, toUnit: number): LinkValue | undefined {
    const matrix = this.weights.get(to);
    const input = this.signalActivations.get(from)?.[fromUnit];
    if (matrix === undefined || matrix.pooled || input === undefined) return undefined;
    if (fromUnit >= matrix.columns || toUnit >= matrix.rows) return undefined;
    const weight = matrix.data[toUnit * matrix.columns + fromUnit];
    if (weight === undefined) return undefined;
    return { weight, input, signal: input * weight, update: this.update };
  }

  /** What all links into one unit carry together: the sum of its inputs × weights, without the bias. */
  sumInto(from: string, to: string, toUnit: number): number | undefined {
    const matrix = this.weights.get(to);
    const inputs = this.signalActivations.get(from);
    if (matrix === undefined || matrix.pooled || inputs === undefined || toUnit >= matrix.rows) return undefined;
    let signal = 0;
    for (let index = 0; index < matrix.columns; index++) {
      signal += (inputs[index] ?? 0) * (matrix.data[toUnit * matrix.columns + index] ?? 0);
    }
    return signal;
  }

  bias(layer: string, unit: number): number | undefined {
    return this.weights.get(layer)?.bias[unit];
  }

  /** What counts as full strength in a layer: 1, or its largest magnitude where activations are unbounded. */
  scale(layer: string): number {
    const known = this.magnitudes.get(layer);
    if (known !== undefined) return Math.max(1, known);
    const values = this.activations.get(layer);
    let largest = 1;
    for (let unit = 0; unit < (values?.length ?? 0); unit++) largest = Math.max(largest, Math.abs(values?.[unit] ?? 0));
    return largest;
  }
}

/**
 * Activation to [−1, 1] for the ramp. Probabilities (`sigmoid`, `softmax` of the output) run from "surely not" to
 * "surely"; everything else keeps its own zero.
 */
export function projection(layer: string, activation: string | undefined, scale: number): (value: number) => number {
  const probability = layer === 'output' && (activation === 'sigmoid' || activation === 'softmax');
  if (probability) return (value) => 2 * value - 1;
  return (value) => value / scale;
}

/** The scale of a map: 1, or more where values go beyond. */
export function rangeScale(low: number, high: number): number {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  return Number.isFinite(largest) ? Math.max(1, largest) : 1;
}

function matrix(frames: FrameStore, channel: string, layer: string): Matrix | undefined {
  if (layer === INPUT) return undefined;
  const view = frames.get(channel, layer);
  const [rows, columns] = view?.shape ?? [];
  if (view === undefined || rows === undefined || columns === undefined) return undefined;
  const truth = frames.get(channel, `${layer}.shape`)?.data;
  let largest = TINY;
  for (const value of view.data) largest = Math.max(largest, Math.abs(value));
  return {
    data: view.data,
    rows,
    columns,
    pooled: truth !== undefined && (truth[0] !== rows || truth[1] !== columns),
    largest,
    bias: frames.get(channel, `${layer}.bias`)?.data ?? [],
  };
}

function collect<T>(layers: readonly LayerModel[], read: (name: string) => T | undefined): Map<string, T> {
  const found = new Map<string, T>();
  for (const { name } of layers) {
    const value = read(name);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

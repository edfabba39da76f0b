/** How the network is, in one sentence: from the figures of the `statistics` stream. Pure. */

import type { DataSetFacts } from '../schema.gen';
import { magnitude } from './figures';

export interface LayerHealth {
  /** As on the card: "Dense 8". */
  readonly title: string;
  /** Counted from 1 in data-flow order among the hidden layers; the output has the number after the last. */
  readonly position: number;
  readonly role: 'input' | 'hidden' | 'output';
  readonly units: number;
  /** Fraction of units that answer every row alike. */
  readonly dead: number;
  /** Fraction of activations on a flat part of their function. */
  readonly saturated: number;
  /** Euclidean norm of the gradient of the layer's weights. */
  readonly gradient: number;
  readonly finite: boolean;
}

export interface Diagnosis {
  readonly kind: 'good' | 'warning' | 'bad';
  readonly text: string;
}

/** Above this the update overshoots whatever the learning rate. */
const EXPLODING = 1e3;
/** Layers whose gradients differ by more than this learn at different paces. */
const UNEVEN = 1e3;
/** Saturated activations beyond this share slow a layer down. */
const SATURATED = 0.5;

export function diagnose(layers: readonly LayerHealth[], task: DataSetFacts['task']): Diagnosis | null {
  const hidden = layers.filter((layer) => layer.role === 'hidden');
  const learning = layers.filter((layer) => layer.role !== 'input');
  if (learning.length === 0) return null;
  const lost = learning.find((layer) => !layer.finite);
  if (lost !== undefined) return { kind: 'bad', text: `The numbers of ${name(lost, layers)} are no longer finite; rewind or lower the learning rate` };

  const largest = strongest(learning);
  if (largest.gradient > EXPLODING) {
    return { kind: 'bad', text: `Gradients explode: ${magnitude(largest.gradient)} in ${name(largest, layers)}; lower the learning rate` };
  }
  const dead = hidden.map((layer) => ({ layer, count: Math.round(layer.dead * layer.units) })).filter(({ count }) => count > 0);
  if (dead.length > 0) return { kind: 'warning', text: deadSentence(dead, layers) };

  const spread = spreadOf(learning);
  if (spread.times > UNEVEN) {
    const where = spread.weakest.position < spread.strongest.position ? 'towards the inputs' : 'towards the output';
    return { kind: 'warning', text: `Gradients vanish ${where}: ${times(spread.times)} smaller in ${name(spread.weakest, layers)} than in ${name(spread.strongest, layers)}` };
  }
  const flat = hidden.filter((layer) => layer.saturated > SATURATED).sort((a, b) => b.saturated - a.saturated)[0];
  if (flat !== undefined) {
    return { kind: 'warning', text: `${name(flat, layers)} is saturated: ${Math.round(100 * flat.saturated)} % of its activations are where its function is flat` };
  }
  if (hidden.length === 0) {
    return { kind: 'good', text: task === 'classification' ? 'No hidden layers: all it can draw is one straight border' : 'No hidden layers: all it can fit is a plane' };
  }
  if (!Number.isFinite(spread.times)) return { kind: 'good', text: 'No dead or saturated units' };
  return { kind: 'good', text: `No dead or saturated units, gradients within ${times(spread.times)} across layers` };
}

function deadSentence(dead: readonly { layer: LayerHealth; count: number }[], layers: readonly LayerHealth[]): string {
  const total = dead.reduce((sum, { count }) => sum + count, 0);
  const first = dead[0];
  const unit = total === 1 ? 'unit is' : 'units are';
  const where =
    dead.length === 1 && first !== undefined ? `in ${name(first.layer, layers)}` : `in ${dead.length} layers`;
  return `${total} ${unit} dead ${where}: the same answer to every row`;
}

function strongest(layers: readonly LayerHealth[]): LayerHealth {
  return layers.reduce((most, layer) => (layer.gradient > most.gradient ? layer : most));
}

function spreadOf(layers: readonly LayerHealth[]): { times: number; weakest: LayerHealth; strongest: LayerHealth } {
  const most = strongest(layers);
  const least = layers.reduce((weakest, layer) => (layer.gradient < weakest.gradient ? layer : weakest));
  // A network that learned everything has no gradient anywhere.
  return { times: most.gradient === 0 ? NaN : most.gradient / least.gradient, weakest: least, strongest: most };
}

function times(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'infinitely many times';
  return ratio < 100 ? `${ratio.toFixed(1)}×` : ratio < 1e6 ? `${Math.round(ratio).toLocaleString('en-US')}×` : `${magnitude(ratio)}×`;
}

/** Layers of the same title are told apart by their position. */
function name(layer: LayerHealth, layers: readonly LayerHealth[]): string {
  const namesakes = layers.filter((other) => other.title === layer.title).length;
  return namesakes > 1 ? `${layer.title} (layer ${layer.position})` : layer.title;
}

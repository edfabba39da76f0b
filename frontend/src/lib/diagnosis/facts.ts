/** What a diagnosis is made from, and what it is: nothing in here is computed, all of it is told by the server. */
import type { DataSetFacts, Divergence, Experiment, Point } from '../schema.gen';

/** The `statistics` of one layer beside what the experiment says of it. */
export interface LayerHealth {
  /** As on the wire. */
  readonly name: string;
  /** As on the card: "Dense 8". */
  readonly title: string;
  /** Counted from 1 in data-flow order among the hidden layers; the output has the number after the last. */
  readonly position: number;
  readonly role: 'hidden' | 'output';
  readonly units: number;
  /** Has weights of its own that may move: its gradient says something. */
  readonly learns: boolean;
  /** Applies an activation function, and which; null for layers that do not. */
  readonly activation: string | null;
  /** Fraction of units that answer every row alike. */
  readonly dead: number;
  /** Fraction of activations on a flat part of their function. */
  readonly saturated: number;
  /** Euclidean norm of the gradient of the layer's weights. */
  readonly gradient: number;
  /** Norm of the next update over norm of the weights. */
  readonly step: number;
}

export interface ClassCount {
  readonly name: string;
  readonly rows: number;
}

export interface Facts {
  readonly experiment: Experiment;
  readonly data: Pick<DataSetFacts, 'task' | 'classes' | 'kind'>;
  readonly layers: readonly LayerHealth[];
  /** The curve of the run that is shown, oldest first. */
  readonly points: readonly Point[];
  readonly update: number;
  /** The update at which the experiment was last changed, or where the run began: before it, the figures are of another one. */
  readonly since: number;
  /** Told by the state `diverged`. */
  readonly divergence: Divergence | null;
  /** A learning rate to try where this one diverged. */
  readonly gentlerRate: number;
  /** Training rows of each class; null where that is not known or means nothing. */
  readonly counts: readonly ClassCount[] | null;
  readonly most: { readonly units: number; readonly samples: number; readonly layers: number };
}

/** `bad`: training is lost; `warning`: something is wrong; `note`: worth knowing. */
export type Weight = 'bad' | 'warning' | 'note';

/** What a button does: an edit, and what has to follow for it to help. */
export interface Remedy {
  /** On the button, and in the history of edits. */
  readonly say: string;
  readonly change: (draft: Experiment, fresh: () => string) => void;
  /** `rewind`: the edit takes effect, then back to the last good moment and on; `restart`: with new weights. */
  readonly then?: 'rewind' | 'restart';
}

export interface Finding {
  /** Stays the same while the trouble does. */
  readonly id: string;
  readonly weight: Weight;
  /** What is the matter, with its numbers. */
  readonly text: string;
  /** Why that matters. */
  readonly why: string;
  /** What to try. */
  readonly advice: string;
  /** At most two. */
  readonly remedies: readonly Remedy[];
}

/** How right the network is on the rows it learns from, 0 to 1: accuracy or R² over the last points. Null before there are any. */
export function score(points: readonly Point[]): number | null {
  const said = points.slice(-3).flatMap((point) => point.train_accuracy ?? point.train_r2 ?? []);
  return said.length === 0 ? null : mean(said);
}

/** Right on nearly every row: what else may be odd does no harm. */
export const LEARNED = 0.95;

export const hasLearned = ({ points }: Facts): boolean => (score(points) ?? 0) >= LEARNED;

/** The curve since the experiment was last changed. */
export const sinceChange = ({ points, since }: Facts): readonly Point[] => points.filter(({ update }) => update > since);

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

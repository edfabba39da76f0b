/**
 * The losses as functions of one number, for their curves only: every loss shown as a figure comes from the engine.
 *
 * For classes the number is the margin: how far the answer (a logit) is on the right side. For numbers it is the residual.
 */
import type { LossParameters, Training } from '../schema.gen';

export type Loss = Exclude<Training['loss'], 'auto'>;
export type LossAxis = 'margin' | 'residual';

type Curve = (at: number, numbers: LossParameters) => number;

/** −log sigmoid(margin), without overflow. */
const logistic = (margin: number): number => Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
const huber = (residual: number, delta: number): number =>
  Math.abs(residual) <= delta ? residual ** 2 / 2 : delta * (Math.abs(residual) - delta / 2);
const logCosh = (residual: number): number => {
  const size = Math.abs(residual);
  return size + Math.log1p(Math.exp(-2 * size)) - Math.LN2;
};

const OF_CLASSES: Partial<Record<Loss, Curve>> = {
  cross_entropy: logistic,
  focal: (margin, { gamma }) => (1 / (1 + Math.exp(margin))) ** gamma * logistic(margin),
  hinge: (margin) => Math.max(0, 1 - margin),
};
const OF_NUMBERS: Partial<Record<Loss, Curve>> = {
  squared_error: (residual) => residual ** 2 / 2,
  absolute_error: Math.abs,
  huber: (residual, { delta }) => huber(residual, delta),
  log_cosh: logCosh,
};

/** The loss that "auto" stands for. */
export function actualLoss(loss: Training['loss'], task: string): Loss {
  if (loss !== 'auto') return loss;
  return task === 'classification' ? 'cross_entropy' : 'squared_error';
}

export const lossAxis = (task: string): LossAxis => (task === 'classification' ? 'margin' : 'residual');

/** Of numbers on classes the answer is tanh of the logit, measured against ±1, as in TensorFlow Playground. */
export function lossAt(loss: Loss, axis: LossAxis, at: number, numbers: LossParameters): number {
  const ofClasses = OF_CLASSES[loss];
  if (ofClasses) return ofClasses(at, numbers);
  return OF_NUMBERS[loss]?.(axis === 'margin' ? Math.tanh(at) - 1 : at, numbers) ?? NaN;
}

const WORDS: Record<Loss, { classes: string; numbers: string }> = {
  cross_entropy: {
    classes: 'How surprised the network is by the true class; being sure and wrong costs the most',
    numbers: '',
  },
  focal: {
    classes: 'Cross-entropy that cares less about rows which are right already, so rare and hard ones count',
    numbers: '',
  },
  hinge: {
    classes: 'Nothing once the answer is right with a margin of 1, a straight line before: a support vector machine',
    numbers: '',
  },
  squared_error: {
    classes: 'Half the squared distance of tanh(answer) from ±1, as in TensorFlow Playground; flat where it is sure and wrong',
    numbers: 'Half the squared distance: large mistakes count a lot, outliers most of all',
  },
  absolute_error: {
    classes: 'The distance of tanh(answer) from ±1',
    numbers: 'The distance itself: every unit counts the same, outliers do not pull; aims at the median',
  },
  huber: {
    classes: 'Squared for small distances of tanh(answer) from ±1, a straight line beyond delta',
    numbers: 'Squared up to delta, a straight line beyond: calm about outliers, smooth at zero',
  },
  log_cosh: {
    classes: 'Like half the square for small distances of tanh(answer) from ±1, like the distance for large ones',
    numbers: 'Like half the square for small distances, like the distance for large ones; smooth everywhere',
  },
};

export function describeLoss(loss: Loss, axis: LossAxis): string {
  return axis === 'margin' ? WORDS[loss].classes : WORDS[loss].numbers;
}

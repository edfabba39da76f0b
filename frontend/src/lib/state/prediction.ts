/** What the outputs of the network say about one sample. Pure. */
import type { DataSetFacts } from '../schema.gen';

export interface Choice {
  label: string;
  /** 0 to 1: a probability, or for tanh outputs the place between −1 and +1. */
  share: number;
}

export type Prediction =
  | { kind: 'class'; index: number; choices: Choice[] }
  /** In the target's own units. */
  | { kind: 'number'; value: number };

/** `activation` is the output's, as the stream's facts name it; `mean` and `std` are the regression target's. */
export function readPrediction(
  outputs: ArrayLike<number>,
  activation: string | undefined,
  facts: DataSetFacts,
  mean: number,
  std: number,
): Prediction {
  if (facts.task === 'regression') return { kind: 'number', value: mean + std * (outputs[0] ?? 0) };
  const share = (value: number): number => (activation === 'tanh' ? (value + 1) / 2 : value);
  const shares =
    facts.classes.length === 2
      ? [1 - share(outputs[0] ?? 0), share(outputs[0] ?? 0)]
      : facts.classes.map((_, index) => share(outputs[index] ?? 0));
  const index = shares.reduce((best, value, at) => (value > (shares[best] ?? 0) ? at : best), 0);
  return { kind: 'class', index, choices: facts.classes.map((label, at) => ({ label, share: shares[at] ?? 0 })) };
}

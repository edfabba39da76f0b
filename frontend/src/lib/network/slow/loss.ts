/** The loss of one sample, term by term, as the engine's objectives have it (docs: `Training.loss`). Pure. */
import type { Step } from '../lens/look';
import { cellAt, cellFlat, range, sizeOf, sum, workedOut, type Cell, type Part } from '../lens/tensors';

export interface Objective {
  /** A name of the spec, never "auto". */
  readonly loss: string;
  /** The output's own activation: sigmoid, softmax, tanh or linear. */
  readonly head: string;
  /** Of `focal` and of `huber`. */
  readonly gamma: number;
  readonly delta: number;
}

/** One example, or one step of it. */
interface Row {
  readonly z: readonly number[];
  /** The class, or one number for every output. */
  readonly target: readonly number[];
}

export interface Worked {
  readonly value: number;
  /** The numbers on the way. */
  readonly steps: readonly Step[];
}

const FORMULAS: Record<string, string> = {
  cross_entropy: 'L = −ln p of the true class',
  focal: 'L = −(1 − p)^γ · ln p of the true class',
  hinge: 'L = max(0, 1 − margin)',
  squared_error: 'L = ½ r²',
  absolute_error: 'L = |r|',
  huber: 'L = ½ r² up to δ, then δ · (|r| − ½ δ)',
  log_cosh: 'L = ln cosh r',
};

export function formulaOf({ loss, head }: Objective, outputs: number, steps: number): string {
  const isOfNumbers = !['cross_entropy', 'focal', 'hinge'].includes(loss);
  const residual = head === 'tanh' ? ', r = tanh(z) − t, summed over outputs' : `, r = z − t${outputs > 1 ? ', mean over outputs' : ''}`;
  return `${FORMULAS[loss] ?? loss}${isOfNumbers ? residual : ''}${steps > 1 ? '; mean over steps' : ''}`;
}

/** ln(1 + eˣ), for any x. */
const softplus = (x: number): number => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));

function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(sum(values.map((value) => Math.exp(value - largest))));
}

export function lossOf(objective: Objective, row: Row): Worked {
  switch (objective.loss) {
    case 'cross_entropy':
    case 'focal':
      return ofProbability(objective, row);
    case 'hinge':
      return ofMargin(row);
    default:
      return ofResiduals(objective, row);
  }
}

function ofProbability({ loss, gamma }: Objective, { z, target }: Row): Worked {
  const [label = 0] = target;
  const side = (z[0] ?? 0) * (2 * label - 1);
  // −ln of the probabilities of the true class and of all others.
  const right = z.length === 1 ? softplus(-side) : logSumExp(z) - (z[label] ?? NaN);
  const wrong = z.length === 1 ? softplus(side) : logSumExp(z) - logSumExp(z.filter((_, other) => other !== label));
  const steps: Step[] = [
    { term: 'p of the true class', cell: workedOut(Math.exp(-right)), isPlain: true, digits: 4 },
    { term: '−ln p', cell: workedOut(right), isPlain: true, digits: 4 },
  ];
  if (loss !== 'focal') return { value: right, steps };
  const focus = Math.exp(-gamma * wrong);
  return { value: focus * right, steps: [...steps, { term: `(1 − p)^${gamma}`, cell: workedOut(focus), isPlain: true, digits: 4 }] };
}

function ofMargin({ z, target }: Row): Worked {
  const [label = 0] = target;
  const isOne = z.length === 1;
  const own = isOne ? (2 * label - 1) * (z[0] ?? 0) : (z[label] ?? NaN);
  const best = isOne ? 0 : Math.max(...z.filter((_, other) => other !== label));
  const margin = own - best;
  const steps: Step[] = isOne
    ? [{ term: 'Margin t · z', cell: workedOut(margin), digits: 4 }]
    : [
        { term: 'z of the true class', cell: workedOut(own), digits: 4 },
        { term: 'Largest z of the others', cell: workedOut(best), digits: 4 },
        { term: 'Margin', cell: workedOut(margin), digits: 4 },
      ];
  return { value: Math.max(0, 1 - margin), steps };
}

/** What an output should be: the number itself, or the side of its class. */
export function wanted({ head }: Objective, { z, target }: Row): number[] {
  if (head !== 'tanh') return [...target];
  const [label = 0] = target;
  return z.length === 1 ? [2 * label - 1] : z.map((_, output) => (output === label ? 1 : -1));
}

function ofResiduals(objective: Objective, row: Row): Worked {
  const targets = wanted(objective, row);
  const residuals = row.z.map((z, output) => (objective.head === 'tanh' ? Math.tanh(z) : z) - (targets[output] ?? NaN));
  const each = residuals.map((residual) => ofResidual(objective, residual));
  const isMean = objective.head !== 'tanh' && each.length > 1;
  const value = isMean ? sum(each) / each.length : sum(each);
  const [first = NaN] = residuals;
  const steps: Step[] =
    residuals.length === 1
      ? [{ term: 'Residual r', cell: workedOut(first), digits: 4 }]
      : [
          { term: 'Sum over outputs', cell: workedOut(sum(each)), isPlain: true, digits: 4 },
          ...(isMean ? [{ term: 'Outputs', cell: workedOut(each.length), isPlain: true, digits: 0 }] : []),
        ];
  return { value, steps };
}

function ofResidual({ loss, delta }: Objective, residual: number): number {
  const size = Math.abs(residual);
  switch (loss) {
    case 'absolute_error':
      return size;
    case 'huber':
      return size <= delta ? 0.5 * size ** 2 : delta * (size - 0.5 * delta);
    case 'log_cosh':
      return size + Math.log1p(Math.exp(-2 * size)) - Math.LN2;
    default:
      return 0.5 * residual ** 2;
  }
}

/** A row of the table beside the loss. */
export interface LossRow {
  readonly index: number;
  readonly cells: readonly Cell[];
}

export interface LossTerms {
  readonly outputs: number;
  readonly stepCount: number;
  /** What the table's columns of numbers are called. */
  readonly heads: readonly string[];
  /** An output each, or a step each. */
  readonly rows: readonly LossRow[];
  readonly steps: readonly Step[];
  /** Before class weights. */
  readonly value: number;
}

/** z (outputs) or (steps, outputs) before the output's activation, `answer` after it, `target` as the loss reads it. */
export function termsOfLoss(objective: Objective, z: Part, answer: Part, target: Part): LossTerms {
  const isStepwise = z.shape.length === 2;
  const [stepCount, outputs] = isStepwise ? [z.shape[0] ?? 1, z.shape[1] ?? 1] : [1, sizeOf(z.shape)];
  if (isStepwise) return termsOfSteps(objective, z, target, stepCount, outputs);
  const row: Row = { z: range(outputs).map((at) => cellFlat(z, at).value), target: range(sizeOf(target.shape)).map((at) => cellFlat(target, at).value) };
  const { value, steps } = lossOf(objective, row);
  const isOfClasses = ['cross_entropy', 'focal', 'hinge'].includes(objective.loss);
  const [label = 0] = row.target;
  const told = (output: number): Cell => {
    if (!isOfClasses) return objective.head === 'tanh' ? workedOut(wanted(objective, row)[output] ?? NaN) : cellFlat(target, output);
    return outputs === 1 ? cellFlat(target, 0) : workedOut(output === label ? 1 : 0);
  };
  return {
    outputs,
    stepCount,
    heads: ['z', 'answer', 'target'],
    rows: range(outputs).map((output) => ({ index: output, cells: [cellFlat(z, output), cellFlat(answer, output), told(output)] })),
    steps,
    value,
  };
}

function termsOfSteps(objective: Objective, z: Part, target: Part, stepCount: number, outputs: number): LossTerms {
  const losses = range(stepCount).map((step) => {
    const row: Row = { z: range(outputs).map((output) => cellAt(z, step, output).value), target: [cellFlat(target, step).value] };
    return lossOf(objective, row).value;
  });
  const total = sum(losses);
  return {
    outputs,
    stepCount,
    heads: ['target', 'loss'],
    rows: losses.map((loss, step) => ({ index: step, cells: [cellFlat(target, step), workedOut(loss)] })),
    steps: [
      { term: 'Sum over steps', cell: workedOut(total), isPlain: true, digits: 4 },
      { term: 'Steps', cell: workedOut(stepCount), isPlain: true, digits: 0 },
    ],
    value: total / stepCount,
  };
}

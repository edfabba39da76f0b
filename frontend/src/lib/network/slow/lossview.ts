/** The loss: what was wanted, what was answered, and the formula with its numbers. Pure. */
import { figure } from '../../render/figures';
import type { LayerModel } from '../../render/model';
import type { DataSetFacts, Experiment } from '../../schema.gen';
import { cellFlat, workedOut } from '../lens/tensors';
import { tokenNames } from '../lens/tokens';
import type { Around } from './forward';
import { partOf, type Moment } from './gathered';
import { formulaOf, termsOfLoss, type Objective } from './loss';
import { strongest, termRow, type View } from './showing';

export function objectiveOf(inside: Moment, backward: Moment, training: Experiment['training']): Objective {
  const { gamma, delta } = training.loss_parameters;
  return { loss: String(backward.facts.objective), head: String(inside.facts.activation), gamma, delta };
}

/** What the network's outputs are called; one logit for two classes is the second's. */
export function namesOf(output: LayerModel, { classes, task }: DataSetFacts): readonly string[] {
  const names = tokenNames(classes);
  if (task === 'classification' && names.length === 2 && output.units === 1) return names.slice(1);
  return names.length === output.units ? names : output.labels;
}

/** Throws `MissingTensorError` where the streams left out what it takes. */
export function lossView(output: LayerModel, inside: Moment, backward: Moment, training: Experiment['training'], { facts }: Around): View {
  const objective = objectiveOf(inside, backward, training);
  const [z, answer, target] = [partOf(inside, 'a'), partOf(inside, 'answer'), partOf(backward, 'target')];
  const loss = cellFlat(partOf(backward, 'loss'), 0);
  const { outputs, stepCount, heads, rows, steps, value } = termsOfLoss(objective, z, answer, target);
  const classes = tokenNames(facts.classes);
  const names = namesOf(output, facts);
  // The engine's class weights are not sent; what is left when all else is known is theirs.
  const isWeighted = training.class_weights === 'balanced' && objective.head !== 'linear' && value > 0;
  const weight = isWeighted ? loss.value / value : 1;
  const isOfClasses = facts.task === 'classification';
  const label = cellFlat(target, 0).value;
  const wanted = stepCount > 1 ? `${stepCount} steps with a target each` : isOfClasses ? `the target is ${classes[label] ?? String(label)}` : outputs > 1 ? `${outputs} targets` : `the target is ${figure(label, 3)}`;
  const named = (index: number): string =>
    stepCount > 1 ? `${index + 1}${isOfClasses ? ` ${classes[cellFlat(target, index).value] ?? ''}` : ''}` : (names[index] ?? (outputs === 1 ? 'output' : `output ${index + 1}`));
  return {
    formula: formulaOf(objective, outputs, stepCount),
    says: `${wanted.charAt(0).toUpperCase()}${wanted.slice(1)}; how far the answer is from it is the loss: ${figure(loss.value, 4)}`,
    choosers: [],
    ...(facts.task === 'regression' && { note: 'In the units of the network: standard deviations of the target from its mean' }),
    panels: [
      strongest({
        kind: 'terms', title: stepCount > 1 ? 'Steps' : 'Answer and target', sorts: true, digits: 3, hasNoBars: stepCount === 1,
        heads: [stepCount > 1 ? 'step' : 'output', ...heads],
        plain: stepCount > 1 ? [0, 1] : objective.head === 'linear' || objective.head === 'tanh' ? [] : [1, 2],
        rows: rows.map(({ index, cells }) => termRow(named(index), cells, { isChosen: stepCount === 1 && isOfClasses && index === label && outputs > 1 })),
      }, 12),
      {
        kind: 'steps', title: 'The loss',
        steps: [
          ...steps,
          ...(isWeighted ? [{ term: 'Weight of its class', cell: workedOut(weight), isPlain: true, digits: 4 }] : []),
          { term: 'Loss', cell: loss, derived: value * weight, isTotal: true, isPlain: true, digits: 4 },
        ],
      },
    ],
  };
}

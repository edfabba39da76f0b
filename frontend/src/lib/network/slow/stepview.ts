/** What is shown of a step, given all that is known; a sentence where something is missing. Pure. */
import type { LayerModel } from '../../render/model';
import type { Experiment } from '../../schema.gen';
import type { Move } from '../lens/look';
import { plural } from '../../ui/format';
import { MissingTensorError } from '../lens/tensors';
import { backwardView } from './backward';
import { forwardView, type Around } from './forward';
import { isMoment, type Answers, type Moment } from './gathered';
import { lossView, namesOf } from './lossview';
import { keyOf, needs, needsAfter, type Plan, type SlowStep, type Stream } from './plan';
import type { View } from './showing';
import { batchView, outcomeView, updateView, type Looked } from './update';

export interface Shown {
  readonly plan: Plan;
  readonly answers: Answers;
  readonly experiment: Experiment;
  readonly looked: Looked;
  /** What a person chose to look at in this step; what is not chosen is the strongest. */
  readonly chosen: Move;
  readonly around: Around;
}

/** Call it once all is there that the step needs. */
export function viewOf(step: SlowStep, shown: Shown): View | string {
  const { plan, answers } = shown;
  const refused = [...needs(step, plan), ...needsAfter(step)].map((key) => answers.get(key)).find((answer) => answer !== undefined && !isMoment(answer));
  if (refused && 'error' in refused) return `The server has no numbers for this: ${refused.error}`;
  const model = plan.layers.find(({ name }) => name === step.layer);
  if (model === undefined) return 'This layer is gone';
  try {
    return seen(step, model, shown) ?? 'Waiting for these numbers';
  } catch (error) {
    if (!(error instanceof MissingTensorError)) throw error;
    return `Too large to be shown number by number: ${error.tensor}`;
  }
}

function seen(step: SlowStep, model: LayerModel, { answers, experiment, looked, chosen, around, plan }: Shown): View | null {
  const moment = (stream: Stream, layer = step.layer): Moment | null => {
    const answer = answers.get(keyOf(stream, layer));
    return isMoment(answer) ? answer : null;
  };
  const [inside, backward] = [moment('inside'), moment('backward')];
  const { training } = experiment;
  switch (step.phase) {
    case 'forward':
      return inside && told(forwardView(model, inside, chosen, around), passedBy(step.passed, 'before it'), heldIn(experiment, model));
    case 'loss':
      return inside && backward && lossView(model, inside, backward, training, around);
    case 'backward':
      return inside && backward && told(backwardView(model, inside, backward, chosen, answers, around), passedBy(step.passed, 'behind it'), heldIn(experiment, model));
    case 'update': {
      if (step.part === 'outcome') return outcomeView(answers, training, namesOf(model, around.facts), looked);
      const update = moment('update', step.part === 'batch' ? plan.learning[0] : step.layer);
      if (step.part === 'batch') return update && backward && batchView(update, backward, training, looked);
      const after = moment('after');
      return inside && backward && update && after && updateView(model, { inside, backward, update, after }, experiment, chosen, looked);
    }
  }
}

/** A view with more to know about it. */
function told(view: View, ...more: readonly string[]): View {
  const notes = [view.note ?? '', ...more].filter(Boolean);
  return notes.length === 0 ? view : { ...view, note: notes.join('. ') };
}

const passedBy = (count: number, where: string): string =>
  count === 0 ? '' : `${count.toLocaleString('en-US')} equal layers ${where} are passed by; open their card on the network to see each`;

function heldIn({ network }: Experiment, { name, units }: LayerModel): string {
  const count = (network.clamps ?? []).filter(({ layer, unit }) => layer === name && unit < units).length;
  return count === 0 ? '' : `${plural(count, 'unit')} held: what is answered is the value held, whatever the arithmetic says, and slopes end there`;
}

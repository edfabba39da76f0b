/** What is shown of a step, given all that is known; a sentence where something is missing. Pure. */
import type { LayerModel } from '../../render/model';
import type { Experiment } from '../../schema.gen';
import type { Move } from '../lens/look';
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
      return inside && withPassed(forwardView(model, inside, chosen, around), step.passed, 'before it');
    case 'loss':
      return inside && backward && lossView(model, inside, backward, training, around);
    case 'backward':
      return inside && backward && withPassed(backwardView(model, inside, backward, chosen, answers, around), step.passed, 'behind it');
    case 'update': {
      if (step.part === 'outcome') return outcomeView(answers, training, namesOf(model, around.facts), looked);
      const update = moment('update', step.part === 'batch' ? plan.learning[0] : step.layer);
      if (step.part === 'batch') return update && backward && batchView(update, backward, training, looked);
      const after = moment('after');
      return inside && backward && update && after && updateView(model, { inside, backward, update, after }, experiment, chosen, looked);
    }
  }
}

function withPassed(view: View, passed: number, where: string): View {
  if (passed === 0) return view;
  const said = `${passed.toLocaleString('en-US')} equal layers ${where} are passed by; open their card on the network to see each`;
  return { ...view, note: [view.note, said].filter(Boolean).join('. ') };
}

/** What each method asks, in a sentence for newcomers; and the names of answers. Pure. */
import type { LayerModel } from '../../render/model';
import type { DataSetFacts } from '../../schema.gen';
import { visible } from '../../state/made';
import type { Method } from './view.svelte';

export const METHODS: readonly { value: Method; label: string }[] = [
  { value: 'saliency', label: 'Saliency' },
  { value: 'gradient_x_input', label: 'Gradient × input' },
  { value: 'integrated_gradients', label: 'Integrated gradients' },
  { value: 'occlusion', label: 'Occlusion' },
  { value: 'grad_cam', label: 'Grad-CAM' },
];

export interface Asked {
  readonly method: Method;
  /** Whose score it is, as people read it. */
  readonly answer: string;
  /** Of occlusion. */
  readonly window: number;
  /** What is covered at once. */
  readonly place: 'pixels' | 'steps' | 'inputs';
  /** Of integrated gradients. */
  readonly steps: number;
  /** Of Grad-CAM, as its card calls it. */
  readonly layer: string;
}

export function sentence({ method, answer, window, place, steps, layer }: Asked): string {
  const one = { pixels: 'one pixel is', steps: 'one step is', inputs: 'one input is' }[place];
  const covered = window === 1 ? one : `${place === 'pixels' ? `${window} × ${window}` : window} ${place} are`;
  switch (method) {
    case 'saliency':
      return `How steeply does the score of ${answer} change with each input? Blue: more of it raises the score; orange: it lowers it`;
    case 'gradient_x_input':
      return `That slope times the input: what each input would add to the score of ${answer} if the network were a straight line here`;
    case 'integrated_gradients':
      return `What does each input add to the score of ${answer} on the straight way from the baseline to this sample, in ${steps} steps?`;
    case 'occlusion':
      return `How far does the score of ${answer} fall when ${covered} covered with the baseline? Blue: it is missed; orange: it was in the way`;
    case 'grad_cam':
      return `Where do the maps of ${layer} fire that speak for ${answer}? Nothing below zero is shown`;
  }
}

/** What one unit of a layer is called. */
export function unitWord({ kind }: Pick<LayerModel, 'kind'>): string {
  if (kind === 'picture' || kind === 'signal') return 'Channel';
  return kind === 'sequence' ? 'Feature' : 'Neuron';
}

/** The answers one may ask about: classes, the target, or what is rebuilt. */
export function answersOf(facts: DataSetFacts, inputs: readonly string[]): string[] {
  if (facts.task === 'classification') return facts.classes.map(visible);
  return facts.task === 'reconstruction' ? [...inputs] : [facts.target];
}

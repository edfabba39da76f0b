/** What the person asks of the network's answers; it stays while the section is folded. */
import type { SubscribeExplanation } from '../../schema.gen';

export type Method = SubscribeExplanation['method'];
export type WhyTab = 'answer' | 'layer' | 'units';

/** By layer: by how much the loss rises without each unit. */
export type Importance = ReadonlyMap<string, ArrayLike<number>>;

class WhyView {
  /** The section is unfolded. Until then nothing is asked. */
  open = $state(false);
  tab: WhyTab = $state('answer');
  method: Method = $state('integrated_gradients');
  /** The answer that is explained; null is the one with the largest z. */
  output: number | null = $state(null);
  /** Where every step has an answer, whose is explained; null is the last one's. */
  step: number | null = $state(null);
  /** The layer whose view is shown; null until chosen. */
  layer: string | null = $state(null);
  /** Importance is painted on the network's tiles as well. */
  isPainted = $state(false);
  /** What is painted now. */
  painted: Importance | null = $state.raw(null);
}

export const why = new WhyView();

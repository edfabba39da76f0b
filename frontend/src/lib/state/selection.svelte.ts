/** What the person looks at. */
import type { CellPlace } from './cells';
import type { Split } from './samples.svelte';

export type ChosenSample = { split: Split; index: number } | { values: number[] };

export interface ChosenNeuron {
  layer: string;
  unit: number;
}

export class Selection {
  /** The sample that is walked through the network. */
  sample: ChosenSample = $state.raw({ split: 'test', index: 0 });
  /** Selected: the magnifying glass is open. */
  neuron: ChosenNeuron | null = $state.raw(null);
  /** Its map fills the output panel. */
  hovered: ChosenNeuron | null = $state.raw(null);

  /** The weight or bias that is pointed at or edited. */
  marked: CellPlace | null = $state.raw(null);

  isSample(split: Split, index: number): boolean {
    const { sample } = this;
    return 'index' in sample && sample.split === split && sample.index === index;
  }

  /** Other data: what was selected belongs to the old ones. */
  restart(): void {
    this.sample = { split: 'test', index: 0 };
    this.neuron = null;
    this.hovered = null;
    this.marked = null;
  }
}

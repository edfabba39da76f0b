/** What the person looks at of the judgement; the panel and the large window show the same. */
import type { Split } from '../../state/samples.svelte';

export const CLASS_TABS = [
  { value: 'confusion', label: 'Confusion' },
  { value: 'classes', label: 'Per class' },
  { value: 'mistakes', label: 'Mistakes' },
  { value: 'roc', label: 'ROC' },
  { value: 'precision', label: 'Precision–recall' },
  { value: 'calibration', label: 'Calibration' },
  { value: 'doubtful', label: 'Doubtful labels' },
] as const;

export const NUMBER_TABS = [
  { value: 'predicted', label: 'Predicted' },
  { value: 'residuals', label: 'Residuals' },
  { value: 'mistakes', label: 'Mistakes' },
] as const;

export const VECTOR_TABS = [
  { value: 'outputs', label: 'Outputs' },
  { value: 'mistakes', label: 'Mistakes' },
] as const;

export type JudgeTab =
  | (typeof CLASS_TABS)[number]['value']
  | (typeof NUMBER_TABS)[number]['value']
  | (typeof VECTOR_TABS)[number]['value'];

export interface Cell {
  actual: number;
  predicted: number;
}

class JudgeView {
  /** The section of the panel is unfolded. Until then nothing is judged. */
  open = $state(false);
  split: Split = $state('test');
  tab: JudgeTab = $state('confusion');
  /** The chosen cell of the confusion matrix. */
  cell: Cell | null = $state.raw(null);
  /** The class whose curves stand out; null until chosen. */
  chosen: number | null = $state(null);
  /** Samples that are listed now; the plane rings them. */
  ringed: { split: Split; indices: number[] } | null = $state.raw(null);

  /** Of two classes the second is the one that is looked for. */
  shown(classes: number): number {
    const first = classes === 2 ? 1 : 0;
    return this.chosen === null || this.chosen >= classes ? first : this.chosen;
  }
}

export const judge = new JudgeView();

/** How each view is read, in a sentence for newcomers; and the figures at the head of the judgement. Pure. */
import type { Judgement } from '../../state/judgement';
import { fixed, loss, measure, percent, r2 } from '../format';
import { CLASS_TABS, NUMBER_TABS, VECTOR_TABS, type JudgeTab } from './view.svelte';

export const READ_SO: Record<JudgeTab, string> = {
  confusion: 'Blue on the diagonal is right; each orange cell is a class taken for another',
  classes: 'Precision: how often it is right when it says so. Recall: how many of them it finds. F1: both in one',
  roc: 'How many it finds, and how many false alarms that costs, for every threshold. The further up and left the better; the dashed line is guessing',
  precision: 'How many of its finds are right while it is asked to find more and more. Higher is better; the dashed line is guessing',
  calibration: 'When it says 80 %, is it right in 80 of 100 cases? On the dashed line it is; below it is too sure. Bars show how often it says so',
  predicted: 'Each dot is a row. On the dashed line the prediction is perfect, above it too high, below it too low',
  residuals: 'What is left over after the prediction. Small and without a pattern is good; a bow or a funnel shows what was not learned',
  outputs: 'The share of the variation of each output that is answered; 1 is perfect, 0 as good as always saying the mean',
  doubtful: 'Where it is as sure of another class as it usually is where that is right, the label may be wrong (confident learning). Early in training that says little',
  mistakes: 'What it gets most wrong, the worst first; choose one to see how it comes about in the network',
};

export const TITLES: Record<JudgeTab, string> = {
  confusion: 'Confusion matrix',
  classes: 'Figures of each class',
  roc: 'ROC curve',
  precision: 'Precision–recall curve',
  calibration: 'Calibration',
  predicted: 'Predicted against actual',
  residuals: 'Residuals',
  outputs: 'Outputs',
  doubtful: 'Doubtful labels',
  mistakes: 'Worst mistakes',
};

export function tabsOf(judgement: Judgement): readonly { value: JudgeTab; label: string }[] {
  return { classes: CLASS_TABS, numbers: NUMBER_TABS, vectors: VECTOR_TABS }[judgement.kind];
}

export interface Figure {
  name: string;
  value: string;
  title: string;
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);

export function summary(judgement: Judgement): Figure[] {
  if (judgement.kind === 'classes') {
    return [
      { name: 'Accuracy', value: `${percent(judgement.accuracy)} %`, title: 'Share of the rows that are answered rightly' },
      { name: 'F1', value: fixed(known(judgement.macro.f1), 3), title: 'Precision and recall in one figure, the mean over classes' },
      { name: 'AUC', value: fixed(known(judgement.macro.auc), 3), title: 'Area under the ROC curve, the mean over classes' },
      { name: 'Log loss', value: loss(known(judgement.logLoss)), title: 'Mean surprise about the truth, in nats; it needs probabilities' },
    ];
  }
  const isOne = judgement.kind === 'numbers';
  const write = (value: number): string => (isOne ? measure(value) : loss(known(value)));
  return [
    { name: 'R²', value: r2(known(judgement.r2)), title: 'Share of the variance that is explained; 1 is perfect, 0 as good as the mean' },
    { name: 'MAE', value: write(judgement.meanAbsolute), title: 'Mean absolute error: how far off it is on average' },
    { name: 'RMSE', value: write(judgement.rootMeanSquared), title: 'Root mean squared error: large errors count more' },
    { name: 'Median', value: write(judgement.medianAbsolute), title: 'Median absolute error: half of the rows are closer' },
  ];
}

/** Which rows were judged. */
export function basis(judgement: Judgement): string {
  const [rows, of] = [judgement.rows.length, judgement.of].map((count) => count.toLocaleString('en-US'));
  return judgement.rows.length < judgement.of ? `${rows} of ${of} rows, drawn at random` : `${of} rows`;
}

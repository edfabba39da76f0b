import { describe, expect, it } from 'vitest';

import type { DataSetFacts } from '../schema.gen';
import { readPrediction } from './prediction';

const facts = (classes: string[], task: DataSetFacts['task'] = 'classification'): DataSetFacts => ({
  source: 'bundled',
  name: 'iris',
  title: 'Iris',
  sentence: '',
  task,
  kind: 'table',
  classes,
  columns: [],
  target: 'species',
  takes_classes: false,
});

describe('readPrediction', () => {
  it('reads one logit as the probability of the second class', () => {
    expect(readPrediction([0.9], 'sigmoid', facts(['a', 'b']), 0, 1)).toMatchObject({ kind: 'class', index: 1 });
    expect(readPrediction([0.1], 'sigmoid', facts(['a', 'b']), 0, 1)).toMatchObject({ kind: 'class', index: 0 });
  });

  it('reads tanh outputs by their sign', () => {
    expect(readPrediction([-0.2], 'tanh', facts(['a', 'b']), 0, 1)).toMatchObject({
      index: 0,
      choices: [{ share: 0.6 }, { share: 0.4 }],
    });
  });

  it('takes the largest of many', () => {
    expect(readPrediction([0.2, 0.7, 0.1], 'softmax', facts(['a', 'b', 'c']), 0, 1)).toMatchObject({ index: 1 });
  });

  it('gives a number in the units of the target', () => {
    expect(readPrediction([0.5], 'linear', facts([], 'regression'), 150, 80)).toEqual({ kind: 'number', value: 190 });
  });
});

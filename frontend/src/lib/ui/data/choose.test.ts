import { describe, expect, it } from 'vitest';

import type { DataSetFacts } from '../../schema.gen';
import { experiment } from '../../state/fixtures';
import { chooseData, resizeDigits } from './choose';

// As the catalog has it: what means nothing is not there.
const CIRCLE = { source: 'synthetic', name: 'circle', task: 'classification' } as DataSetFacts;
const PICTURES = { ...CIRCLE, source: 'pictures', name: 'pictures', input_shape: [1, 32, 32] } as DataSetFacts;
const TEXT = { ...CIRCLE, source: 'text', name: 'text', input_shape: [32], vocabulary: 58, positions: 32 } as DataSetFacts;
const ADDING = { ...CIRCLE, source: 'sequences', name: 'adding', task: 'regression', input_shape: [20, 2] } as DataSetFacts;
const DIGITS = { ...CIRCLE, source: 'bundled', name: 'digits', input_shape: [1, 8, 8] } as DataSetFacts;

describe('choosing data', () => {
  it('digits of another size keep all but what was said of single pixels', () => {
    const draft = experiment();
    chooseData(draft, DIGITS, CIRCLE);
    Object.assign(draft.data, { goal: 'reconstruct', seed: 7, noise_columns: 1, label_noise: 0.1, switched_off: ['pixel 7,7', 'noise_1'] });
    draft.data.formulas = [{ expression: '[pixel 0,0]^2' }];
    resizeDigits(draft, 16);
    expect(draft.data).toMatchObject({ name: 'digits', size: 16, goal: 'reconstruct', seed: 7, noise_columns: 1, label_noise: 0.1 });
    expect(draft.data).toMatchObject({ switched_off: ['noise_1'], formulas: [] });
  });

  it('keeps a network of dense layers for all that is numbers', () => {
    const draft = experiment();
    const layers = structuredClone(draft.network.layers);
    chooseData(draft, PICTURES, CIRCLE);
    chooseData(draft, ADDING, PICTURES);
    expect(draft.network.layers).toEqual(layers);
    expect(draft.data).toMatchObject({ source: 'sequences', name: 'adding', length: 20 });
    expect(draft.training.loss).not.toBe('cross_entropy');
  });

  it('gives tokens a network that reads them, and takes from them what they cannot have', () => {
    const draft = experiment();
    Object.assign(draft.data, { noise_columns: 2, label_noise: 0.1 });
    draft.training.class_weights = 'balanced';
    chooseData(draft, TEXT, CIRCLE);
    expect(draft.network.layers.map(({ type }) => type)).toEqual(['embedding', 'gru']);
    expect(draft.data).toMatchObject({ source: 'text', noise_columns: 0, label_noise: 0, switched_off: [] });
    expect(draft.training.class_weights).toBe('none');
    chooseData(draft, PICTURES, TEXT);
    expect(draft.network.layers.map(({ type }) => type)).toEqual(['dense']);
  });
});

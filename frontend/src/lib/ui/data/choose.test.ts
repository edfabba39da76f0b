import { describe, expect, it } from 'vitest';

import type { DataSetFacts } from '../../schema.gen';
import { experiment } from '../../state/fixtures';
import { chooseData, resizeDigits } from './choose';

const DIGITS = { source: 'bundled', name: 'digits', task: 'classification' } as DataSetFacts;

describe('choosing data', () => {
  it('digits of another size keep all but what was said of single pixels', () => {
    const draft = experiment();
    chooseData(draft, DIGITS);
    Object.assign(draft.data, { goal: 'reconstruct', seed: 7, noise_columns: 1, label_noise: 0.1, switched_off: ['pixel 7,7', 'noise_1'] });
    draft.data.formulas = [{ expression: '[pixel 0,0]^2' }];
    resizeDigits(draft, 16);
    expect(draft.data).toMatchObject({ name: 'digits', size: 16, goal: 'reconstruct', seed: 7, noise_columns: 1, label_noise: 0.1 });
    expect(draft.data).toMatchObject({ switched_off: ['noise_1'], formulas: [] });
  });
});

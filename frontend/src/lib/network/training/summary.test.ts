import { describe, expect, it } from 'vitest';

import { experiment } from '../../state/fixtures';
import { beyondPlain, stopWords } from './summary';

describe('what the training panel says is in use', () => {
  it('is nothing while everything is at its default', () => {
    expect(beyondPlain(experiment().training)).toEqual([]);
  });

  it('names each part once', () => {
    const { training } = experiment((draft) => {
      draft.training.schedule = { type: 'cosine', updates: 100, floor: 0, warmup: 10 };
      draft.training.clipping = { type: 'norm', limit: 1 };
      draft.training.stop = { epochs: 1, target: { metric: 'test_accuracy', value: 0.95 } };
    });
    expect(beyondPlain(training)).toEqual(['cosine schedule', 'warm-up', 'clipping', 'stop rule']);
  });

  it('says what every stop rule waits for', () => {
    const words = stopWords({
      epochs: 1,
      seconds: 30,
      target: { metric: 'test_r2', value: 0.9 },
      patience: { epochs: 2_000, min_delta: 0.001 },
    });
    expect(words).toEqual([
      'after 1 epoch',
      'after 30 seconds of training',
      'when test R² is at least 0.9',
      'when test loss has not fallen by more than 0.001 for 2,000 epochs',
    ]);
  });
});

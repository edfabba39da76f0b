import { describe, expect, it } from 'vitest';

import { describeMap, describeRun } from './a11y';
import type { DataSetFacts } from './schema.gen';

const facts = { task: 'classification', classes: ['orange', 'blue'] } as DataSetFacts;

describe('text alternatives', () => {
  it('say where the run is', () => {
    const status = { type: 'state', state: 'running', run: '1', update: 0, epoch: 0 } as const;
    const point = { update: 1, epoch: 0, train_loss: 0.123, test_loss: 0.2, test_accuracy: 0.985 };
    expect(describeRun(status, 12_000, point)).toBe(
      'Training, update 12,000, training loss 0.12, test loss 0.20, test accuracy 98.5 per cent',
    );
    expect(describeRun(status, 0, null)).toBe('Training, update 0');
  });

  it('say how much of the plane a map covers, and where', () => {
    const left = Float32Array.from({ length: 100 }, (_, cell) => (cell % 10 < 5 ? 1 : -1));
    expect(describeMap(left, facts, null, 0)).toBe('The network answers blue on 50 per cent of the plane, mostly at the left');
    expect(describeMap(new Float32Array(100), facts, 'Neuron 1 of Dense 4', 0)).toBe(
      'Neuron 1 of Dense 4 is positive on 0 per cent of the plane',
    );
  });
});

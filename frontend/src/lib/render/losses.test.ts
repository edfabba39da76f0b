import { describe, expect, it } from 'vitest';

import { actualLoss, lossAt, type Loss } from './losses';

const NUMBERS = { gamma: 2, delta: 1 };

describe('loss curves', () => {
  it.each<[Loss, number, number]>([
    ['cross_entropy', 0, 0.693147],
    ['cross_entropy', 2, 0.126928],
    ['cross_entropy', -800, 800],
    // (1 − p)² · −log p with p = ½
    ['focal', 0, 0.173287],
    ['hinge', -1, 2],
    ['hinge', 1.5, 0],
    // ½(tanh 0 − 1)²
    ['squared_error', 0, 0.5],
    ['absolute_error', 0, 1],
    ['huber', -9, 1.5],
    ['log_cosh', 0, 0.433781],
  ])('%s at margin %d is %d', (loss, margin, value) => {
    expect(lossAt(loss, 'margin', margin, NUMBERS)).toBeCloseTo(value, 5);
  });

  it.each<[Loss, number, number]>([
    ['squared_error', -3, 4.5],
    ['absolute_error', -3, 3],
    ['huber', 0.5, 0.125],
    ['huber', 3, 2.5],
    ['log_cosh', 1, 0.433781],
    ['log_cosh', 900, 899.306853],
  ])('%s at residual %d is %d', (loss, residual, value) => {
    expect(lossAt(loss, 'residual', residual, NUMBERS)).toBeCloseTo(value, 5);
  });

  it('is cross-entropy with classes and squared error without unless told otherwise', () => {
    expect([actualLoss('auto', 'classification'), actualLoss('auto', 'regression'), actualLoss('huber', 'regression')]).toEqual([
      'cross_entropy',
      'squared_error',
      'huber',
    ]);
  });
});

import { expect, it } from 'vitest';

import { networkModel } from '../render/model';
import type { DataSetFacts } from '../schema.gen';
import { experiment } from '../state/fixtures';
import { chooseFor, choicesOf, pointerTo } from './layers';

const facts = { kind: 'plane', columns: ['x1', 'x2'], classes: ['orange', 'blue'], task: 'classification' } as unknown as DataSetFacts;

it('chooses for the output as for any layer, and for that one only', () => {
  const draft = experiment();
  for (const model of networkModel(draft, facts).slice(1)) {
    const before = structuredClone(draft);
    const own = { type: 'l2', rate: 0.1 } as const;
    chooseFor(draft, model, { frozen: true, regularization: own, initializer: 'he_normal' });
    expect(choicesOf(draft, model)).toEqual({ frozen: true, regularization: own, initializer: 'he_normal' });
    for (const other of networkModel(draft, facts).slice(1)) {
      if (other.name !== model.name) expect(choicesOf(draft, other)).toEqual(choicesOf(before, other));
    }
  }
});

it('points to where the server would refuse a choice', () => {
  const models = networkModel(experiment(), facts);
  expect(models.slice(1).map((model) => pointerTo(model, 'regularization'))).toEqual([
    '/network/layers/0/regularization',
    '/network/layers/1/regularization',
    '/network/output_regularization',
  ]);
});

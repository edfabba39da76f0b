import { describe, expect, it } from 'vitest';

import { networkModel } from '../render/model';
import type { DataSetFacts, Experiment } from '../schema.gen';
import { experiment } from '../state/fixtures';
import { cellName, cellOf, pin, pinnedAt, placeOfPin } from './cells';

const facts = { kind: 'plane', columns: ['x1', 'x2'], classes: ['orange', 'blue'], task: 'classification' } as unknown as DataSetFacts;
const modelsOf = (of: Experiment) => networkModel(of, facts);

const WEIGHT = { layer: 'dense_1', unit: 2, source: 1 };
const DEEPER = { layer: 'dense_2', unit: 1, source: 3 };
const BIAS = { layer: 'output', unit: 0, source: null };

describe('weights and biases', () => {
  it('are named on the wire by input or by unit, biases by none', () => {
    const models = modelsOf(experiment());
    expect([WEIGHT, DEEPER, BIAS].map((place) => cellOf(place, models, 0.5))).toEqual([
      { layer: 'dense_1', unit: 2, source: 'x2', value: 0.5 },
      { layer: 'dense_2', unit: 1, source: 3, value: 0.5 },
      { layer: 'output', unit: 0, value: 0.5 },
    ]);
  });

  it.each([WEIGHT, DEEPER, BIAS])('are pinned once, moved, and let go: %o', (place) => {
    const draft = experiment();
    const models = modelsOf(draft);
    pin(draft, place, models, 0.5);
    pin(draft, place, models, -1);
    expect(pinnedAt(draft, place, models)).toBe(-1);
    expect(draft.network.pins.map((each) => placeOfPin(each, models))).toEqual([place]);
    pin(draft, place, models, null);
    expect(draft).toEqual(experiment());
  });

  it('stay pinned while what feeds them is away', () => {
    const draft = experiment();
    pin(draft, WEIGHT, modelsOf(draft), 0.5);
    if (draft.data.source === 'synthetic') draft.data.features = ['x1'];
    expect(draft.network.pins.map((each) => placeOfPin(each, modelsOf(draft)))).toEqual([null]);
    pin(draft, { ...WEIGHT, source: 0 }, modelsOf(draft), 2);
    expect(draft.network.pins).toHaveLength(2);
  });

  it('are named for people', () => {
    const models = modelsOf(experiment());
    expect([WEIGHT, DEEPER, BIAS].map((place) => cellName(place, models))).toEqual([
      'Weight from x₂ to Neuron 3 of Dense 4',
      'Weight from neuron 4 of Dense 4 to Neuron 2 of Dense 2',
      'Bias of Output',
    ]);
  });
});

import { describe, expect, it } from 'vitest';

import { networkModel } from '../render/model';
import type { DataSetFacts, Experiment } from '../schema.gen';
import { experiment } from '../state/fixtures';
import type { Shapes } from '../state/shapes';
import { canBeFrozen, canBeHeld, freeze, heldAt, heldMarks, heldWords, hold, isFrozen, valueWords } from './held';

const facts = { kind: 'plane', columns: ['x1', 'x2'], classes: ['orange', 'blue'], task: 'classification' } as unknown as DataSetFacts;
const modelsOf = (of: Experiment, shapes?: Shapes) => networkModel(of, facts, shapes);
const [UNIT, OTHER] = [{ layer: 'dense_1', unit: 2 }, { layer: 'dense_2', unit: 1 }];

describe('units that are held', () => {
  it('are held once, moved, and let go; then the experiment is what it was', () => {
    const draft = experiment();
    hold(draft, UNIT, 0);
    hold(draft, OTHER, 0.5);
    hold(draft, UNIT, -1);
    expect(draft.network.clamps).toEqual([{ ...OTHER, value: 0.5 }, { ...UNIT, value: -1 }]);
    expect([heldAt(draft, UNIT), heldAt(draft, OTHER), heldAt(draft, { ...UNIT, unit: 0 })]).toEqual([-1, 0.5, null]);
    hold(draft, UNIT, null);
    hold(draft, OTHER, null);
    expect(draft).toEqual(experiment());
  });

  it('are frozen and train again', () => {
    const draft = experiment();
    freeze(draft, UNIT, true);
    freeze(draft, UNIT, true);
    expect(draft.network.frozen_units).toEqual([UNIT]);
    expect([isFrozen(draft, UNIT), isFrozen(draft, OTHER)]).toEqual([true, false]);
    freeze(draft, UNIT, false);
    expect(draft).toEqual(experiment());
  });

  it('lie between the input and the output, whose weights can stay all the same', () => {
    const models = modelsOf(experiment());
    expect(models.map(canBeHeld)).toEqual([false, true, true, false]);
    expect(models.map(canBeFrozen)).toEqual([false, true, true, true]);
  });

  it('are said in words, with their sign', () => {
    const draft = experiment();
    const models = modelsOf(draft);
    const said = () => heldWords(draft, models[1]!, 2);
    expect(said()).toBe('');
    hold(draft, UNIT, 0);
    expect(said()).toBe('silenced');
    hold(draft, UNIT, -1.25);
    freeze(draft, UNIT, true);
    expect(said()).toBe('held at −1.25, frozen');
    expect([0.5, 1e-4, 0].map(valueWords)).toEqual(['+0.5', '+0.0001', '0']);
  });

  it('are marked on their tiles, and rest where the tile is not there', () => {
    const draft = experiment();
    hold(draft, UNIT, 0);
    hold(draft, { layer: 'dense_1', unit: 9 }, 0);
    hold(draft, { layer: 'gone', unit: 0 }, 0);
    freeze(draft, OTHER, true);
    expect(heldMarks(draft, modelsOf(draft))).toEqual([
      { ...UNIT, silent: true, held: false, frozen: false },
      { ...OTHER, silent: false, held: false, frozen: true },
    ]);
  });

  it('share one tile where it stands for a whole layer', () => {
    const draft = experiment((made) => {
      made.network.layers = [{ type: 'gru', name: 'gru_1', units: 4, return_sequences: true, initializer: 'glorot_uniform', frozen: false }];
    });
    const shapes = { layers: new Map([['gru_1', { shape: [5, 4], kind: 'sequence' }]]) } as unknown as Shapes;
    hold(draft, { layer: 'gru_1', unit: 1 }, 0);
    hold(draft, { layer: 'gru_1', unit: 3 }, 2);
    freeze(draft, { layer: 'gru_1', unit: 0 }, true);
    const models = modelsOf(draft, shapes);
    expect(heldMarks(draft, models)).toEqual([{ layer: 'gru_1', unit: 0, silent: false, held: true, frozen: true }]);
    expect(heldWords(draft, models[1]!, 0)).toBe('2 held, 1 frozen');
  });
});

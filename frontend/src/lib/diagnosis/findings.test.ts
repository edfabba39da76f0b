import { describe, expect, it } from 'vitest';
import { allWell, findings } from './findings';
import { curve, facts, layer, output } from './fixtures';
import { look } from './standing';

const silent = [layer({ dead: 1, gradient: 0 }), { ...output, gradient: 0.2 }];

describe('findings', () => {
  it('are none for a run that is well', () => {
    expect(findings(facts())).toEqual([]);
    expect(allWell(facts())).toBe('No dead units, gradients within 3.1× across layers');
  });

  it('wait until the change is some updates old, but for what is no number', () => {
    expect(findings(facts({ layers: silent, update: 4_000, since: 3_950 }))).toEqual([]);
    const divergence = { update: 4, good_update: 0, located: false };
    expect(findings(facts({ update: 4, divergence })).map(({ id }) => id)).toEqual(['not finite']);
  });

  it('do not say as well what follows from something worse', () => {
    const points = curve(60, () => 0.69, () => 0.69, () => 0.5);
    expect(findings(facts({ layers: silent, points })).map(({ id }) => id)).toEqual(['dead dense_1']);
  });

  it('are at most three, the worst first, each with a sentence of each kind and something to press', () => {
    const jumps = (at: number): number => 0.7 + 0.3 * Math.sin(1000 * at);
    const ill = [layer({ dead: 0.5, step: 0.2 }), layer({ name: 'dense_2', position: 2, activation: 'tanh', saturated: 0.9, step: 0 }), output];
    const counts = [{ name: 'a', rows: 10 }, { name: 'b', rows: 100 }];
    const found = findings(facts({ layers: ill, points: curve(60, jumps, jumps, () => 0.5), counts }));
    expect(found.map(({ id }) => id)).toEqual(['rate high', 'dead dense_1', 'saturated dense_2']);
    for (const { text, why, advice, remedies } of found) {
      expect(text && why && advice).toBeTruthy();
      expect(remedies.length).toBeGreaterThan(0);
      expect(remedies.length).toBeLessThanOrEqual(2);
    }
  });

  it('that units are dead in a network that is right anyway is said without alarm', () => {
    const points = curve(40, () => 0.01, () => 0.012, () => 0.99);
    expect(findings(facts({ layers: [layer({ dead: 0.25 }), output], points }))).toEqual([]);
    expect(allWell(facts({ layers: [layer({ dead: 0.25 }), output], points }))).toBe(
      '2 of 8 hidden units are dead, and the others are enough: 99 % of the training rows are right',
    );
  });

  it('of a network without hidden layers are what it can do', () => {
    expect(allWell(facts({ layers: [output] }))).toBe('No hidden layers: all it can draw is one straight border');
  });
});

describe('what stands', () => {
  const [finding] = findings(facts({ layers: silent }));
  const found = finding ? [finding] : [];
  const shown = (standings: ReturnType<typeof look>): number => standings.filter((standing) => standing.shown).length;

  it('was found twice running, or is shown at once', () => {
    const once = look([], found, false);
    expect(shown(once)).toBe(0);
    expect(shown(look(once, found, false))).toBe(1);
    expect(shown(look([], found, true))).toBe(1);
    expect(shown(look(look(once, [], false), found, false))).toBe(0);
  });

  it('goes once it was missed twice running', () => {
    const standing = look([], found, true);
    const missed = look(standing, [], false);
    expect(shown(missed)).toBe(1);
    expect(shown(look(missed, found, false))).toBe(1);
    expect(shown(look(missed, [], false))).toBe(0);
  });
});

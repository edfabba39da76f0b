import { describe, expect, it } from 'vitest';
import { diagnose, type LayerHealth } from './diagnose';

function layer(overrides: Partial<LayerHealth> = {}): LayerHealth {
  return { title: 'Dense 8', position: 1, role: 'hidden', units: 8, dead: 0, saturated: 0.1, gradient: 0.1, finite: true, ...overrides };
}
const output = layer({ title: 'Output', position: 2, role: 'output', units: 1, gradient: 0.31 });

describe('the diagnosis', () => {
  it('says nothing before the first statistics', () => {
    expect(diagnose([], 'classification')).toBeNull();
  });

  it('is good news when nothing is wrong', () => {
    expect(diagnose([layer(), output], 'classification')).toEqual({
      kind: 'good',
      text: 'No dead or saturated units, gradients within 3.1× across layers',
    });
  });

  it('names the layer of dead units', () => {
    const text = diagnose([layer({ dead: 0.25 }), output], 'classification')?.text;
    expect(text).toBe('2 units are dead in Dense 8: the same answer to every row');
  });

  it('counts dead units over several layers', () => {
    const text = diagnose([layer({ dead: 0.125 }), layer({ position: 2, dead: 0.25 }), output], 'classification')?.text;
    expect(text).toBe('3 units are dead in 2 layers: the same answer to every row');
  });

  it('tells layers of the same size apart by position', () => {
    const text = diagnose([layer(), layer({ position: 2, saturated: 0.8 }), output], 'classification')?.text;
    expect(text).toBe('Dense 8 (layer 2) is saturated: 80 % of its activations are where its function is flat');
  });

  it('sees gradients vanish towards the inputs', () => {
    const found = diagnose([layer({ gradient: 1e-5 }), { ...output, gradient: 0.1 }], 'classification');
    expect(found).toEqual({
      kind: 'warning',
      text: 'Gradients vanish towards the inputs: 10,000× smaller in Dense 8 than in Output',
    });
  });

  it('says that gradients explode and what helps', () => {
    const found = diagnose([layer({ gradient: 12_345 }), output], 'classification');
    expect(found?.kind).toBe('bad');
    expect(found?.text).toBe('Gradients explode: 1.2·10⁴ in Dense 8; lower the learning rate');
  });

  it('says which layer is no longer finite', () => {
    const found = diagnose([layer({ finite: false }), output], 'classification');
    expect(found?.kind).toBe('bad');
    expect(found?.text).toContain('Dense 8 are no longer finite');
  });

  it('says what a network without hidden layers can do', () => {
    expect(diagnose([output], 'classification')?.text).toBe('No hidden layers: all it can draw is one straight border');
    expect(diagnose([output], 'regression')?.text).toBe('No hidden layers: all it can fit is a plane');
  });

  it('does not divide nothing by nothing', () => {
    const text = diagnose([layer({ gradient: 0 }), { ...output, gradient: 0 }], 'regression')?.text;
    expect(text).toBe('No dead or saturated units');
  });
});

import { describe, expect, it } from 'vitest';

import { layers } from '../render/fixtures';
import { labelOf, plainName, tileName } from './labels';

describe('labels', () => {
  const [, hidden, output] = layers([8], { kind: 'table', inputs: 4, classes: 3 });

  it('carry the current value with its sign', () => {
    expect(hidden && labelOf(hidden, 2, -0.518)).toBe('Neuron 3 of Dense 8, activation −0.52');
    expect(output && labelOf(output, 1, 0.9812)).toBe('Output name 2, activation 0.981');
  });

  it('say what is done to the unit', () => {
    expect(hidden && labelOf(hidden, 2, 0, 'silenced')).toBe('Neuron 3 of Dense 8, activation 0.00, silenced');
  });

  it('say what it is before there is a value', () => {
    expect(hidden && labelOf(hidden, 0, undefined)).toBe('Neuron 1 of Dense 8');
  });

  it('write features as mathematics does', () => {
    expect(['x1', 'x2^2', 'x1*x2', 'sin(x1)'].map(plainName)).toEqual(['x₁', 'x₂²', 'x₁x₂', 'sin x₁']);
  });

  it('leave units of measurement out', () => {
    expect(plainName('sepal length (cm)')).toBe('sepal length');
    expect(plainName('x1 + (x2)')).toBe('x₁ + (x₂)');
  });

  it('are short beside a tile', () => {
    const formulas = [{ expression: 'x1/2' }, { expression: 'sqrt(x1^2 + x2^2)' }];
    expect(['x1', 'sqrt(x1^2 + x2^2)', 'noise_12'].map((name) => tileName(name, formulas))).toEqual(['x₁', 'ƒ₂', 'n₁₂']);
  });
});

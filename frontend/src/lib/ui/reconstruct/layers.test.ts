import { describe, expect, it } from 'vitest';

import { codeLayerOf } from './layers';

const layers = (...units: number[]) => units.map((count, index) => ({ type: 'dense' as const, name: `dense_${index + 1}`, units: count }));

describe('the code of an hourglass', () => {
  it('is its narrowest layer that two axes can show', () => {
    expect(codeLayerOf(layers(32, 16, 2, 16, 32))?.name).toBe('dense_3');
    expect(codeLayerOf(layers(8, 3, 8))?.name).toBe('dense_2');
    expect(codeLayerOf(layers(8, 1, 8))?.units).toBe(8);
    expect(codeLayerOf(layers(1))).toBeNull();
    expect(codeLayerOf([])).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';

import type { Catalog } from '../schema.gen';
import type { Layer } from '../state/layers';
import { fieldsOf, fitted, found, GROUPS, likeliest, newLayer, TYPES } from './layertypes';

const whole = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const catalog = {
  schemas: {
    experiment: {
      $defs: {
        Conv2d: {
          properties: {
            type: { const: 'conv2d', default: 'conv2d' },
            name: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
            inputs: { anyOf: [{ type: 'array' }, { type: 'null' }], default: null },
            frozen: { type: 'boolean', default: false },
            channels: { ...whole(1, 512), default: 8 },
            kernel: { anyOf: [whole(1, 32), { type: 'array' }], default: 3 },
            padding: { anyOf: [{ type: 'string', enum: ['same', 'valid'] }, whole(0, 32)], default: 'valid' },
            activation: { type: 'string', enum: ['relu', 'tanh'], default: 'relu' },
          },
        },
        MaxPool2d: {
          properties: {
            type: { const: 'max_pool2d' },
            inputs: {},
            stride: { anyOf: [whole(1, 32), { type: 'array' }, { type: 'null' }], default: null },
          },
        },
        Reshape: { properties: { type: { const: 'reshape' }, inputs: {}, shape: { type: 'array', items: whole(1, 9) } } },
        Embedding: {
          properties: { type: { const: 'embedding' }, inputs: {}, vocabulary: { anyOf: [whole(1, 99), { type: 'null' }], default: null } },
        },
        Lstm: { properties: { type: { const: 'lstm' }, inputs: {}, return_sequences: { type: 'boolean', default: false } } },
      },
    },
  },
} as unknown as Catalog;

describe('types of layers', () => {
  it('are found by what they are called, also elsewhere', () => {
    expect(found('')).toHaveLength(TYPES.length);
    expect(found('CONV 2d').map(({ type }) => type)).toContain('conv2d');
    expect(found('residual').map(({ type }) => type)).toEqual(['add', 'repeat']);
    expect(found('gpt')[0]?.type).toBe('transformer_block');
    expect(found('nonsense')).toEqual([]);
    const several = found('max');
    expect(several[likeliest(several, 'max')]?.type).toBe('max_pool2d');
    expect(TYPES[likeliest(TYPES, 'norm')]?.type).toBe('batch_norm');
  });

  it('are all offered, each in a group that is shown', () => {
    expect(new Set(TYPES.map(({ type }) => type)).size).toBe(27);
    expect(TYPES.every(({ group }) => GROUPS.includes(group))).toBe(true);
  });

  it('have fields of the kind and within the bounds the server says', () => {
    const of = (type: Layer['type']) => Object.fromEntries(fieldsOf(catalog, type).map((field) => [field.name, field]));
    expect(of('conv2d')).toMatchObject({
      channels: { kind: 'number', whole: true, bounds: { low: 1, high: 512 } },
      kernel: { kind: 'pair', optional: false, bounds: { high: 32 } },
      padding: { kind: 'padding', bounds: { low: 0, high: 32 } },
      activation: { kind: 'select', options: ['relu', 'tanh'] },
    });
    expect(Object.keys(of('conv2d'))).toHaveLength(4);
    expect(of('max_pool2d').stride).toMatchObject({ kind: 'pair', optional: true });
    expect(of('reshape').shape).toMatchObject({ kind: 'shape' });
    expect(of('embedding').vocabulary).toMatchObject({ kind: 'optional', bounds: { high: 99 } });
    expect(of('lstm').return_sequences).toMatchObject({ kind: 'toggle' });
  });

  it('start with the defaults of the server', () => {
    expect(newLayer(catalog, 'conv2d')).toEqual({
      type: 'conv2d', frozen: false, channels: 8, kernel: 3, padding: 'valid', activation: 'relu',
    });
  });
});

describe('a new dense layer', () => {
  const dense = (units: number, activation: 'tanh' | 'relu' = 'tanh', name?: string): Layer => ({
    type: 'dense', units, activation, initializer: 'glorot_uniform', dropout: 0, frozen: false, ...(name && { name }),
  });
  const layers = [dense(8, 'relu', 'a'), dense(4, 'relu', 'b')];

  it('takes the units and the behaviour of the layer before, so that the next keeps its weights', () => {
    expect(fitted(dense(16), layers, 'b', 3)).toMatchObject({ units: 4, activation: 'relu' });
  });

  it('takes the number of inputs at the front, and four units over nothing', () => {
    expect(fitted(dense(16), layers, 'x', 3)).toMatchObject({ units: 3, activation: 'relu' });
    expect(fitted(dense(16), [], 'x', 3)).toMatchObject({ units: 4, activation: 'tanh' });
  });

  it('gives a block the units of what it reads, so that its sums fit', () => {
    const block = { type: 'repeat', times: 2, frozen: false, layers: [dense(16), { type: 'add', inputs: ['x', 'dense_1'] }] } as Layer;
    const unitsOf = (made: Layer) => (made.type === 'repeat' ? made.layers.map((inner) => ('units' in inner ? inner.units : null)) : []);
    expect(unitsOf(fitted(block, layers, 'b', 3))).toEqual([4, null]);
    expect(unitsOf(fitted(block, [], 'x', 3))).toEqual([3, null]);
  });
});

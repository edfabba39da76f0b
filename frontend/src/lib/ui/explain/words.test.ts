import { describe, expect, it } from 'vitest';

import type { DataSetFacts } from '../../schema.gen';
import { answersOf, METHODS, sentence, unitWord, type Asked } from './words';

const asked: Asked = { method: 'occlusion', answer: '“3”', window: 2, place: 'pixels', steps: 128, layer: 'Conv 16' };
const facts = (members: Partial<DataSetFacts>): DataSetFacts => members as DataSetFacts;

describe('the sentence of a method', () => {
  it.each(METHODS)('$label names what is asked about', ({ value }) => {
    expect(sentence({ ...asked, method: value })).toContain('“3”');
  });

  it('says what is covered', () => {
    expect(sentence(asked)).toContain('when 2 × 2 pixels are covered');
    expect(sentence({ ...asked, window: 1, place: 'inputs' })).toContain('when one input is covered');
    expect(sentence({ ...asked, window: 3, place: 'steps' })).toContain('when 3 steps are covered');
  });

  it('of Grad-CAM names its layer', () => {
    expect(sentence({ ...asked, method: 'grad_cam' })).toContain('maps of Conv 16');
  });
});

it('a unit is called what it is in its layer', () => {
  expect((['vector', 'picture', 'sequence', null] as const).map((kind) => unitWord({ kind }))).toEqual(['Neuron', 'Channel', 'Feature', 'Neuron']);
});

describe('answers', () => {
  it('are the classes, blanks made visible', () => {
    expect(answersOf(facts({ task: 'classification', classes: ['a', ' '] }), [])).toEqual(['a', '␣']);
  });

  it('are the target of a regression and the inputs that are rebuilt', () => {
    expect(answersOf(facts({ task: 'regression', target: 'price', classes: [] }), ['x'])).toEqual(['price']);
    expect(answersOf(facts({ task: 'reconstruction', target: 'inputs', classes: [] }), ['x', 'y'])).toEqual(['x', 'y']);
  });
});

import { describe, expect, it } from 'vitest';
import { experiment } from '../state/fixtures';
import { facts, layer, output } from './fixtures';
import { dead, gradients, saturated } from './layers';

describe('dead units', () => {
  it('are counted in the layer that lost the largest share, and the others after it', () => {
    const layers = [layer({ dead: 0.125 }), layer({ name: 'conv2d_1', title: 'Conv 16', units: 16, dead: 0.5 }), output];
    const found = dead(facts({ layers }), false);
    expect(found?.text).toBe('8 of 16 units of Conv 16 are dead; 1 more in 1 other layer');
    expect(found?.weight).toBe('warning');
  });

  it('of a few are a note, and none where nearly every row is right', () => {
    const layers = [layer({ dead: 0.125 }), output];
    expect(dead(facts({ layers }), false)).toMatchObject({ weight: 'note', text: '1 of 8 units of Dense 8 is dead' });
    const points = facts().points.map((point) => ({ ...point, train_accuracy: 0.99 }));
    expect(dead(facts({ layers, points }), false)).toBeNull();
  });

  it('of a whole layer lose the run, even where later layers are silent with it', () => {
    const layers = [layer({ dead: 1 }), layer({ name: 'dense_2', position: 2, dead: 1 }), output];
    const found = dead(facts({ layers }), false);
    expect(found).toMatchObject({ weight: 'bad', id: 'dead dense_1' });
    expect(found?.text).toBe('All 8 units of Dense 8 (layer 1) are dead: the same answer to every row');
  });

  it('do not count in layers that only pass on what they read', () => {
    const layers = [layer(), layer({ name: 'max_pool2d_1', learns: false, activation: null, dead: 0.5 }), output];
    expect(dead(facts({ layers }), false)).toBeNull();
  });

  it('are offered leaky relu, and a new start where the rate is far too high', () => {
    const layers = [layer({ dead: 0.5 }), output];
    const draft = experiment();
    dead(facts({ layers }), false)?.remedies[0]?.change(draft, () => 'new 1');
    expect(draft.network.layers.map((each) => 'activation' in each && each.activation)).toEqual(['leaky_relu', 'tanh']);
    const fast = experiment((each) => (each.training.optimizer.learning_rate = 3));
    const [first] = dead(facts({ layers, experiment: fast }), false)?.remedies ?? [];
    expect(first).toMatchObject({ say: 'Start over with learning rate 0.3', then: 'restart' });
  });
});

describe('saturation', () => {
  const flat = layer({ activation: 'tanh', saturated: 0.8, step: 1e-6 });

  it('is told with the share and the step that are left', () => {
    expect(saturated(facts({ layers: [flat, output] }))?.text).toBe(
      'Dense 8 is saturated: 80 % of its activations are where tanh is flat, and an update moves its weights by 1.0·10⁻⁶ of their size',
    );
  });

  it('is none where the layer moves on all the same', () => {
    expect(saturated(facts({ layers: [{ ...flat, step: 1e-3 }, output] }))).toBeNull();
  });

  it('is mended by a normalisation behind the layer that still reads it', () => {
    const draft = experiment();
    saturated(facts({ layers: [flat, output] }))?.remedies[1]?.change(draft, () => 'new 1');
    expect(draft.network.layers.map(({ type }) => type)).toEqual(['dense', 'layer_norm', 'dense']);
  });
});

describe('gradients', () => {
  it('that vanish are told by the first and the last layer that learns', () => {
    const layers = [layer({ name: 'flatten_1', learns: false, gradient: 0 }), layer({ activation: 'sigmoid', gradient: 1e-5 }), { ...output, gradient: 0.1 }];
    const found = gradients(facts({ layers }));
    expect(found).toMatchObject({ id: 'vanishing', weight: 'warning' });
    expect(found?.text).toBe('Gradients vanish towards the inputs: 0.100 in Output, 1.0·10⁻⁵ in Dense 8 (layer 1), 10,000× less');
    expect(found?.remedies.map(({ say }) => say)).toEqual(['Use leaky relu in Dense 8 (layer 1)', 'Add a layer norm after Dense 8 (layer 1)']);
  });

  it('of a network that has nothing left to learn do not vanish', () => {
    expect(gradients(facts({ layers: [layer({ gradient: 1e-13 }), { ...output, gradient: 1e-9 }] }))).toBeNull();
  });

  it('that explode can be clipped, and are no trouble once they are', () => {
    const layers = [layer({ gradient: 12_345 }), output];
    const found = gradients(facts({ layers }));
    expect(found).toMatchObject({ id: 'exploding', weight: 'bad', text: 'Gradients explode: their norm in Dense 8 is 1.2·10⁴' });
    const clipped = experiment();
    found?.remedies[0]?.change(clipped, () => 'new 1');
    expect(gradients(facts({ layers, experiment: clipped }))).toBeNull();
  });

  it('that grow towards the inputs are told as such', () => {
    const found = gradients(facts({ layers: [layer({ gradient: 500 }), { ...output, gradient: 0.1 }] }));
    expect(found?.text).toBe('Gradients explode towards the inputs: 500.0 in Dense 8, 0.100 in Output, 5,000× as much');
  });
});

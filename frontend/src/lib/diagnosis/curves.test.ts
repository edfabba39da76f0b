import { describe, expect, it } from 'vitest';
import { experiment } from '../state/fixtures';
import { notFinite, notLearning, overfitting, rateTooHigh, rateTooLow, unbalanced } from './curves';
import { curve, facts, layer, output } from './fixtures';

describe('what is not finite', () => {
  const divergence = { update: 1234, layer: 'dense_1', what: 'activations' as const, good_update: 1200, located: true };

  it('is told with the first layer, what, and the update', () => {
    expect(notFinite(facts({ divergence }))?.text).toBe('The activations of Dense 8 were the first to be no numbers any more, at update 1,234');
    expect(notFinite(facts({ divergence: { ...divergence, layer: null, what: null, located: false } }))?.text).toBe(
      'The loss is no longer a number, at update 1,234',
    );
  });

  it('is left for the last good moment, with smaller steps or clipped gradients', () => {
    const remedies = notFinite(facts({ divergence }))?.remedies ?? [];
    expect(remedies.map(({ say, then }) => [say, then])).toEqual([
      ['Go back and on with learning rate 0.003', 'rewind'],
      ['Go back and on with gradients clipped at 1', 'rewind'],
    ]);
  });
});

describe('overfitting', () => {
  const points = curve(60, (at) => 0.5 - 0.45 * at, (at) => (at < 0.5 ? 0.5 - 0.2 * at : 0.4 + 0.6 * (at - 0.5)));

  it('is told with both losses since test loss was lowest', () => {
    const found = overfitting(facts({ points }));
    expect(found?.text).toMatch(/^Overfitting: since update 3,\d00 test loss rose from 0\.4\d+ to 0\.6\d+, while train loss fell from 0\.2\d+ to 0\.0\d+$/);
  });

  it('is none while both fall, nor before there is a curve, nor where the change is younger than the rise', () => {
    expect(overfitting(facts({ points: curve(60, (at) => 0.5 - 0.4 * at, (at) => 0.55 - 0.3 * at) }))).toBeNull();
    expect(overfitting(facts({ points: points.slice(0, 10) }))).toBeNull();
    expect(overfitting(facts({ points, since: 5_500 }))).toBeNull();
  });

  it('is none where unseen rows are answered as well as the others', () => {
    const even = points.map((point) => ({ ...point, test_accuracy: point.train_accuracy ?? null }));
    expect(overfitting(facts({ points: even }))).toBeNull();
  });

  it('is held back by L2, more of it each time, and more rows of what is made', () => {
    const draft = experiment();
    const [l2, more] = overfitting(facts({ points }))?.remedies ?? [];
    expect(more?.say).toBe('Make 2,000 samples instead of 500');
    l2?.change(draft, () => 'new 1');
    expect(draft.training.regularization).toEqual({ type: 'l2', rate: 0.003 });
    expect(overfitting(facts({ points, experiment: draft }))?.remedies[0]?.say).toBe('Raise L2 to 0.009');
  });
});

describe('the learning rate', () => {
  const jumps = (at: number): number => 0.7 + 0.3 * Math.sin(1000 * at);
  const half = (): number => 0.55;

  it('is too high where the loss jumps and the steps are long', () => {
    const found = rateTooHigh(facts({ points: curve(40, jumps, jumps, half), layers: [layer({ step: 0.2 }), output] }));
    expect(found?.text).toMatch(/^The learning rate seems too high: from point to point the loss jumps by \d+ %, and an update moves the weights of Dense 8 by 20 %$/);
  });

  it('is not blamed for jumps when the steps are short, nor for long steps of a curve that falls', () => {
    expect(rateTooHigh(facts({ points: curve(40, jumps, jumps, half) }))).toBeNull();
    const falling = curve(40, (at) => 0.7 - 0.3 * at, (at) => 0.7 - 0.3 * at, half);
    expect(rateTooHigh(facts({ points: falling, layers: [layer({ step: 0.2 }), output] }))).toBeNull();
  });

  const tiny = [layer({ step: 1e-7 }), { ...output, step: 3e-7 }];
  const slow = curve(40, (at) => 0.7 - 0.02 * at, (at) => 0.7 - 0.02 * at, half);

  it('is too low where the loss falls by next to nothing and so do the steps', () => {
    const found = rateTooLow(facts({ points: slow, layers: tiny }));
    expect(found?.text).toContain('an update moves no layer by more than 3.0·10⁻⁷ of its weights, and test loss falls by only 1.');
    expect(found?.remedies.map(({ say }) => say)).toEqual(['Raise the learning rate to 0.3', 'Double the learning rate to 0.06']);
  });

  it('is not too low where the schedule made it so, nor where the loss rests', () => {
    const cooling = experiment((each) => (each.training.schedule = { type: 'exponential', warmup: 0, every: 100, factor: 0.9 }));
    expect(rateTooLow(facts({ points: slow, layers: tiny, experiment: cooling }))).toBeNull();
    expect(rateTooLow(facts({ points: curve(40, half, half, half), layers: tiny }))).toBeNull();
  });
});

describe('a curve that rests', () => {
  const resting = (right: number): ReturnType<typeof curve> => curve(60, () => 0.69, () => 0.69, () => right);

  it('at guessing is not learning, and what guessing is the classes say', () => {
    expect(notLearning(facts({ points: resting(0.52) }))?.id).toBe('not learning');
    const counts = [{ name: 'orange', rows: 80 }, { name: 'blue', rows: 20 }];
    expect(notLearning(facts({ points: resting(0.81), counts }))?.id).toBe('not learning');
  });

  it('between guessing and right is underfitting, a note', () => {
    expect(notLearning(facts({ points: resting(0.7) }))).toMatchObject({ id: 'underfitting', weight: 'note' });
  });

  it('where most is right, or while it falls, is nothing', () => {
    expect(notLearning(facts({ points: resting(0.9) }))).toBeNull();
    expect(notLearning(facts({ points: curve(60, (at) => 0.7 - 0.2 * at, () => 0.7, () => 0.6) }))).toBeNull();
  });
});

describe('classes', () => {
  const counts = [{ name: 'rare', rows: 20 }, { name: 'common', rows: 180 }];

  it('that are unbalanced are told with their rows, until they are weighed', () => {
    const found = unbalanced(facts({ counts }));
    expect(found?.text).toBe('Classes are unbalanced: 180 training rows of common, 20 of rare');
    const draft = experiment();
    found?.remedies[0]?.change(draft, () => 'new 1');
    expect(unbalanced(facts({ counts, experiment: draft }))).toBeNull();
  });

  it('of about as many rows are balanced', () => {
    expect(unbalanced(facts({ counts: [{ name: 'a', rows: 60 }, { name: 'b', rows: 140 }] }))).toBeNull();
  });
});

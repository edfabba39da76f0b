import { describe, expect, it } from 'vitest';

import type { DataSetFacts, Experiment } from '../../schema.gen';
import type { Move, Panel, Step } from '../lens/look';
import { answered, answersOf, chain, dense, modelOf, withNumbers } from './fixtures';
import type { Answers, Moment } from './gathered';
import { planOf, type Key, type SlowStep } from './plan';
import type { View } from './showing';
import { viewOf } from './stepview';

const FACTS = { classes: ['no', 'yes'], vocabulary: null, task: 'classification' } as unknown as DataSetFacts;
const EXPERIMENT = {
  network: { output_regularization: null },
  training: {
    optimizer: { type: 'sgd' }, regularization: { type: 'none', rate: 0 }, clipping: { type: 'none' }, class_weights: 'none',
    loss_parameters: { gamma: 2, delta: 1 },
  },
} as unknown as Experiment;

const models = chain('a').map((model) => (model.name === 'a' ? { ...model, layer: dense(3), dense: dense(3) as never } : model));
const plan = planOf(models, [], () => true);

const RATE = 0.1;
const weights = { weight: [3, 2], bias: [3] };
const inside = withNumbers(
  answered('inside/a', { read: [2], z: [3], a: [3], ...weights }, { activation: 'tanh' }),
  'inside/a',
  { read: [0.5, -1], z: [0.2, -0.4, 1], a: [Math.tanh(0.2), Math.tanh(-0.4), Math.tanh(1)] },
);
const byA = [0.3, -0.2, 0.05];
const byZ = byA.map((slope, unit) => slope * (1 - (inside.parts.get('a')?.data[unit] ?? 0) ** 2));
const backward = withNumbers(
  answered('backward/a', { 'a.slope': [3], 'z.slope': [3], 'weight.slope': [3, 2], 'bias.slope': [3], loss: [1], target: [1] }),
  'backward/a',
  { 'a.slope': byA, 'z.slope': byZ, 'weight.slope': byZ.flatMap((slope) => [0.5 * slope, -slope]), 'bias.slope': byZ },
);
const update = withNumbers(
  answered('update/a', { rows: [2], loss: [1], rate: [1], 'weight.slope': [3, 2], 'bias.slope': [3], 'weight.after': [3, 2], 'bias.after': [3] }, {}, 9),
  'update/a',
  { rows: [6, 17], rate: [RATE] },
);
const stepped = (name: string): number[] =>
  Array.from(inside.parts.get(name)?.data ?? [], (before, at) => before - RATE * (update.parts.get(`${name}.slope`)?.data[at] ?? NaN));
const after = withNumbers(inside, 'after/a', { weight: stepped('weight'), bias: stepped('bias') });
const ANSWERS = answersOf(['inside/a', inside], ['backward/a', backward], ['update/a', update], ['after/a', after]);

const stepOf = (phase: SlowStep['phase'], part: SlowStep['part'] = 'layer'): SlowStep =>
  plan.steps.find((step) => step.phase === phase && step.part === part && (step.layer === 'a' || part !== 'layer')) as SlowStep;

function shown(step: SlowStep, answers: Answers = ANSWERS, chosen: Move = {}): View | string {
  return viewOf(step, {
    plan, answers, experiment: EXPERIMENT, looked: { split: 'train', index: 17 }, chosen, around: { models, facts: FACTS, raw: [0.5, -1] },
  });
}

function view(step: SlowStep, answers: Answers = ANSWERS, chosen: Move = {}): View {
  const found = shown(step, answers, chosen);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const lines = ({ panels }: View): Step[] => panels.flatMap((panel: Panel) => (panel.kind === 'steps' ? panel.steps : []));
const line = (of: View, term: string): Step => lines(of).find((step) => step.term === term) as Step;
const plus = (answers: Answers, ...more: [Key, Moment][]): Answers => new Map([...answers, ...more]);

describe('a step of slow motion', () => {
  it('forward shows the strongest neuron with its sum, and any other that is chosen', () => {
    const of = view(stepOf('forward'));
    expect(of.says).toContain('reads 2 from');
    expect(line(of, 'Total z').cell).toMatchObject({ value: 1, from: 'inside/a.z:2' });
    expect(line(view(stepOf('forward'), ANSWERS, { unit: 0 }), 'Total z').cell.from).toBe('inside/a.z:0');
  });

  it('backward takes the slope through the activation and times what a weight reads', () => {
    const of = view(stepOf('backward'));
    const beyond = line(of, '∂L/∂z');
    expect(beyond.cell).toMatchObject({ value: byZ[0], from: 'backward/a.z.slope:0' });
    expect(beyond.derived).toBeCloseTo(byZ[0] ?? NaN, 7);
    const table = of.panels.find((panel) => panel.kind === 'terms' && panel.title === 'Slopes of neuron 1');
    const rows = table?.kind === 'terms' ? table.rows : [];
    for (const { cells: [input, slope, own] } of rows) expect((input?.value ?? NaN) * (slope?.value ?? NaN)).toBeCloseTo(own?.value ?? NaN, 12);
  });

  it('backward sends slopes on to layers, not to the data', () => {
    const titles = view(stepOf('backward')).panels.map(({ title }) => title);
    expect(titles.some((title) => title.startsWith('Sends on'))).toBe(false);
    const output = plan.steps.find((step) => step.phase === 'backward' && step.layer === 'output') as SlowStep;
    const more = plus(ANSWERS, ['inside/output', answered('inside/output', { read: [3], a: [1] })], ['backward/output', answered('backward/output', { 'a.slope': [1] })]);
    expect(view(output, more).panels.map(({ title }) => title)).toContain('Sends on to Dense 3');
  });

  it('names the slopes that are too large to be sent and shows the others', () => {
    const bare = answered('backward/a', { loss: [1], target: [1], 'weight.slope': [3, 2] }, { left_out: ['a.slope'] });
    const of = view(stepOf('backward'), plus(ANSWERS, ['backward/a', bare]));
    expect(of.note).toContain('a.slope');
    expect(of.panels.map(({ title }) => title)).toContain('∂L/∂weight');
  });

  it('before the update says how many samples it follows and whether this one is among them', () => {
    const outputs = plus(ANSWERS, ['backward/output', answered('backward/output', { loss: [1], target: [1] })]);
    const of = view(stepOf('update', 'batch'), outputs);
    expect(of.says).toContain('2 training samples');
    expect(of.says).toContain('number 2 of them');
    expect(line(of, 'Learning rate').cell).toMatchObject({ value: RATE, from: 'update/a.rate:0' });
  });

  it('the update goes from what the engine held to what it holds, by rate times slope', () => {
    const of = view(stepOf('update'));
    const [before, g, now] = [line(of, 'Before'), line(of, 'Slope g, the batch'), line(of, 'After')];
    expect(before.cell.from).toMatch(/^inside\/a\./);
    expect(now.cell.from).toMatch(/^after\/a\./);
    expect(now.derived).toBeCloseTo(before.cell.value - RATE * g.cell.value, 12);
    expect(line(of, 'Step').cell.value).toBeCloseTo(now.cell.value - before.cell.value, 12);
    expect(of.note).toContain('2 samples');
  });

  it('the update shows any other number that is chosen', () => {
    const of = view(stepOf('update'), ANSWERS, { entry: 'bias:1' });
    expect(line(of, 'Before').cell.from).toBe('inside/a.bias:1');
    expect(of.says).toContain('bias 2');
  });

  it('says where units are held at a value', () => {
    const held = { ...EXPERIMENT, network: { ...EXPERIMENT.network, clamps: [{ layer: 'a', unit: 1, value: 0 }] } } as Experiment;
    const of = viewOf(stepOf('forward'), {
      plan, answers: ANSWERS, experiment: held, looked: { split: 'test', index: 0 }, chosen: {}, around: { models, facts: FACTS, raw: null },
    });
    expect(of).toMatchObject({ note: expect.stringContaining('1 unit held') as string });
    expect(view(stepOf('forward')).note).toBeUndefined();
  });

  it('says so where nothing moved', () => {
    const of = view(stepOf('update'), plus(ANSWERS, ['after/a', withNumbers(inside, 'after/a', {})]));
    expect(of.says).toContain('keeps its numbers');
  });

  it('shows a refusal and what is too large in words, never numbers of its own', () => {
    const refused = new Map([...ANSWERS, ['inside/a' as const, { error: 'No layer is named so' }]]);
    expect(shown(stepOf('forward'), refused)).toContain('No layer is named so');
    const without = { ...inside, parts: new Map([...inside.parts].filter(([name]) => name !== 'weight')) };
    expect(shown(stepOf('forward'), plus(ANSWERS, ['inside/a', without]))).toBe('Too large to be shown number by number: weight');
  });

  it('of a picture shows the kernel with the strongest slope', () => {
    const conv = modelOf('a', ['x'], { layer: { type: 'conv2d', channels: 2, kernel: 2, activation: 'relu' } as never, kind: 'picture', shape: [2, 3, 3] });
    const slopes = answered('backward/a', { 'a.slope': [2, 3, 3], 'z.slope': [2, 3, 3], 'weight.slope': [2, 1, 2, 2], 'bias.slope': [2] });
    const made = answered('inside/a', { read: [1, 4, 4], z: [2, 3, 3], a: [2, 3, 3], weight: [2, 1, 2, 2], bias: [2] }, { activation: 'relu' });
    const pictures = { plan: planOf([models[0] as never, conv, models[2] as never], [], () => true), answers: answersOf(['inside/a', made], ['backward/a', slopes]) };
    const of = viewOf(stepOf('backward'), {
      ...pictures, experiment: EXPERIMENT, looked: { split: 'test', index: 0 }, chosen: {}, around: { models: [conv], facts: FACTS, raw: null },
    });
    const kernels = typeof of === 'string' ? [] : of.panels.filter(({ title }) => title.startsWith('∂L/∂weight of'));
    expect(kernels).toHaveLength(1);
    expect(kernels[0]).toMatchObject({ kind: 'plate', grid: { rows: 2, columns: 2 } });
  });
});

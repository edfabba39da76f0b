/** What the glass works out is what the formulas of the layers say, from numbers without a pattern. */
import { describe, expect, it } from 'vitest';

import type { Conv2d } from '../../schema.gen';
import { store, tensor } from '../../render/fixtures';
import { drawn, inside, look, noise, stepNamed, stepsOf } from './fixtures';
import type { NumbersPanel, PlatePanel, TermsPanel } from './look';
import { tableRow } from './sequence';
import { cellAt, flatIndex, insideOf, range, slice, sum, valuesOf, type Part } from './tensors';

const get = (of: Part, ...index: number[]): number => of.data[of.offset + flatIndex(of.shape, index)] ?? NaN;
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const empty = (name: string, shape: number[]): Part => drawn(name, shape, () => 0);

describe('a number of the stream', () => {
  it('knows where it is from, also in a turn of a repeated block', () => {
    const frames = store({ c: { 'layer.z': tensor([2, 3], [0, 1, 2, 3, 4, 5]), 'other.z': tensor([1], [9]) } }, { c: 3 });
    const found = insideOf(frames, 'c', 'layer', { activation: 'tanh', left_out: ['weight'] });
    expect([found?.update, found?.activation, found?.leftOut]).toEqual([3, 'tanh', ['weight']]);
    const z = found?.parts.get('z');
    if (!z) throw new Error('z is there');
    expect(cellAt(z, 1, 2)).toEqual({ value: 5, from: 'z:5' });
    expect(cellAt(slice(z, 1), 0)).toEqual({ value: 3, from: 'z:3' });
    expect(valuesOf(slice(z, 1))).toEqual([3, 4, 5]);
  });
});

describe('a convolution', () => {
  const next = noise(1);
  const read = drawn('read', [4, 5, 6], next);
  const weight = drawn('weight', [6, 2, 3, 2], next);
  const bias = drawn('bias', [6], next);
  const settings: Partial<Conv2d> = { type: 'conv2d', channels: 6, kernel: [3, 2], stride: [2, 1], padding: 'same', dilation: [1, 2], groups: 2, activation: 'tanh' };

  it('adds up to z under the kernel, groups, dilation and padding included', () => {
    // same: 3 × 6 places; 3 + 1 rows padded 1 + 1 (of ⌈5/2⌉ places), columns padded 1 + 1.
    const parts = [read, weight, bias, empty('z', [6, 3, 6]), empty('a', [6, 3, 6])];
    for (const [unit, row, column] of [[0, 0, 0], [4, 1, 3], [5, 2, 5]] as const) {
      const seen = look(settings, inside(parts), { reads: ['picture'], kind: 'picture', place: { unit, row, column } });
      let z = get(bias, unit);
      for (const channel of [0, 1]) for (const i of [0, 1, 2]) for (const j of [0, 1]) {
        const [y, x] = [2 * row + i - 1, column + 2 * j - 1];
        if (y >= 0 && y < 5 && x >= 0 && x < 6) z += get(read, (unit < 3 ? 0 : 2) + channel, y, x) * get(weight, unit, channel, i, j);
      }
      expect(stepNamed(seen, 'Total z').derived).toBeCloseTo(z, 10);
    }
  });

  it('shows the products of the channel that was chosen', () => {
    const parts = [read, weight, bias, empty('z', [6, 3, 6]), empty('a', [6, 3, 6])];
    const seen = look(settings, inside(parts), { reads: ['picture'], kind: 'picture', place: { unit: 5, row: 1, column: 2, channel: 3 } });
    const { blocks } = seen.panels.find((panel): panel is NumbersPanel => panel.kind === 'numbers') ?? { blocks: [] };
    const [input, kernel, product] = blocks.map(({ grid }) => grid.at(1, 1));
    expect(input?.from).toBe(`read:${flatIndex(read.shape, [3, 2, 3])}`);
    expect(kernel?.from).toBe(`weight:${flatIndex(weight.shape, [5, 1, 1, 1])}`);
    expect(product?.value).toBeCloseTo(get(read, 3, 2, 3) * get(weight, 5, 1, 1, 1), 12);
  });

  it('turned round, puts its kernel down for every number that it reads', () => {
    for (const [padding, rows, before] of [['same', 10, 0], ['valid', 11, 0], [1, 9, 1]] as const) {
      const kernel = drawn('weight', [2, 4, 3, 3], next);
      const whole = range(12).map(() => range(14).map(() => 0));
      for (const channel of range(4)) for (const y of range(5)) for (const x of range(6)) for (const i of range(3)) for (const j of range(3)) {
        const line = whole[2 * y + i];
        if (line) line[2 * x + j] = (line[2 * x + j] ?? 0) + get(read, channel, y, x) * get(kernel, 1, channel, i, j);
      }
      const shape = [2, rows, rows + 2];
      const parts = [read, kernel, drawn('bias', [2], () => 0), empty('z', shape), empty('a', shape)];
      for (const [row, column] of [[0, 0], [3, 4], [rows - 1, rows + 1]] as const) {
        const seen = look({ type: 'conv_transpose2d', channels: 2, kernel: 3, stride: 2, padding, activation: 'tanh' }, inside(parts), { place: { unit: 1, row, column } });
        expect(stepNamed(seen, 'Total z').derived).toBeCloseTo(whole[row + before]?.[column + before] ?? NaN, 10);
      }
    }
  });

  it('runs along the steps of a sequence and the length of a signal alike', () => {
    const [steps, features] = [7, 3];
    const sequence = drawn('read', [steps, features], next);
    const signal: Part = { ...sequence, shape: [features, steps], data: range(features).flatMap((f) => range(steps).map((s) => get(sequence, s, f))) };
    const kernel = drawn('weight', [2, features, 3], next);
    const own = drawn('bias', [2], next);
    const settings = { type: 'conv1d', channels: 2, kernel: 3, stride: 2, padding: 1, dilation: 1, groups: 1, activation: 'linear' } as const;
    const at = { unit: 1, step: 3 };
    const z = get(own, 1) + sum(range(3).flatMap((tap) => range(features).map((f) => (2 * 3 + tap - 1 < steps ? get(sequence, 5 + tap, f) * get(kernel, 1, f, tap) : 0))));
    const asSteps = look(settings, inside([sequence, kernel, own, empty('z', [4, 2]), empty('a', [4, 2])]), { reads: ['sequence'], kind: 'sequence', place: at });
    const asSignal = look(settings, inside([signal, kernel, own, empty('z', [2, 4]), empty('a', [2, 4])]), { reads: ['signal'], kind: 'signal', place: at });
    expect(stepNamed(asSteps, 'Total z').derived).toBeCloseTo(z, 10);
    expect(stepNamed(asSignal, 'Total z').derived).toBeCloseTo(z, 10);
    expect(stepNamed(asSteps, 'Total z').cell.from).toBe('z:7');
    expect(stepNamed(asSignal, 'Total z').cell.from).toBe('z:7');
  });
});

describe('pooling', () => {
  const read = drawn('read', [2, 5, 5], noise(2));
  const around = { reads: ['picture'], kind: 'picture', place: { unit: 1, row: 2, column: 1 } } as const;

  it('finds the winner, padding left aside', () => {
    const seen = look({ type: 'max_pool2d', window: 3, stride: 2, padding: 'same' }, inside([read, empty('a', [2, 3, 3])]), around);
    const values = [3, 4].flatMap((y) => [1, 2, 3].map((x) => get(read, 1, y, x)));
    expect(stepNamed(seen, 'Largest of 6').derived).toBe(Math.max(...values));
  });

  it('takes the mean of what lies inside', () => {
    const seen = look({ type: 'avg_pool2d', window: 3, stride: 2, padding: 'same' }, inside([read, empty('a', [2, 3, 3])]), around);
    expect(stepNamed(seen, 'Mean').derived).toBeCloseTo(sum([3, 4].flatMap((y) => [1, 2, 3].map((x) => get(read, 1, y, x)))) / 6, 12);
    const all = look({ type: 'global_avg_pool' }, inside([read, empty('a', [2])]), { reads: ['picture'], place: { unit: 1 } });
    expect(stepNamed(all, 'Mean').derived).toBeCloseTo(sum(range(25).map((at) => read.data[25 + at] ?? NaN)) / 25, 12);
  });
});

describe('normalisation', () => {
  const next = noise(3);
  const read = drawn('read', [4, 3, 2], next);

  it('uses the figures of the channel, the group or the example', () => {
    const around = { reads: ['picture'], kind: 'picture', place: { unit: 2, row: 1, column: 1 } } as const;
    const normal = drawn('normal', read.shape, next);
    const common = [read, normal, empty('a', [4, 3, 2]), drawn('gain', [4], next), drawn('bias', [4], next)];
    const batch = inside([...common, drawn('mean', [4], next), drawn('variance', [4], () => 0.7)]);
    const one = look({ type: 'batch_norm', eps: 1e-3 }, batch, around);
    expect(stepNamed(one, 'Mean').cell.from).toBe('mean:2');
    expect(stepNamed(one, 'Divided').derived).toBeCloseTo((get(read, 2, 1, 1) - stepNamed(one, 'Mean').cell.value) / Math.sqrt(0.701), 10);
    expect(stepNamed(one, 'Answer a').derived).toBeCloseTo(get(normal, 2, 1, 1) * stepNamed(one, 'Gain').cell.value + stepNamed(one, 'Bias').cell.value, 10);
    const group = look({ type: 'group_norm', groups: 2, eps: 1e-5 }, inside([...common, drawn('mean', [2], next), drawn('variance', [2], () => 0.5)]), around);
    expect(stepNamed(group, 'Mean').cell.from).toBe('mean:1');
  });

  it('of a sequence, those of the step', () => {
    const steps = drawn('read', [3, 4], next);
    const parts = [steps, drawn('normal', [3, 4], next), empty('a', [3, 4]), drawn('gain', [4], next), drawn('bias', [4], next), drawn('mean', [3, 1], next), drawn('variance', [3, 1], () => 2)];
    const seen = look({ type: 'layer_norm', eps: 1e-5 }, inside(parts), { reads: ['sequence'], kind: 'sequence', place: { unit: 3, step: 1 } });
    expect([stepNamed(seen, 'Mean').cell.from, stepNamed(seen, 'Gain').cell.from, stepNamed(seen, 'Number x').cell.from]).toEqual(['mean:1', 'gain:3', 'read:7']);
  });
});

describe('attention', () => {
  const next = noise(4);
  const [steps, heads, depth] = [4, 2, 3];
  const split = ['query', 'key', 'value', 'mixed'].map((name) => drawn(name, [heads, steps, depth], next));
  const [query, key, value] = split as [Part, Part, Part];
  const scores = drawn('scores', [heads, steps, steps], next);
  const weights = drawn('weights', [heads, steps, steps], next);
  const square = ['query', 'key', 'value', 'out'].flatMap((name) => [drawn(`${name}_weight`, [6, 6], next), drawn(`${name}_bias`, [6], next)]);
  const read = drawn('read', [steps, 6], next);
  const all = inside([...split, scores, weights, read, ...square, empty('a', [steps, 6])]);
  const at = { head: 1, step: 2, other: 1, feature: 2, unit: 4 };
  const seen = (stage: string, causal = true) => look({ type: 'attention', heads, causal }, all, { place: { ...at, stage } });

  it('scores are products of queries and keys over √d', () => {
    const product = sum(range(depth).map((f) => get(query, 1, 2, f) * get(key, 1, 1, f)));
    expect(stepNamed(seen('score'), 'Score').derived).toBeCloseTo(product / Math.sqrt(3), 10);
  });

  it('weights are shares of the powers of the scores that are seen', () => {
    const powers = range(3).map((k) => Math.exp(get(scores, 1, 2, k)));
    expect(stepNamed(seen('softmax'), 'Weight').derived).toBeCloseTo((powers[1] ?? 0) / sum(powers), 10);
    const further = Math.exp(get(scores, 1, 2, 3));
    expect(stepNamed(seen('softmax', false), 'Weight').derived).toBeCloseTo((powers[1] ?? 0) / (sum(powers) + further), 10);
  });

  it('values are mixed by weight, heads joined and projected', () => {
    expect(stepNamed(seen('mix'), 'Mixed').derived).toBeCloseTo(sum(range(3).map((k) => get(weights, 1, 2, k) * get(value, 1, k, 2))), 10);
    const [out, bias] = square.slice(-2) as [Part, Part];
    const mixed = split[3] as Part;
    const joined = range(6).map((f) => get(mixed, f < 3 ? 0 : 1, 2, f % 3));
    expect(stepNamed(seen('out'), 'Answer a').derived).toBeCloseTo(sum(joined.map((x, f) => x * get(out, 4, f))) + get(bias, 4), 10);
    expect(stepNamed(seen('project'), 'Query').derived).toBeCloseTo(sum(range(6).map((f) => get(read, 2, f) * get(square[0] as Part, 5, f))) + get(square[1] as Part, 5), 10);
  });

  it('no step looks at later ones where it is causal', () => {
    const [plate] = seen('softmax').panels as [PlatePanel];
    expect([plate.grid.at(1, 2), plate.grid.at(2, 1)?.from]).toEqual([null, 'weights:25']);
    expect(seen('softmax').panels.find((panel): panel is TermsPanel => panel.kind === 'terms')?.rows).toHaveLength(3);
  });
});

describe('a recurrent layer', () => {
  const next = noise(5);
  const [steps, units, features] = [3, 2, 4];
  const read = drawn('read', [steps, features], next);
  const at = { unit: 1, step: 2 };
  const strip = (name: string): Part => drawn(name, [steps, units], next);
  const own = (gates: number): Part[] => [drawn('weight', [gates * units, features], next), drawn('state_weight', [gates * units, units], next), drawn('bias', [gates * units], next)];
  const z = ([w, u, b]: Part[], state: Part, row: number): number =>
    sum(range(features).map((f) => get(read, 2, f) * get(w as Part, row, f))) + sum(range(units).map((h) => get(state, 1, h) * get(u as Part, row, h))) + get(b as Part, row);

  it('opens and shuts its gates by input and state', () => {
    const [mine, state, memory] = [own(4), strip('state'), strip('memory')];
    const gates = ['input', 'forget', 'candidate', 'output'].map(strip);
    const all = inside([read, ...mine, state, memory, ...gates]);
    const seen = (stage: string) => look({ type: 'lstm', units }, all, { place: { ...at, stage } });
    expect(stepNamed(seen('forget'), 'sigmoid(z)').derived).toBeCloseTo(sigmoid(z(mine, state, 3)), 10);
    expect(stepNamed(seen('candidate'), 'tanh(z)').derived).toBeCloseTo(Math.tanh(z(mine, state, 5)), 10);
    const [input, forget, candidate, output] = gates.map((gate) => get(gate, 2, 1)) as [number, number, number, number];
    expect(stepNamed(seen('memory'), 'Memory c').derived).toBeCloseTo(forget * get(memory, 1, 1) + input * candidate, 10);
    expect(stepNamed(seen('state'), 'State h').derived).toBeCloseTo(output * Math.tanh(get(memory, 2, 1)), 10);
  });

  it('with two gates, resets before it proposes', () => {
    const [mine, state, extra] = [own(3), strip('state'), drawn('state_bias', [units], next)];
    const [reset, update, candidate] = ['reset', 'update', 'candidate'].map(strip) as [Part, Part, Part];
    const all = inside([read, ...mine, extra, state, reset, update, candidate]);
    const seen = (stage: string) => look({ type: 'gru', units }, all, { place: { ...at, stage } });
    const [w, u, b] = mine as [Part, Part, Part];
    const fromInput = sum(range(features).map((f) => get(read, 2, f) * get(w, 5, f))) + get(b, 5);
    const fromState = sum(range(units).map((h) => get(state, 1, h) * get(u, 5, h))) + get(extra, 1);
    expect(stepNamed(seen('candidate'), 'tanh(z)').derived).toBeCloseTo(Math.tanh(fromInput + get(reset, 2, 1) * fromState), 10);
    const old = get(state, 1, 1);
    expect(stepNamed(seen('state'), 'State h').derived).toBeCloseTo(get(candidate, 2, 1) + get(update, 2, 1) * (old - get(candidate, 2, 1)), 10);
  });

  it('begins with nothing', () => {
    const [mine, state] = [own(1), strip('state')];
    const seen = look({ type: 'rnn', units }, inside([read, ...mine, state, strip('z')]), { place: { unit: 1, step: 0 } });
    expect(stepNamed(seen, 'U h, from zeros').cell.value).toBe(0);
    const [w, , b] = mine as [Part, Part, Part];
    expect(stepNamed(seen, 'Total z').derived).toBeCloseTo(sum(range(features).map((f) => get(read, 0, f) * get(w, 1, f))) + get(b, 1), 10);
  });
});

describe('the output', () => {
  it('shares out by the powers of its scores', () => {
    const next = noise(6);
    const [read, weight, bias, a] = [drawn('read', [4], next), drawn('weight', [3, 4], next), drawn('bias', [3], next), drawn('a', [3], next)];
    const seen = look(null, inside([read, weight, bias, a, empty('answer', [3])], 'softmax'), { place: { unit: 2 }, labels: ['a', 'b', 'c'] });
    const powers = range(3).map((k) => Math.exp(get(a, k)));
    expect(stepNamed(seen, 'Answer').derived).toBeCloseTo((powers[2] ?? 0) / sum(powers), 12);
    expect(stepNamed(seen, 'Total z').derived).toBeCloseTo(sum(range(4).map((s) => get(read, s) * get(weight, 2, s))) + get(bias, 2), 12);
  });
});

describe('layers that add, look up, draw and move', () => {
  const next = noise(7);

  it('say what the loss gains for the distribution of the codes', () => {
    const [mean, log] = [drawn('mean', [3], next), drawn('log_variance', [3], next)];
    const parts = [mean, log, { ...mean, name: 'a' }, drawn('divergence', [], () => 0.5), drawn('penalty', [], next)];
    const seen = look({ type: 'sampling', kl_weight: 0.1 }, inside(parts));
    const all = -0.5 * sum(range(3).map((code) => 1 + get(log, code) - get(mean, code) ** 2 - Math.exp(get(log, code))));
    expect(stepNamed(seen, 'Of all codes').derived).toBeCloseTo(all, 12);
    expect(stepNamed(seen, '× 0.1').derived).toBeCloseTo(0.05, 12);
  });

  it('look up the nearest row of a table', () => {
    const [read, table] = [drawn('read', [2], () => 2.4), drawn('weight', [3, 4], next)];
    const seen = look({ type: 'embedding', units: 4 }, inside([read, table, empty('a', [2, 4])]), { reads: ['tokens'], kind: 'sequence', place: { unit: 3, step: 1 } });
    expect(stepNamed(seen, 'Answer a').derived).toBe(get(table, 2, 3));
    expect([-1, 0.5, 1.5, 9].map((token) => tableRow(token, 3))).toEqual([0, 0, 2, 2]);
  });

  it('add the wave of the place and multiply what they read', () => {
    const [read, encoding] = [drawn('read', [2, 3], next), drawn('encoding', [2, 3], next)];
    const waves = look({ type: 'positional_encoding', kind: 'learned' }, inside([read, encoding, empty('a', [2, 3])]), { kind: 'sequence', place: { unit: 1, step: 1 } });
    expect(stepNamed(waves, 'Answer a').derived).toBe(get(read, 1, 1) + get(encoding, 1, 1));
    const gate = look({ type: 'multiply' }, inside([read, { ...encoding, name: 'read_1' }, empty('a', [2, 3])]), { kind: 'sequence', sources: ['p', 'q'], place: { unit: 2, step: 0 } });
    expect(stepNamed(gate, 'Product a').derived).toBe(get(read, 0, 2) * get(encoding, 0, 2));
  });

  it('say where a number of a flattened picture comes from', () => {
    const read = drawn('read', [2, 3, 4], next);
    const seen = look({ type: 'flatten' }, inside([read, { ...read, name: 'a', shape: [24] }]), { reads: ['picture'], place: { unit: 17 } });
    expect(stepsOf(seen).map(({ term, cell }) => [term, cell.from])).toEqual([['From 2, 2, 2', 'read:17'], ['To 18', 'a:17']]);
  });

  it('find the layer a number was joined from', () => {
    const [one, two] = [drawn('read', [3], next), drawn('read_1', [2], next)];
    const joined: Part = { name: 'a', shape: [5], offset: 0, data: [...valuesOf(one), ...valuesOf(two)] };
    const seen = look({ type: 'concat' }, inside([one, two, joined]), { sources: ['left', 'right'], place: { unit: 4 } });
    expect(stepsOf(seen).map(({ term, cell }) => [term, cell.from])).toEqual([['right, 2', 'read_1:1'], ['Answer, 5', 'a:4']]);
  });

  it('draw straight lines between pixels, and repeat the last at the edge', () => {
    const read = drawn('read', [1, 2, 2], next);
    const seen = (row: number, column: number) =>
      stepsOf(look({ type: 'upsample', factor: 2, method: 'bilinear' }, inside([read, empty('a', [1, 4, 4])]), { reads: ['picture'], kind: 'picture', place: { row, column } }))[0]?.derived;
    expect(seen(0, 0)).toBeCloseTo(get(read, 0, 0, 0), 12);
    expect(seen(0, 1)).toBeCloseTo(0.75 * get(read, 0, 0, 0) + 0.25 * get(read, 0, 0, 1), 12);
  });

  it('go on in a turn with what the turn before made', () => {
    const layers = [{ type: 'dense', name: 'd', units: 2, activation: 'linear' }, { type: 'add', name: 's', inputs: ['x', 'd'] }] as const;
    const parts = [drawn('read', [2], next), drawn('d.weight', [3, 2, 2], next), drawn('d.bias', [3, 2], next), drawn('d.z', [3, 2], next), drawn('d.a', [3, 2], next), drawn('s.a', [3, 2], next), drawn('a', [2], next)];
    const seen = look({ type: 'repeat', times: 3, layers } as never, inside(parts), { place: { turn: 2, inner: 's', unit: 1 } });
    expect(stepsOf(seen).map(({ cell }) => cell.from)).toEqual(['s.a:3', 'd.a:5', 's.a:5']);
    const first = look({ type: 'repeat', times: 3, layers } as never, inside(parts), { place: { turn: 0, inner: 'd', unit: 1 } });
    expect(stepNamed(first, 'Total z').cell.from).toBe('d.z:1');
  });
});

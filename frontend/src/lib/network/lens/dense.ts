/** Dense layers under the glass, on steps, pictures and lists, with all or some connections; and the output's softmax. Pure. */
import type { Dense, SparseDense } from '../../schema.gen';
import { activate, activated } from './activated';
import type { Look, Panel, Scene, Step, TermRow, TermsPanel } from './look';
import { chooser, placeName, plateOf, sheetOf, unflat } from './sheet';
import { cellAt, cellFlat, part, range, sizeOf, sum, within, workedOut, type Cell, type Inside, type Part } from './tensors';

/** One unit of a dense layer, for one step where it reads steps. */
interface Unit {
  readonly unit: number;
  readonly step: number;
  readonly isStepwise: boolean;
  readonly units: number;
  readonly steps: number;
  /** Along every axis of z. */
  readonly index: readonly number[];
  readonly inputs: readonly Cell[];
}

function unitOf({ inside, place }: Scene): Unit {
  const [read, z] = [part(inside, 'read'), part(inside, inside.parts.has('z') ? 'z' : 'a')];
  const isStepwise = z.shape.length === 2;
  const [steps, units] = isStepwise ? [z.shape[0] ?? 1, z.shape[1] ?? 1] : [1, z.shape[0] ?? 1];
  const [unit, step] = [within(place.unit, units), within(place.step, steps)];
  const count = isStepwise ? (read.shape[1] ?? 1) : sizeOf(read.shape);
  return {
    unit, step, isStepwise, units, steps,
    index: isStepwise ? [step, unit] : [unit],
    inputs: range(count).map((source) => cellFlat(read, isStepwise ? step * count + source : source)),
  };
}

/** input × weight of one unit; `read` says what the inputs are called. */
export function products(inputs: readonly Cell[], weight: Part, unit: number, names: (source: number) => string): TermRow[] {
  return inputs.map((input, source) => {
    const by = cellAt(weight, unit, source);
    return { name: names(source), cells: [input, by, workedOut(input.value * by.value)] };
  });
}

export const lastOf = ({ cells }: TermRow): number => cells.at(-1)?.value ?? 0;

export const total = (rows: readonly TermRow[]): number => sum(rows.map(lastOf));

export const termsOf = (title: string, rows: readonly TermRow[], heads = ['input', 'weight', 'signal']): TermsPanel => ({
  kind: 'terms', title, rows, heads: ['from', ...heads], sorts: true,
});

/** Sum, bias, z. */
export function sumSteps(rows: readonly TermRow[], bias: Cell, z: Cell, name = 'Total z'): Step[] {
  const signals = total(rows);
  return [
    { term: 'Sum of signals', cell: workedOut(signals) },
    { term: 'Bias', cell: bias },
    { term: name, cell: z, derived: signals + bias.value, isTotal: true },
  ];
}

/** What the inputs of a dense layer are called: their place in the picture, or their number. */
export const inputName = (shape: readonly number[], isStepwise: boolean) => (source: number): string =>
  shape.length === 1 || isStepwise ? String(source + 1) : placeName(unflat(shape, source));

export function denseLook(scene: Scene & { layer: Dense }): Look {
  const { layer, inside, place } = scene;
  const one = unitOf(scene);
  const [read, z, a] = [part(inside, 'read'), part(inside, 'z'), part(inside, 'a')];
  const rows = products(one.inputs, part(inside, 'weight'), one.unit, inputName(read.shape, one.isStepwise));
  return {
    formula: `z = W x + b, a = ${layer.activation.replaceAll('_', ' ')}(z)${one.isStepwise ? ', for every step' : ''}`,
    choosers: unitChoosers(one, scene),
    panels: [
      readPlate(read, scene, one),
      termsOf('Receives', rows),
      {
        kind: 'steps', title: 'Adds and transforms', ...activated(layer.activation, z, a, one.index),
        steps: sumSteps(rows, cellAt(part(inside, 'bias'), one.unit), cellAt(z, ...one.index)),
      },
      plateOf('Answers', sheetOf(a, one.isStepwise ? 'sequence' : 'vector', { ...place, unit: one.unit })),
    ],
    ...(one.isStepwise && { sweep: { count: one.steps, now: one.step, at: (step) => ({ step }) } }),
  };
}

/** What is read: its step is chosen, all of its numbers are taken. Of a picture a channel is shown. */
function readPlate(read: Part, { reads, place }: Scene, { isStepwise, step }: Unit): Panel {
  const plate = plateOf('Reads', sheetOf(read, reads[0], { ...place, unit: isStepwise ? place.other : place.channel, step }));
  const [features = 1] = [...read.shape].reverse();
  return isStepwise
    ? { ...plate, chosen: null, window: [0, step, features, 1], pick: (_, column) => ({ step: column }) }
    : { ...plate, chosen: null, pick: () => ({}) };
}

function unitChoosers({ unit, units, step, steps, isStepwise }: Unit, { labels, tokens }: Scene): Look['choosers'] {
  return [
    chooser('Neuron', unit, units, 'unit', labels.length === units ? labels : undefined),
    ...(isStepwise ? [chooser('Step', step, steps, 'step', tokens.length === steps ? tokens : undefined)] : []),
  ];
}

export function sparseLook(scene: Scene & { layer: SparseDense }): Look {
  const { layer, inside, place } = scene;
  const one = unitOf(scene);
  const [read, z, a, weight, mask] = [part(inside, 'read'), part(inside, 'z'), part(inside, 'a'), part(inside, 'weight'), part(inside, 'mask')];
  const sources = weight.shape[1] ?? 1;
  const isOn = (source: number): boolean => cellAt(mask, one.unit, source).value > 0;
  const rows = products(one.inputs, weight, one.unit, inputName(read.shape, one.isStepwise)).filter((_, source) => isOn(source));
  const there = sum(range(sizeOf(mask.shape)).map((at) => cellFlat(mask, at).value));
  return {
    formula: `z = (W ∘ M) x + b, a = ${layer.activation.replaceAll('_', ' ')}(z)`,
    choosers: unitChoosers(one, scene),
    note: `${there.toLocaleString('en-US')} of ${sizeOf(mask.shape).toLocaleString('en-US')} connections are there; click one to cut it, a gap to restore it`,
    panels: [
      {
        kind: 'plate', title: 'W ∘ M', axes: ['neuron', 'input'], cuts: true, isWide: true, chosen: [one.unit, within(place.other, sources)],
        grid: {
          rows: one.units, columns: sources, stretches: true,
          at: (row, column) => (cellAt(mask, row, column).value > 0 ? cellAt(weight, row, column) : null),
        },
        pick: (row, column) => ({ unit: row, other: column }),
      },
      termsOf('Receives', rows),
      {
        kind: 'steps', title: 'Adds and transforms', ...activated(layer.activation, z, a, one.index),
        steps: sumSteps(rows, cellAt(part(inside, 'bias'), one.unit), cellAt(z, ...one.index)),
      },
      plateOf('Answers', sheetOf(a, one.isStepwise ? 'sequence' : 'vector', { ...place, unit: one.unit })),
    ],
  };
}

/** eˣ of every score over their sum, as a table; the largest is taken off first, which changes nothing but the range. */
export function softmaxTerms(scores: readonly (Cell | null)[]): { largest: number; powers: (number | null)[]; sum: number } {
  const largest = Math.max(...scores.flatMap((score) => (score === null ? [] : [score.value])));
  const powers = scores.map((score) => (score === null ? null : Math.exp(score.value - largest)));
  return { largest, powers, sum: sum(powers.map((power) => power ?? 0)) };
}

export function outputLook(scene: Scene): Look {
  const { inside, labels, place } = scene;
  const one = unitOf(scene);
  const [read, z, answers] = [part(inside, 'read'), part(inside, 'a'), part(inside, 'answer')];
  const head = inside.activation;
  const rows = products(one.inputs, part(inside, 'weight'), one.unit, inputName(read.shape, one.isStepwise));
  const own = cellAt(z, ...one.index);
  const steps = sumSteps(rows, cellAt(part(inside, 'bias'), one.unit), own);
  return {
    formula: head === 'softmax' ? 'z = W x + b, answer = eᶻ / Σ eᶻ (softmax)' : `z = W x + b, answer = ${head}(z)`,
    choosers: unitChoosers(one, scene),
    panels: [
      readPlate(read, scene, one),
      termsOf('Receives', rows),
      { kind: 'steps', title: 'Adds', steps },
      ...(head === 'softmax' ? softmaxPanels(inside, one, labels) : [headPanel(head, own, cellAt(answers, ...one.index))]),
      ...(one.isStepwise ? [plateOf('Answers', sheetOf(answers, 'sequence', { ...place, unit: one.unit }))] : []),
    ],
    ...(one.isStepwise && { sweep: { count: one.steps, now: one.step, at: (step) => ({ step }) } }),
  };
}

function softmaxPanels(inside: Inside, { unit, units, index }: Unit, labels: readonly string[]): Panel[] {
  const [z, answers] = [part(inside, 'a'), part(inside, 'answer')];
  const at = (other: number): number[] => [...index.slice(0, -1), other];
  const scores = range(units).map((other) => cellAt(z, ...at(other)));
  const found = softmaxTerms(scores);
  const power = found.powers[unit] ?? 0;
  return [
    {
      kind: 'terms', title: 'Softmax', heads: ['class', 'z', 'eᶻ⁻ᵐ', 'share'], sorts: true, plain: [1, 2], digits: 3,
      rows: scores.map((score, other) => ({
        name: labels[other] ?? String(other + 1),
        cells: [score, workedOut(found.powers[other] ?? 0), cellAt(answers, ...at(other))],
        pick: { unit: other },
        isChosen: other === unit,
      })),
    },
    {
      kind: 'steps', title: labels[unit] === undefined ? 'Shares out' : `Answer ${labels[unit]}`,
      steps: [
        { term: 'Largest z, m', cell: workedOut(found.largest) },
        { term: 'eᶻ⁻ᵐ', cell: workedOut(power), isPlain: true },
        { term: 'Sum of all', cell: workedOut(found.sum), isPlain: true },
        { term: 'Answer', cell: cellAt(answers, ...index), derived: power / found.sum, isTotal: true, isPlain: true },
      ],
    },
  ];
}

function headPanel(head: string, z: Cell, answer: Cell): Panel {
  const derived = activate(head, z.value);
  return {
    kind: 'steps', title: 'Answers', curve: { activation: head, z: z.value, a: answer.value }, steps: [],
    result: { term: `${head}(z)`, cell: answer, ...(derived !== undefined && { derived }) },
  };
}


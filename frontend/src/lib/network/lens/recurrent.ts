/** Recurrent layers under the glass: gates and state over time, and the equation of one step. Pure. */
import type { Gru, Lstm, Rnn } from '../../schema.gen';
import { activate } from './activated';
import { lastOf, products, termsOf, total } from './dense';
import type { Look, Panel, PlatePanel, Scene, Step } from './look';
import { chooser } from './sheet';
import { cellAt, part, range, sum, within, workedOut, type Cell, type Inside } from './tensors';

/** In the order of their rows in the parameters. */
const GATES = {
  rnn: ['state'],
  gru: ['reset', 'update', 'candidate'],
  lstm: ['input', 'forget', 'candidate', 'output'],
} as const;
const FORMULAS = {
  rnn: 'h ← tanh(W x + U h + b)',
  gru: 'r, u = σ(W x + U h + b), n = tanh(W x + b + r · (U h + b′)), h ← n + u · (h − n)',
  lstm: 'i, f, o = σ(W x + U h + b), g = tanh(…), c ← f · c + i · g, h ← o · tanh(c)',
} as const;

interface Now {
  readonly inside: Inside;
  readonly type: 'rnn' | 'gru' | 'lstm';
  readonly unit: number;
  readonly units: number;
  readonly step: number;
}

/** A number of the state before; nothing was there before the first step. */
function before({ inside, step }: Now, name: string, unit: number): Cell {
  return step === 0 ? workedOut(0) : cellAt(part(inside, name), step - 1, unit);
}

export function recurrentLook(scene: Scene & { layer: Rnn | Gru | Lstm }): Look {
  const { layer, inside, place, tokens } = scene;
  const [steps = 1, units = 1] = part(inside, 'state').shape;
  const now: Now = { inside, type: layer.type, units, unit: within(place.unit, units), step: within(place.step, steps) };
  const gates: readonly string[] = GATES[layer.type];
  const shown = layer.type === 'rnn' ? gates : [...gates, ...(layer.type === 'lstm' ? ['memory'] : []), 'state'];
  const stage = shown.find((name) => name === place.stage) ?? 'state';
  const strip = (name: string): PlatePanel => ({
    kind: 'plate', title: name.charAt(0).toUpperCase() + name.slice(1), axes: ['neuron', 'step'],
    grid: {
      rows: units, columns: steps, stretches: true, at: (row, column) => cellAt(part(inside, name), column, row),
      ...(tokens.length === steps && { columnNames: tokens }),
    },
    chosen: [now.unit, now.step],
    pick: (row, column) => ({ unit: row, step: column, stage: name }),
    ...(name !== 'memory' && { largest: 1 }),
  });
  return {
    formula: FORMULAS[layer.type],
    choosers: [chooser('Neuron', now.unit, units, 'unit'), chooser('Step', now.step, steps, 'step', tokens.length === steps ? tokens : undefined)],
    ...(shown.length > 1 && { stages: { names: shown, chosen: stage } }),
    panels: [{ kind: 'strips', title: 'Over time', plates: shown.map(strip) }, ...equation(now, stage)],
    sweep: { count: steps, now: now.step, at: (step) => ({ step }) },
  };
}

function equation(now: Now, stage: string): Panel[] {
  if (stage === 'memory') return [{ kind: 'steps', title: 'Memory c', steps: memorySteps(now) }];
  if (stage === 'state' && now.type === 'gru') return [{ kind: 'steps', title: 'State h', steps: gruSteps(now) }];
  if (stage === 'state' && now.type === 'lstm') return [{ kind: 'steps', title: 'State h', steps: lstmSteps(now) }];
  return gatePanels(now, stage);
}

function memorySteps(now: Now): Step[] {
  const { inside, step, unit } = now;
  const [forget, input, candidate, memory] = ['forget', 'input', 'candidate', 'memory'].map((name) => cellAt(part(inside, name), step, unit));
  const old = before(now, 'memory', unit);
  const [kept, added] = [value(forget) * old.value, value(input) * value(candidate)];
  return [
    ...named([['Forget f', forget], ['Memory before', old]]),
    { term: 'Kept, f · c', cell: workedOut(kept), isTotal: true },
    ...named([['Input i', input], ['Candidate g', candidate]]),
    { term: 'Added, i · g', cell: workedOut(added), isTotal: true },
    { term: 'Memory c', cell: memory ?? workedOut(NaN), derived: kept + added, isTotal: true },
  ];
}

function lstmSteps({ inside, step, unit }: Now): Step[] {
  const [output, memory, state] = ['output', 'memory', 'state'].map((name) => cellAt(part(inside, name), step, unit));
  const squashed = Math.tanh(value(memory));
  return [
    ...named([['Memory c', memory]]),
    { term: 'tanh(c)', cell: workedOut(squashed) },
    ...named([['Output o', output]]),
    { term: 'State h', cell: state ?? workedOut(NaN), derived: value(output) * squashed, isTotal: true },
  ];
}

function gruSteps(now: Now): Step[] {
  const { inside, step, unit } = now;
  const [update, candidate, state] = ['update', 'candidate', 'state'].map((name) => cellAt(part(inside, name), step, unit));
  const old = before(now, 'state', unit);
  const pulled = value(update) * (old.value - value(candidate));
  return [
    ...named([['Candidate n', candidate], ['State before', old], ['Update u', update]]),
    { term: 'u · (h − n)', cell: workedOut(pulled), isTotal: true },
    { term: 'State h', cell: state ?? workedOut(NaN), derived: value(candidate) + pulled, isTotal: true },
  ];
}

const value = (cell: Cell | undefined): number => cell?.value ?? NaN;
const named = (pairs: readonly (readonly [string, Cell | undefined])[]): Step[] =>
  pairs.map(([term, cell]) => ({ term, cell: cell ?? workedOut(NaN) }));

/** W x + U h + b of one row, and what is made of it. */
function gatePanels(now: Now, gate: string): Panel[] {
  const { inside, type, units, unit, step } = now;
  const row = (GATES[type] as readonly string[]).indexOf(gate) * units + unit;
  const read = part(inside, 'read');
  const inputs = range(read.shape[1] ?? 1).map((feature) => cellAt(read, step, feature));
  const fromInput = products(inputs, part(inside, 'weight'), row, (feature) => `x ${feature + 1}`);
  const states = range(units).map((other) => before(now, 'state', other));
  const fromState = products(states, part(inside, 'state_weight'), row, (other) => `h ${other + 1}`);
  const bias = cellAt(part(inside, 'bias'), row);
  const made = cellAt(part(inside, gate), step, unit);
  const [wx, uh] = [total(fromInput), total(fromState)];
  const curve = gate === 'candidate' || gate === 'state' ? 'tanh' : 'sigmoid';
  const isGru = type === 'gru' && gate === 'candidate';
  const ownBias = isGru ? cellAt(part(inside, 'state_bias'), unit) : workedOut(0);
  const reset = isGru ? cellAt(part(inside, 'reset'), step, unit) : workedOut(1);
  const z = wx + bias.value + reset.value * (uh + ownBias.value);
  const derived = activate(curve, z);
  return [
    termsOf('Receives: input and state', [...fromInput, ...fromState]),
    {
      kind: 'steps', title: `Step ${step + 1}, ${gate}`, curve: { activation: curve, z, a: made.value },
      steps: [
        { term: 'W x', cell: workedOut(sum(fromInput.map(lastOf))) },
        { term: 'Bias b', cell: bias },
        { term: step === 0 ? 'U h, from zeros' : 'U h', cell: workedOut(uh) },
        ...(isGru ? [{ term: 'Bias b′', cell: ownBias }, { term: 'Reset r', cell: reset }] : []),
        { term: 'Total z', cell: type === 'rnn' ? cellAt(part(inside, 'z'), step, unit) : workedOut(z), isTotal: true, ...(type === 'rnn' && { derived: z }) },
      ],
      result: { term: `${curve}(z)`, cell: made, ...(derived !== undefined && { derived }) },
    },
  ];
}

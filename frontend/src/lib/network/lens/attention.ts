/** Attention and the transformer's block under the glass: who looks at whom, and every product on the way. Pure. */
import type { Attention, TransformerBlock } from '../../schema.gen';
import { activate } from './activated';
import { products, softmaxTerms, sumSteps, termsOf, total } from './dense';
import { START, type Chooser, type Look, type Panel, type PlatePanel, type Scene, type Step, type TermRow } from './look';
import { chooser, plateOf, sheetOf } from './sheet';
import { cellAt, part, range, sum, within, workedOut, type Cell, type Inside } from './tensors';

/** Of the two normalisations in a transformer's block, as the engine has it (`nets/layers/sequence.py`). */
const EPS = 1e-5;

const ATTENTION_STAGES = ['project', 'score', 'softmax', 'mix', 'out'] as const;
const BLOCK_STAGES = ['norm', ...ATTENTION_STAGES, 'hidden', 'last'] as const;
type Stage = (typeof BLOCK_STAGES)[number];

interface At {
  readonly inside: Inside;
  readonly isBlock: boolean;
  readonly isCausal: boolean;
  readonly steps: number;
  readonly features: number;
  readonly heads: number;
  /** Features of a head. */
  readonly depth: number;
  /** The step that looks, and the one it looks at. */
  readonly query: number;
  readonly key: number;
  readonly head: number;
  readonly feature: number;
  /** Feature of the answer. */
  readonly unit: number;
  readonly stepName: (step: number) => string;
}

export function attentionLook(scene: Scene & { layer: Attention | TransformerBlock }): Look {
  const { layer, inside, place, tokens } = scene;
  const [heads = 1, steps = 1, depth = 1] = part(inside, 'query').shape;
  const isBlock = layer.type === 'transformer_block';
  const query = within(place.step, steps);
  const at: At = {
    inside, isBlock, isCausal: layer.causal, steps, heads, depth,
    features: heads * depth,
    query,
    key: within(place.other, layer.causal ? query + 1 : steps),
    head: within(place.head, heads),
    feature: within(place.feature, depth),
    unit: within(place.unit, heads * depth),
    stepName: (step) => (tokens.length === steps ? `${step + 1} ${tokens[step]}` : String(step + 1)),
  };
  const stages: readonly Stage[] = isBlock ? BLOCK_STAGES : ATTENTION_STAGES;
  const stage = stages.find((one) => one === place.stage) ?? 'softmax';
  const [panels, choosers] = PANELS[stage](at, scene);
  const isWhole = stage === 'norm' || stage === 'hidden' || stage === 'last';
  return {
    formula: isBlock
      ? 'middle = x + attention(norm(x)), a = middle + W₂ gelu(W₁ norm(middle))'
      : 'softmax(Q Kᵀ / √d) V by head, side by side, projected',
    stages: { names: stages, chosen: stage },
    choosers: [...(isWhole ? [] : [chooser('Head', at.head, heads, 'head')]), ...choosers],
    panels: [...(isWhole ? [] : [lookingPlate(at, stage, tokens)]), ...panels],
    sweep: { count: steps, now: query, at: (step) => ({ step }) },
  };
}

function lookingPlate(at: At, stage: Stage, tokens: readonly string[]): PlatePanel {
  const of = part(at.inside, stage === 'score' || stage === 'project' ? 'scores' : 'weights');
  const names = tokens.length === at.steps ? tokens : undefined;
  return {
    kind: 'plate', title: of.name === 'scores' ? 'Scores' : 'Weights', axes: ['looking step', 'step looked at'],
    grid: {
      rows: at.steps, columns: at.steps,
      at: (row, column) => (at.isCausal && column > row ? null : cellAt(of, at.head, row, column)),
      ...(names && { rowNames: names, columnNames: names }),
    },
    chosen: [at.query, at.key],
    pick: (row, column) => ({ step: row, other: at.isCausal ? Math.min(column, row) : column }),
    ...(of.name === 'weights' && { largest: 1 }),
  };
}

type Made = readonly [Panel[], Chooser[]];

const PANELS: Record<Stage, (at: At, scene: Scene) => Made> = {
  norm: (at) => [normPanels(at, 'attention', 'read', 'normal'), stepChoosers(at)],
  project: (at, { place }) => {
    const which = (['query', 'key', 'value'] as const)[within(place.channel, 3)] ?? 'query';
    const row = at.head * at.depth + at.feature;
    const step = which === 'query' ? at.query : at.key;
    const from = part(at.inside, at.isBlock ? 'normal' : 'read');
    const rows = products(range(at.features).map((feature) => cellAt(from, step, feature)), part(at.inside, `${which}_weight`), row, named);
    const made = cellAt(part(at.inside, which), at.head, step, at.feature);
    return [
      [
        termsOf(`${title(which)} of step ${at.stepName(step)}, feature ${at.feature + 1}`, rows),
        { kind: 'steps', title: 'Adds', steps: sumSteps(rows, cellAt(part(at.inside, `${which}_bias`), row), made, title(which)) },
      ],
      [
        { label: 'Makes', value: within(place.channel, 3), count: 3, names: ['query', 'key', 'value'], pick: (index) => ({ channel: index }) },
        featureChooser(at),
      ],
    ];
  },
  score: (at) => {
    const [query, key] = [part(at.inside, 'query'), part(at.inside, 'key')];
    const rows = range(at.depth).map((feature): TermRow => {
      const [q, k] = [cellAt(query, at.head, at.query, feature), cellAt(key, at.head, at.key, feature)];
      return { name: String(feature + 1), cells: [q, k, workedOut(q.value * k.value)] };
    });
    const product = total(rows);
    return [
      [
        termsOf(`${at.stepName(at.query)} looks at ${at.stepName(at.key)}`, rows, ['query', 'key', 'product']),
        {
          kind: 'steps', title: 'Q · K / √d',
          steps: [
            { term: 'Sum of products', cell: workedOut(product) },
            { term: `√${at.depth}`, cell: workedOut(Math.sqrt(at.depth)), isPlain: true },
            { term: 'Score', cell: cellAt(part(at.inside, 'scores'), at.head, at.query, at.key), derived: product / Math.sqrt(at.depth), isTotal: true },
          ],
        },
      ],
      stepChoosers(at),
    ];
  },
  softmax: (at) => {
    const [scores, weights] = [part(at.inside, 'scores'), part(at.inside, 'weights')];
    const seen = range(at.isCausal ? at.query + 1 : at.steps).map((key) => cellAt(scores, at.head, at.query, key));
    const found = softmaxTerms(seen);
    return [
      [
        {
          kind: 'terms', title: `Step ${at.stepName(at.query)} looks at`, heads: ['step', 'score', 'eˢ⁻ᵐ', 'weight'], sorts: true, plain: [1, 2], digits: 3,
          rows: seen.map((score, key) => ({
            name: at.stepName(key),
            cells: [score, workedOut(found.powers[key] ?? 0), cellAt(weights, at.head, at.query, key)],
            pick: { other: key },
            isChosen: key === at.key,
          })),
        },
        {
          kind: 'steps', title: `Weight of step ${at.stepName(at.key)}`,
          steps: [
            { term: 'Largest score, m', cell: workedOut(found.largest) },
            { term: 'eˢ⁻ᵐ', cell: workedOut(found.powers[at.key] ?? 0), isPlain: true },
            { term: 'Sum of all', cell: workedOut(found.sum), isPlain: true },
            {
              term: 'Weight', cell: cellAt(weights, at.head, at.query, at.key), derived: (found.powers[at.key] ?? 0) / found.sum,
              isTotal: true, isPlain: true,
            },
          ],
        },
      ],
      stepChoosers(at),
    ];
  },
  mix: (at) => {
    const [weights, value] = [part(at.inside, 'weights'), part(at.inside, 'value')];
    const rows = range(at.isCausal ? at.query + 1 : at.steps).map((key): TermRow => {
      const [weight, v] = [cellAt(weights, at.head, at.query, key), cellAt(value, at.head, key, at.feature)];
      return { name: at.stepName(key), cells: [weight, v, workedOut(weight.value * v.value)], pick: { other: key }, isChosen: key === at.key };
    });
    return [
      [
        termsOf(`Values mixed for step ${at.stepName(at.query)}, feature ${at.feature + 1}`, rows, ['weight', 'value', 'part']),
        {
          kind: 'steps', title: 'Mixes',
          steps: [
            { term: 'Sum of parts', cell: workedOut(total(rows)) },
            { term: 'Mixed', cell: cellAt(part(at.inside, 'mixed'), at.head, at.query, at.feature), derived: total(rows), isTotal: true },
          ],
        },
      ],
      [featureChooser(at)],
    ];
  },
  out: (at, { place }) => {
    const mixed = part(at.inside, 'mixed');
    const joined = range(at.features).map((feature) => cellAt(mixed, Math.floor(feature / at.depth), at.query, feature % at.depth));
    const rows = products(joined, part(at.inside, 'out_weight'), at.unit, (feature) => `head ${Math.floor(feature / at.depth) + 1}, ${(feature % at.depth) + 1}`);
    const bias = cellAt(part(at.inside, 'out_bias'), at.unit);
    const made = part(at.inside, at.isBlock ? 'middle' : 'a');
    const answer = cellAt(made, at.query, at.unit);
    const skipped = cellAt(part(at.inside, 'read'), at.query, at.unit);
    const steps = at.isBlock ? skipSteps(rows, bias, 'Input x', skipped, 'Middle', answer) : sumSteps(rows, bias, answer, 'Answer a');
    return [
      [
        termsOf(`Heads joined for step ${at.stepName(at.query)}`, rows),
        { kind: 'steps', title: at.isBlock ? 'Adds to what came' : 'Adds', steps },
        plateOf(at.isBlock ? 'Middle' : 'Answers', sheetOf(made, 'sequence', { ...place, unit: at.unit, step: at.query })),
      ],
      [chooser('Feature', at.unit, at.features, 'unit')],
    ];
  },
  hidden: (at, { place }) => {
    const [normal, hidden, z] = [part(at.inside, 'hidden_normal'), part(at.inside, 'hidden'), part(at.inside, 'hidden_z')];
    const count = hidden.shape[1] ?? 1;
    const neuron = within(place.other, count);
    const rows = products(range(at.features).map((feature) => cellAt(normal, at.query, feature)), part(at.inside, 'hidden_weight'), neuron, named);
    const [before, after] = [cellAt(z, at.query, neuron), cellAt(hidden, at.query, neuron)];
    const derived = activate('gelu', before.value);
    return [
      [
        ...normPanels(at, 'hidden', 'middle', 'hidden_normal'),
        termsOf(`Hidden neuron ${neuron + 1}`, rows),
        {
          kind: 'steps', title: 'Adds and transforms', curve: { activation: 'gelu', z: before.value, a: after.value },
          steps: sumSteps(rows, cellAt(part(at.inside, 'hidden_bias'), neuron), before),
          result: { term: 'gelu(z)', cell: after, ...(derived !== undefined && { derived }) },
        },
      ],
      [chooser('Hidden neuron', neuron, count, 'other'), ...stepChoosers(at)],
    ];
  },
  last: (at, { place }) => {
    const [hidden, a] = [part(at.inside, 'hidden'), part(at.inside, 'a')];
    const rows = products(range(hidden.shape[1] ?? 1).map((neuron) => cellAt(hidden, at.query, neuron)), part(at.inside, 'last_weight'), at.unit, named);
    const middle = cellAt(part(at.inside, 'middle'), at.query, at.unit);
    return [
      [
        termsOf(`Hidden neurons for step ${at.stepName(at.query)}`, rows),
        {
          kind: 'steps', title: 'Adds to what came',
          steps: skipSteps(rows, cellAt(part(at.inside, 'last_bias'), at.unit), 'Middle', middle, 'Answer a', cellAt(a, at.query, at.unit)),
        },
        plateOf('Answers', sheetOf(a, 'sequence', { ...place, unit: at.unit, step: at.query })),
      ],
      [chooser('Feature', at.unit, at.features, 'unit'), ...stepChoosers(at)],
    ];
  },
};

const named = (index: number): string => String(index + 1);
const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const featureChooser = (at: At): Chooser => chooser('Feature of the head', at.feature, at.depth, 'feature');
const stepChoosers = (at: At): Chooser[] => [{
  label: 'Step', value: at.query, count: at.steps, names: range(at.steps).map(at.stepName), pick: (step) => ({ step }),
}];

function skipSteps(rows: readonly TermRow[], bias: Cell, from: string, skipped: Cell, into: string, made: Cell): Step[] {
  const signals = total(rows);
  return [
    { term: 'Sum of signals', cell: workedOut(signals) },
    { term: 'Bias', cell: bias },
    { term: from, cell: skipped },
    { term: into, cell: made, derived: signals + bias.value + skipped.value, isTotal: true },
  ];
}

function normPanels(at: At, which: 'attention' | 'hidden', from: string, into: string): Panel[] {
  const [read, normal] = [part(at.inside, from), part(at.inside, into)];
  const values = range(at.features).map((feature) => cellAt(read, at.query, feature).value);
  const mean = sum(values) / values.length;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / values.length;
  const [x, made] = [cellAt(read, at.query, at.unit), cellAt(normal, at.query, at.unit)];
  const [gain, shift] = [cellAt(part(at.inside, `${which}_gain`), at.unit), cellAt(part(at.inside, `${which}_shift`), at.unit)];
  const standing = (x.value - mean) / Math.sqrt(variance + EPS);
  return [
    plateOf(which === 'attention' ? 'Reads' : 'Middle', sheetOf(read, 'sequence', { ...START, unit: at.unit, step: at.query })),
    {
      kind: 'steps', title: `Normalises step ${at.stepName(at.query)}`,
      steps: [
        { term: `Feature ${at.unit + 1}`, cell: x },
        { term: 'Mean', cell: workedOut(mean) },
        { term: 'Variance', cell: workedOut(variance), isPlain: true },
        { term: '(x − mean) / √(variance + ε)', cell: workedOut(standing) },
        { term: 'Gain', cell: gain },
        { term: 'Shift', cell: shift },
        { term: 'Normal', cell: made, derived: standing * gain.value + shift.value, isTotal: true },
      ],
    },
  ];
}

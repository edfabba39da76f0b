/** The update: the batch that training takes, and for each layer its weights before, their slope, the step and the weights after. Pure. */
import { figure } from '../../render/figures';
import { layerTitle, OUTPUT, type LayerModel } from '../../render/model';
import type { Experiment } from '../../schema.gen';
import { membersOf } from '../../state/layers';
import { plural } from '../../ui/format';
import { nameOf } from '../names';
import type { Move, Panel, Step } from '../lens/look';
import { START } from '../lens/look';
import { cellFlat, part, range, sizeOf, workedOut, type Cell, type Part } from '../lens/tensors';
import { insideOfMoment, isMoment, learnedOf, partOf, type Answers, type Moment } from './gathered';
import { objectiveOf } from './lossview';
import { termsOfLoss } from './loss';
import { keyOf } from './plan';
import { entryAt, entryName, parameterPlate, strongest, strongestOf, termRow, type View } from './showing';

type Training = Experiment['training'];

const RULES: Record<Training['optimizer']['type'], string> = {
  sgd: 'w ← w − rate · g',
  momentum: 'v ← μ v + g, w ← w − rate · v',
  nesterov: 'v ← μ v + g, w ← w − rate · (g + μ v)',
  adam: 'w ← w − rate · m̂ / (√v̂ + ε)',
  adamw: 'w ← w − rate · (m̂ / (√v̂ + ε) + decay · w)',
  rmsprop: 'v ← ρ v + (1 − ρ) g², w ← w − rate · g / (√v + ε)',
  adagrad: 's ← s + g², w ← w − rate · g / (√s + ε)',
};

/** The sample that is looked at. */
export interface Looked {
  readonly split: 'train' | 'test';
  readonly index: number;
}

/** The rows of the batch, whose slopes are averaged. */
export const batchOf = (update: Moment): number[] => {
  const rows = partOf(update, 'rows');
  return range(sizeOf(rows.shape)).map((at) => cellFlat(rows, at).value);
};

/** Whether and how the sample takes part in the update, in a sentence. */
export function partOfSample(rows: readonly number[], { split, index }: Looked): string {
  const place = split === 'train' ? rows.indexOf(index) : -1;
  if (place < 0) return `the sample that is looked at (${split} ${index + 1}) is not among them`;
  return rows.length === 1 ? 'it is the sample that is looked at' : `the sample that is looked at is number ${place + 1} of them, with a share of 1/${rows.length}`;
}

export function batchView(update: Moment, backward: Moment, training: Training, looked: Looked): View {
  const rows = batchOf(update);
  const [mean, rate, own] = [cellFlat(partOf(update, 'loss'), 0), cellFlat(partOf(update, 'rate'), 0), cellFlat(partOf(backward, 'loss'), 0)];
  const { type } = training.optimizer;
  return {
    formula: `${nameOf(type)}: ${RULES[type]}`,
    says: `The engine will follow the mean slope g of ${plural(rows.length, 'training sample')}; ${partOfSample(rows, looked)}`,
    note: 'The next step takes this update for real',
    choosers: [],
    panels: [
      {
        kind: 'steps', title: 'The batch',
        steps: [
          { term: 'Samples', cell: workedOut(rows.length), isPlain: true, digits: 0 },
          { term: 'Their mean loss', cell: mean, isPlain: true, digits: 4 },
          { term: `Loss of ${looked.split} ${looked.index + 1}`, cell: own, isPlain: true, digits: 4 },
          { term: 'Learning rate', cell: rate, isPlain: true, digits: 5 },
        ],
      },
      strongest({
        kind: 'terms', title: 'Rows of the batch', heads: ['number', 'training row'], sorts: false, plain: [0], digits: 0,
        total: rows.length,
        rows: rows.slice(0, MOST_ROWS).map((row, at) => termRow(String(at + 1), [{ value: row + 1, from: null }], { isChosen: looked.split === 'train' && row === looked.index })),
      }, MOST_ROWS),
    ],
  };
}

const MOST_ROWS = 24;

/** A parameter through the update. */
interface Changed {
  readonly name: string;
  readonly before: Part;
  readonly after: Part;
}

const stepAt = ({ before, after }: Changed, at: number): number => cellFlat(after, at).value - cellFlat(before, at).value;

/** The four moments a layer's update is told by. */
export interface LayerUpdate {
  readonly inside: Moment;
  readonly backward: Moment;
  readonly update: Moment;
  readonly after: Moment;
}

export function updateView(model: LayerModel, moments: LayerUpdate, { network, training }: Experiment, chosen: Move, looked: Looked): View {
  const { inside, update, after } = moments;
  const { type } = training.optimizer;
  const own = model.layer === null ? network.output_regularization : membersOf(model.layer).regularization;
  const rows = batchOf(update);
  const changed = learnedOf(update.parts).flatMap((name): Changed[] => {
    const [b, a] = [inside.parts.get(name), after.parts.get(name)];
    return b === undefined || a === undefined ? [] : [{ name, before: b, after: a }];
  });
  const strongestOnes = changed.map((one) => ({ one, at: strongestOf(sizeOf(one.before.shape), (at) => stepAt(one, at), 1)[0] ?? 0 }));
  const [first, ...rest] = strongestOnes;
  const formula = `${nameOf(type)}: ${RULES[type]}`;
  if (first === undefined) return { formula, says: `${layerTitle(model)} learns nothing that could be sent number by number`, panels: [], choosers: [] };
  const [entryOf, entryIndex] = entryAt({ ...START, ...chosen });
  const picked = strongestOnes.find(({ one }) => one.name === entryOf);
  const { one, at } = picked ? { ...picked, at: entryIndex } : rest.reduce((best, other) => (Math.abs(stepAt(other.one, other.at)) > Math.abs(stepAt(best.one, best.at)) ? other : best), first);
  const slope = part(insideOfMoment(update), `${one.name}.slope`);
  const moved = strongestOnes.some(({ one: other, at: place }) => stepAt(other, place) !== 0);
  return {
    formula,
    says: moved
      ? `The engine has taken the update: of ${layerTitle(model)}, ${entryName(one.name, one.before.shape, at)} went from ${figure(cellFlat(one.before, at).value, 4)} to ${figure(cellFlat(one.after, at).value, 4)}`
      : `The engine has taken the update; ${layerTitle(model)} keeps its numbers`,
    ...noteOf(training, own ?? training.regularization, rows, looked, moved),
    choosers: [],
    panels: [
      { kind: 'steps', title: entryName(one.name, one.before.shape, at), steps: stepsOf(one, at, slope, moments, type === 'sgd' && (own ?? training.regularization).type === 'none') },
      parameterPlate(`Step of ${one.name}`, one.before, at, (flat) => ({ entry: `${one.name}:${flat}` }), (flat) => workedOut(stepAt(one, flat))),
      strongestSteps(one, at, slope),
      ofParameters(strongestOnes, one.name),
    ],
  };
}

function noteOf({ clipping }: Training, { type, rate }: Training['regularization'], rows: readonly number[], looked: Looked, moved: boolean): { note: string } {
  const notes = [`g is the mean over ${plural(rows.length, 'sample')}; ${partOfSample(rows, looked)}`];
  if (type !== 'none' && rate > 0) notes.push(`${type.toUpperCase()} of ${figure(rate, 4)} is in the step as well`);
  if (clipping.type !== 'none') notes.push('g is clipped');
  if (!moved) notes.push('It is frozen, pinned, or its slopes are 0');
  return { note: notes.join('. ') };
}

function stepsOf(one: Changed, at: number, slope: Part, { backward, update }: LayerUpdate, isPlain: boolean): Step[] {
  const own = backward.parts.get(`${one.name}.slope`);
  const foretold = update.parts.get(`${one.name}.after`);
  const rate = cellFlat(partOf(update, 'rate'), 0);
  const [g, before] = [cellFlat(slope, at), cellFlat(one.before, at)];
  // Plain descent is worked out here; what has a memory, as the engine foretold it.
  const derived = isPlain ? before.value - rate.value * g.value : foretold && cellFlat(foretold, at).value;
  return [
    { term: 'Before', cell: before, digits: 5 },
    ...(own ? [{ term: 'Slope, this sample', cell: cellFlat(own, at), digits: 5 }] : []),
    { term: 'Slope g, the batch', cell: g, digits: 5 },
    { term: 'Learning rate', cell: rate, isPlain: true, digits: 5 },
    { term: 'Step', cell: workedOut(stepAt(one, at)), digits: 5 },
    { term: 'After', cell: cellFlat(one.after, at), isTotal: true, digits: 5, ...(derived !== undefined && { derived }) },
  ];
}

function strongestSteps(one: Changed, chosen: number, slope: Part): Panel {
  const count = sizeOf(one.before.shape);
  return {
    kind: 'terms', title: `Strongest steps of ${one.name}`, heads: ['place', 'before', 'g', 'after', 'step'], sorts: false, digits: 4, total: count, hasNoBars: true,
    rows: strongestOf(count, (at) => stepAt(one, at)).map((at) =>
      termRow(entryName('', one.before.shape, at).trim(), [cellFlat(one.before, at), cellFlat(slope, at), cellFlat(one.after, at), workedOut(stepAt(one, at))], {
        pick: { entry: `${one.name}:${at}` },
        isChosen: at === chosen,
      }),
    ),
  };
}

function ofParameters(all: readonly { one: Changed; at: number }[], chosen: string): Panel {
  return strongest({
    kind: 'terms', title: 'What it learns', heads: ['steps of', 'strongest'], sorts: true, digits: 5,
    rows: all.map(({ one, at }) =>
      termRow(one.name, [workedOut(stepAt(one, at))], {
        pick: { entry: `${one.name}:${at}` },
        isChosen: one.name === chosen,
      }),
    ),
  });
}

/** What the update did to the sample that is looked at: its answer and its loss before and after. */
export function outcomeView(answers: Answers, training: Training, labels: readonly string[], looked: Looked): View | null {
  const found = [keyOf('inside', OUTPUT), keyOf('backward', OUTPUT), keyOf('after', OUTPUT), keyOf('again', OUTPUT)].map((key) => answers.get(key));
  const [inside, backward, after, again] = found;
  if (!isMoment(inside) || !isMoment(backward) || !isMoment(after) || !isMoment(again)) return null;
  const [was, is] = [cellFlat(partOf(backward, 'loss'), 0), cellFlat(partOf(again, 'loss'), 0)];
  const objective = objectiveOf(inside, backward, training);
  const loss = (of: Moment, by: Moment): number => termsOfLoss(objective, partOf(of, 'a'), partOf(of, 'answer'), partOf(by, 'target')).value;
  const isWeighted = training.class_weights === 'balanced' && objective.head !== 'linear';
  const [before, now] = [partOf(inside, 'answer'), partOf(after, 'answer')];
  const count = sizeOf(before.shape);
  const shown = strongestOf(count, (at) => cellFlat(now, at).value - cellFlat(before, at).value);
  const difference = (at: number): Cell => workedOut(cellFlat(now, at).value - cellFlat(before, at).value);
  const fell = is.value < was.value;
  const derived = (of: Moment, by: Moment): { derived: number } | Record<never, never> => (isWeighted ? {} : { derived: loss(of, by) });
  return {
    formula: 'The same sample once more',
    says: `The loss of ${looked.split} ${looked.index + 1} ${fell ? 'fell' : is.value > was.value ? 'rose' : 'stayed'}: ${figure(was.value, 5)} before the update, ${figure(is.value, 5)} after it${fell ? '' : '. An update follows its batch, and takes a step, not a way'}`,
    choosers: [],
    panels: [
      {
        kind: 'steps', title: 'Loss',
        steps: [
          { term: 'Before', cell: was, isPlain: true, digits: 5, ...derived(inside, backward) },
          { term: 'After', cell: is, isPlain: true, digits: 5, ...derived(after, again) },
          { term: 'Change', cell: workedOut(is.value - was.value), isTotal: true, digits: 5 },
        ],
      },
      {
        kind: 'terms', title: 'Answer', heads: ['output', 'before', 'after', 'change'], sorts: false, digits: 4, total: count, plain: objective.head === 'sigmoid' || objective.head === 'softmax' ? [0, 1] : [],
        rows: shown.map((at) => termRow(labels[at] ?? (count === 1 ? 'output' : `output ${at + 1}`), [cellFlat(before, at), cellFlat(now, at), difference(at)])),
      },
    ],
  };
}

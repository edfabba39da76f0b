/** A layer on the way back: the slope that arrives, what it is for its own numbers, what it sends on. Pure. */
import { INPUT, layerTitle, type LayerModel } from '../../render/model';
import { spoken } from '../../render/titles';
import { plural } from '../../ui/format';
import { activate } from '../lens/activated';
import { START, type Move, type Panel, type Place, type Step } from '../lens/look';
import { inputName } from '../lens/dense';
import { sheetOf, plateOf } from '../lens/sheet';
import { cellAt, cellFlat, range, sizeOf, sum, valuesOf, workedOut, type Part } from '../lens/tensors';
import { titlesOf, type Around } from './forward';
import { learnedOf, partsOf, type Answers, type Moment } from './gathered';
import { keyOf } from './plan';
import { AT_A_GLANCE, entryAt, parameterPlate, placeAt, strongest, strongestAt, strongestOf, tellStrongest, termRow, type View } from './showing';

/** Half of the distance at which the slope of an activation is taken from its curve. */
const NEAR = 1e-5;
const OF_NEURON = 'Slopes of neuron';

export function backwardView(model: LayerModel, inside: Moment, backward: Moment, chosen: Move, answers: Answers, around: Around): View {
  const slopes = backward.parts;
  const arriving = slopes.get('a.slope');
  const place = { ...START, ...(arriving && placeAt(arriving, model.kind ?? undefined, strongestAt(arriving))), ...chosen };
  const learned = learnedOf(slopes);
  const readers = around.models.filter(({ sources }) => sources.includes(model.name));
  const from = model.role === 'output' ? 'The loss' : titlesOf(readers.map(({ name }) => name), around.models);
  const panels: Panel[] = [];
  if (arriving) {
    const sheet = sheetOf(arriving, model.kind ?? undefined, place);
    panels.push({ ...plateOf(model.role === 'output' ? '∂L/∂z arrives' : '∂L/∂a arrives', sheet), digits: 5 });
    // The output's own activation belongs to the loss.
    if (model.role !== 'output') panels.push(...throughActivation(inside, slopes, sheet.index));
  }
  const own = ofParameters(inside, slopes, learned, place);
  // What is sent on stands beside what it is made of, before single parameters.
  const terms = own.filter(({ title }) => title.startsWith(OF_NEURON));
  panels.push(...terms, ...sentOn(model, answers, around), ...own.filter((panel) => !terms.includes(panel)));
  return {
    formula: formulaOf(model, slopes, learned),
    says: `${arriving ? `${from} ${model.role === 'output' || readers.length < 2 ? 'sends' : 'send'} ${plural(sizeOf(arriving.shape), 'slope')} to ${layerTitle(model)}: ${tellStrongest(arriving)}. ` : ''}${told(learned, slopes)}`,
    choosers: [],
    panels,
    ...noteOf(backward, readers.length),
  };
}

function told(learned: readonly string[], slopes: ReadonlyMap<string, Part>): string {
  if (learned.length === 0) return 'It learns nothing itself and only passes slopes on';
  const counted = sum(learned.map((name) => sizeOf(slopes.get(`${name}.slope`)?.shape ?? [])));
  return `${plural(counted, 'number')} of its own ${counted === 1 ? 'gets' : 'get'} a slope`;
}

function formulaOf(model: LayerModel, slopes: ReadonlyMap<string, Part>, learned: readonly string[]): string {
  const through = slopes.has('z.slope') && model.role !== 'output' ? `∂L/∂z = ∂L/∂a · ${'activation' in (model.layer ?? {}) ? 'f′(z)' : '1'}` : '';
  const own = learned.length === 0 ? '' : model.dense !== null || model.role === 'output' ? '∂L/∂w = ∂L/∂z · input' : learned.map((name) => `∂L/∂${name}`).slice(0, 4).join(', ');
  return [through, own].filter(Boolean).join(', ') || '∂L/∂input = ∂L/∂a · ∂a/∂input';
}

function noteOf(backward: Moment, readers: number): { note: string } | Record<never, never> {
  const leftOut = (backward.facts.left_out as string[] | undefined) ?? [];
  const notes = [
    ...(readers > 1 ? [`What its ${readers} readers send is summed`] : []),
    ...(leftOut.length > 0 ? [`Too large to be sent: ${leftOut.join(', ')}`] : []),
  ];
  return notes.length === 0 ? {} : { note: notes.join('. ') };
}

/** One number through the activation, against the curve that the page knows. */
function throughActivation(inside: Moment, slopes: ReadonlyMap<string, Part>, index: readonly number[]): Panel[] {
  const [z, byAnswer, byZ] = [inside.parts.get('z'), slopes.get('a.slope'), slopes.get('z.slope')];
  const name = String(inside.facts.activation ?? 'linear');
  if (z === undefined || byAnswer === undefined || byZ === undefined || z.shape.length !== index.length) return [];
  const [at, arriving, beyond] = [cellAt(z, ...index), cellAt(byAnswer, ...index), cellAt(byZ, ...index)];
  const [above, below] = [activate(name, at.value + NEAR), activate(name, at.value - NEAR)];
  const steepness = above === undefined || below === undefined ? undefined : (above - below) / (2 * NEAR);
  const steps: Step[] = [
    { term: '∂L/∂a', cell: arriving, digits: 4 },
    { term: 'z', cell: at },
    ...(steepness === undefined ? [] : [{ term: `${spoken(name)}′(z)`, cell: workedOut(steepness), digits: 4 }]),
    // At a kink the curve has no slope to compare with.
    { term: '∂L/∂z', cell: beyond, isTotal: true, digits: 4, ...(steepness !== undefined && Math.abs(at.value) > 2 * NEAR && { derived: arriving.value * steepness }) },
  ];
  return [{ kind: 'steps', title: 'Back through the activation', steps }];
}

function ofParameters(inside: Moment, slopes: ReadonlyMap<string, Part>, learned: readonly string[], place: Place): Panel[] {
  const strongestOnes = learned.flatMap((name): Entry[] => {
    const slope = slopes.get(`${name}.slope`);
    return slope === undefined ? [] : [{ name, slope, at: strongestAt(slope) }];
  });
  const [first, ...rest] = strongestOnes;
  if (first === undefined) return [];
  const [chosenName, chosenAt] = entryAt(place);
  const chosen = strongestOnes.find(({ name }) => name === chosenName);
  const { name, slope, at } = chosen ? { ...chosen, at: chosenAt } : rest.reduce((best, one) => (sizeAt(one) > sizeAt(best) ? one : best), first);
  const products = ofWeights(inside, slopes, place.unit);
  return [
    ...(products ? [products] : []),
    parameterPlate(`∂L/∂${name}`, slope, at, (flat) => ({ entry: `${name}:${flat}` })),
    strongest({
      kind: 'terms', title: 'What it learns', sorts: true, digits: 4, heads: ['slopes of', 'norm', 'strongest'], plain: [0],
      rows: strongestOnes.map((one) =>
        termRow(one.name, [workedOut(norm(one.slope)), cellFlat(one.slope, one.at)], {
          pick: { entry: `${one.name}:${one.at}` },
          isChosen: one.name === name,
        }),
      ),
    }),
  ];
}

/** A parameter's slopes, one of them chosen. */
interface Entry {
  readonly name: string;
  readonly slope: Part;
  readonly at: number;
}

const sizeAt = ({ slope, at }: Entry): number => Math.abs(cellFlat(slope, at).value);

const norm = (of: Part): number => Math.sqrt(sum(valuesOf(of).map((value) => value * value)));

/** Of a neuron that reads single numbers: each weight's slope is the one of its z times what it reads. */
function ofWeights(inside: Moment, slopes: ReadonlyMap<string, Part>, unit: number): Panel | null {
  const [read, byZ, byWeight] = [inside.parts.get('read'), slopes.get('z.slope') ?? slopes.get('a.slope'), slopes.get('weight.slope')];
  if (read === undefined || byZ?.shape.length !== 1 || byWeight?.shape.length !== 2 || byWeight.shape[1] !== sizeOf(read.shape)) return null;
  const name = inputName(read.shape, false);
  const count = byWeight.shape[1] ?? 0;
  const own = Math.min(unit, (byWeight.shape[0] ?? 1) - 1);
  const shown = count <= AT_A_GLANCE ? range(count) : strongestOf(count, (source) => cellAt(byWeight, own, source).value);
  return {
    kind: 'terms', title: `${OF_NEURON} ${own + 1}`, heads: ['from', 'input', '∂L/∂z', '∂L/∂w'], sorts: false, digits: 4, total: count, hasNoBars: true,
    rows: shown.map((source) => termRow(name(source), [cellFlat(read, source), cellFlat(byZ, own), cellAt(byWeight, own, source)])),
  };
}

function sentOn(model: LayerModel, answers: Answers, { models }: Around): Panel[] {
  return model.sources.flatMap((source): Panel[] => {
    const parts = source === INPUT ? null : partsOf(answers, keyOf('backward', source));
    const slope = parts?.get('a.slope');
    const to = models.find(({ name }) => name === source);
    if (slope === undefined || to === undefined) return [];
    const at = placeAt(slope, to.kind ?? undefined, strongestAt(slope));
    const sheet = sheetOf(slope, to.kind ?? undefined, { ...START, ...at });
    return [{ ...plateOf(`Sends on to ${layerTitle(to)}`, sheet), digits: 5, pick: () => ({}) }];
  });
}

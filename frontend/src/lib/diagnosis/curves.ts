/** What the curve of the run says, and the divergence the server found. Pure. */
import { figure, magnitude } from '../render/figures';
import type { Divergence, Point } from '../schema.gen';
import { OUTPUT } from '../state/layers';
import { hasLearned, mean, score, sinceChange, type Facts, type Finding, type LayerHealth } from './facts';
import { called } from './layers';
import { addDropout, addL2, augment, balance, clip, deepen, gentler, isClipped, lessL2, moreSamples, scaleRate, some, startSlower, widen } from './remedies';

/** Fewer points than this are no curve yet. */
const FEWEST_POINTS = 16;
/** Points at the end of the curve that count as "now" where all of it is not asked for. */
const RECENT_POINTS = 24;
/** So much of the lowest test loss is a rise, and so much of it in itself. */
const RISE = 0.15;
const RISE_AT_LEAST = 0.02;
/** So much less right on unseen rows is learning by heart; a rising loss alone may be certainty about a few. */
const GAP = 0.03;
/** Train loss falls by at least this share: much of what there was to learn by heart. */
const FALL = 0.2;
/** A fall of less than this over the recent points is hardly seen. */
const SLOW = 0.05;
/** From one point to the next the loss moves by this share of itself on average: it jumps. */
const JUMP = 0.1;
/** Update-to-weight ratios of healthy training are between 1e-3 and 1e-2. */
const LONG_STEP = 0.03;
const SHORT_STEP = 1e-5;
/** How far beyond always giving the same answer a network must be to have learned anything, of the way to being right. */
const ANYTHING = 0.1;
const MUCH = 0.5;
/** The largest class has so many times the rows of the smallest. */
const UNBALANCED = 4;

/** Numbers that are none: where they began, as the server found out. */
export function notFinite(facts: Facts): Finding | null {
  const { divergence, layers, points } = facts;
  if (divergence === null) return null;
  const { layer, what, update, good_update: good } = divergence;
  const health = layers.find(({ name }) => name === layer);
  const place = health ? called(health, layers) : layer === OUTPUT ? 'Output' : layer;
  const at = `at update ${update.toLocaleString('en-US')}`;
  const last = points.at(-1);
  const loss = last?.train_loss ?? last?.test_loss ?? null;
  const before = loss === null ? '' : ` The last loss that was still a number is ${magnitude(loss)}.`;
  return {
    id: 'not finite',
    weight: 'bad',
    text: first(what, place) + `, ${at}`,
    why: `Nothing can be learned from what is not a number, and it spreads to every layer.${before}`,
    advice: `Go back to update ${good.toLocaleString('en-US')}, where everything was finite, and on with smaller steps or shorter gradients.`,
    remedies: some(gentler(facts), isClipped(facts) ? null : { ...clip, say: `Go back and on with gradients clipped at 1`, then: 'rewind' }),
  };
}

function first(what: Divergence['what'], place: string | null | undefined): string {
  if (!what || !place) return 'The loss is no longer a number';
  if (what === 'loss') return 'The loss was the first to be no number any more';
  return `The ${what} of ${place} were the first to be no numbers any more`;
}

/** Test loss rises from its lowest while train loss falls. */
export function overfitting(facts: Facts): Finding | null {
  const curve = sinceChange(facts).filter(hasBoth);
  if (curve.length < FEWEST_POINTS) return null;
  const width = Math.max(3, Math.floor(curve.length / 20));
  const test = smooth(curve.map((point) => point.test_loss), width);
  const train = smooth(curve.map((point) => point.train_loss), width);
  const end = test.length - 1;
  const lowest = test.indexOf(Math.min(...test));
  const [best, now] = [test[lowest] as number, test[end] as number];
  const [trainThen, trainNow] = [train[lowest] as number, train[end] as number];
  const recent = test[Math.max(0, end - Math.ceil(test.length / 5))] as number;
  const rises = now - best > Math.max(RISE * best, RISE_AT_LEAST) && now > 1.25 * trainNow && now > 0.95 * recent;
  if (!rises || gap(curve.slice(-width)) < GAP || end - lowest < 3 || trainNow > (1 - FALL) * trainThen) return null;
  const from = (curve[lowest] as Point).update.toLocaleString('en-US');
  return {
    id: 'overfitting',
    weight: 'warning',
    text: `Overfitting: since update ${from} test loss rose from ${loss(best)} to ${loss(now)}, while train loss fell from ${loss(trainThen)} to ${loss(trainNow)}`,
    why: 'The network learns its training rows by heart, their noise included, and is less and less right about rows it has not seen.',
    advice: 'More rows are best. Else make it harder to learn by heart: weights that cost, units that are silenced at random.',
    remedies: some(addL2(facts), moreSamples(facts) ?? augment(facts) ?? addDropout(facts)),
  };
}

/** By how much accuracy or R² is better on the rows that are learned from; infinite where neither is told. */
function gap(points: readonly Point[]): number {
  const gaps = points.flatMap((point) => {
    const [train, test] = [point.train_accuracy ?? point.train_r2, point.test_accuracy ?? point.test_r2];
    return typeof train !== 'number' || typeof test !== 'number' ? [] : train - test;
  });
  return gaps.length === 0 ? Infinity : mean(gaps);
}

const loss = (value: number): string => (value >= 0.001 ? figure(value, 3) : magnitude(value));

/** The steps are so long that the loss jumps about instead of falling. */
export function rateTooHigh(facts: Facts): Finding | null {
  const curve = sinceChange(facts);
  const recent = curve.slice(-RECENT_POINTS);
  const first = facts.points.find((point) => typeof point.train_loss === 'number')?.train_loss;
  const longest = longestStep(facts);
  if (curve.length < FEWEST_POINTS || typeof first !== 'number' || longest === null || hasLearned(facts)) return null;
  const jump = Math.max(jumpiness(numbers(recent, 'train_loss')), jumpiness(numbers(recent, 'test_loss')));
  const now = mean(numbers(recent, 'train_loss'));
  // A loss that has come far down also jumps, by a share of little.
  const isHigh = now > 0.3 * first;
  if (!isHigh || jump < JUMP || longest.step < LONG_STEP) return null;
  return {
    id: 'rate high',
    weight: 'warning',
    text: `The learning rate seems too high: from point to point the loss jumps by ${percent(jump)}, and an update moves the weights of ${called(longest, facts.layers)} by ${percent(longest.step)}`,
    why: 'Steps this long jump over the place where the loss is low; about a thousandth to a hundredth of the weights is usual.',
    advice: 'A smaller learning rate, or a limit to how long a gradient may be.',
    remedies: some(startSlower(facts), scaleRate(facts, 0.5), isClipped(facts) ? null : clip),
  };
}

/** The loss falls, but each step is next to nothing. */
export function rateTooLow(facts: Facts): Finding | null {
  const { experiment } = facts;
  const recent = numbers(sinceChange(facts).slice(-RECENT_POINTS), 'test_loss');
  const longest = longestStep(facts);
  if (recent.length < FEWEST_POINTS || longest === null || hasLearned(facts)) return null;
  if (experiment.training.schedule.type !== 'constant' || longest.step >= SHORT_STEP || longest.step === 0) return null;
  const [start, end] = [mean(recent.slice(0, 4)), mean(recent.slice(-4))];
  const fall = (start - end) / start;
  const quarters = [0, 1, 2, 3].map((part) => mean(recent.slice(Math.floor((part * recent.length) / 4), Math.floor(((part + 1) * recent.length) / 4))));
  const isSteady = quarters.every((value, index) => index === 0 || value < (quarters[index - 1] as number));
  if (!isSteady || fall > SLOW) return null;
  return {
    id: 'rate low',
    weight: 'warning',
    text: `The learning rate seems too low: an update moves no layer by more than ${magnitude(longest.step)} of its weights, and test loss falls by only ${percent(fall)} over the last ${recent.length} points`,
    why: 'The way down is right, but at this pace it takes far longer than it must; about a thousandth of the weights is usual.',
    advice: 'A larger learning rate, or an optimizer that finds its own pace, such as Adam.',
    remedies: some(scaleRate(facts, 10), scaleRate(facts, 2)),
  };
}

/** No better than always giving the same answer, or settled well short of being right. */
export function notLearning(facts: Facts): Finding | null {
  const curve = sinceChange(facts);
  const recent = numbers(curve.slice(-2 * RECENT_POINTS), 'train_loss');
  const right = score(curve);
  if (recent.length < 1.5 * RECENT_POINTS || right === null) return null;
  const half = Math.floor(recent.length / 2);
  const [start, end] = [mean(recent.slice(0, half)), mean(recent.slice(half))];
  if (Math.abs(start - end) > 0.02 * start) return null;
  const chance = guessing(facts);
  const way = (right - chance) / (1 - chance);
  const isNumber = facts.data.classes.length === 0;
  const said = isNumber ? `R² is ${figure(right, 2)}` : `${percent(right)} of the training rows are right`;
  const since = `over the last ${recent.length} points train loss stayed at ${loss(end)}`;
  if (way < ANYTHING) {
    return {
      id: 'not learning',
      weight: 'warning',
      text: `Not learning: ${since}, and ${said}, about what always giving the same answer would reach`,
      why: 'The network has found nothing in the inputs that tells about the answer.',
      advice: 'A larger learning rate, new weights to begin from, other inputs, or a network that can bend further.',
      remedies: some(scaleRate(facts, 2), lessL2(facts) ?? deepen(facts)),
    };
  }
  if (way > MUCH) return null;
  return {
    id: 'underfitting',
    weight: 'note',
    text: `Underfitting: ${since}, and ${said}`,
    why: 'It has settled although much is still wrong even on the rows it learns from: it cannot bend far enough, or the rest is noise.',
    advice: 'More neurons or another layer, other inputs, less that holds the weights back.',
    remedies: some(lessL2(facts), widen(facts), deepen(facts)),
  };
}

/** Share of rows that are right by always naming the largest class; of numbers, R² of always naming the mean. */
function guessing({ counts, data }: Facts): number {
  if (data.classes.length === 0) return 0;
  if (counts === null) return 1 / data.classes.length;
  const rows = counts.map((each) => each.rows);
  return Math.max(...rows) / rows.reduce((total, each) => total + each, 0);
}

export function unbalanced(facts: Facts): Finding | null {
  const { counts, experiment } = facts;
  if (counts === null || counts.length < 2 || experiment.training.class_weights === 'balanced') return null;
  const sorted = counts.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows);
  const [most, least] = [sorted[0], sorted.at(-1)];
  if (!most || !least || most.rows < UNBALANCED * least.rows) return null;
  return {
    id: 'unbalanced',
    weight: 'note',
    text: `Classes are unbalanced: ${most.rows} training rows of ${most.name}, ${least.rows} of ${least.name}`,
    why: 'Always naming the frequent class is right most of the time, so the rare one is easily overlooked while accuracy looks good.',
    advice: 'Let each class count as much as the others, whatever its rows.',
    remedies: [balance],
  };
}

type Both = Point & { train_loss: number; test_loss: number };
const hasBoth = (point: Point): point is Both => typeof point.train_loss === 'number' && typeof point.test_loss === 'number';

const numbers = (points: readonly Point[], name: 'train_loss' | 'test_loss'): number[] => points.flatMap((point) => point[name] ?? []);

const percent = (share: number): string => `${share < 0.0995 ? figure(100 * share, 1) : Math.round(100 * share)} %`;

function longestStep({ layers }: Facts): LayerHealth | null {
  const learning = layers.filter(({ learns }) => learns);
  return learning.length === 0 ? null : learning.reduce((most, layer) => (layer.step > most.step ? layer : most));
}

/** The mean move from one number to the next, as a share of the number. */
function jumpiness(values: readonly number[]): number {
  const moves = values.slice(1).map((value, index) => Math.abs(value - (values[index] as number)) / Math.max(values[index] as number, 1e-12));
  return moves.length === 0 ? 0 : mean(moves);
}

/** Each the mean of the `width` values that end there; the first ones of fewer. */
function smooth(values: readonly number[], width: number): number[] {
  return values.map((_, index) => mean(values.slice(Math.max(0, index + 1 - width), index + 1)));
}

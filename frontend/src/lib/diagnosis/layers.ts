/** What the figures of the `statistics` stream say: dead and saturated units, gradients that vanish or explode. Pure. */
import { magnitude } from '../render/figures';
import { hasLearned, type Facts, type Finding, type LayerHealth } from './facts';
import { clip, isClipped, normalise, scaleRate, some, startSlower, startWith, useActivation } from './remedies';

/** Above this the update overshoots whatever the learning rate. */
const EXPLODING = 1e3;
/** Layers whose gradients differ by more than this learn at different paces. */
const UNEVEN = 1e3;
/** Below this even the output has nothing left to learn. */
const SETTLED = 1e-7;
/** Saturated activations beyond this share slow a layer down. */
const SATURATED = 0.5;
/** A layer that moves by less than this share of its weights is slow; one that moves on bears its flat places well. */
const SLOW_STEP = 1e-4;
/** A layer that lost more of its units than this has lost capacity that it was given. */
const MANY_DEAD = 0.25;

const RECTIFIERS: ReadonlySet<string | null> = new Set(['relu']);
const SQUASHING: ReadonlySet<string | null> = new Set(['sigmoid', 'tanh']);

/** Layers of the same title are told apart by their position. */
export function called(layer: LayerHealth, layers: readonly LayerHealth[]): string {
  const namesakes = layers.filter((other) => other.title === layer.title).length;
  return namesakes > 1 ? `${layer.title} (layer ${layer.position})` : layer.title;
}

export function times(ratio: number): string {
  return ratio < 100 ? `${ratio.toFixed(1)}×` : ratio < 1e6 ? `${Math.round(ratio).toLocaleString('en-US')}×` : `${magnitude(ratio)}×`;
}

const count = (share: number, units: number): number => Math.round(share * units);

/**
 * Dead units, counted where they die: in layers with weights of their own. What reads a layer that says nothing says nothing
 * either, so a whole layer is blamed alone. Behind gradients that vanish only rectifiers count: other units are constant
 * there because what they read is.
 */
export function dead(facts: Facts, isVanishing: boolean): Finding | null {
  const { layers } = facts;
  const ill = layers
    .filter(({ role, learns, activation }) => role === 'hidden' && learns && (!isVanishing || RECTIFIERS.has(activation)))
    .map((layer) => ({ layer, lost: count(layer.dead, layer.units) }))
    .filter(({ lost }) => lost > 0);
  const silent = ill.find(({ layer, lost }) => lost === layer.units);
  const worst = silent ?? [...ill].sort((a, b) => b.layer.dead - a.layer.dead)[0];
  if (worst === undefined || (silent === undefined && hasLearned(facts))) return null;
  const name = called(worst.layer, layers);
  const others = silent ? 0 : ill.length - 1;
  const more = others === 0 ? '' : `; ${sum(ill) - worst.lost} more in ${others} other layer${others === 1 ? '' : 's'}`;
  const rectified = ill.filter(({ layer }) => RECTIFIERS.has(layer.activation)).map(({ layer }) => layer);
  const where = rectified.length === 1 && rectified[0] ? called(rectified[0], layers) : `${rectified.length} layers`;
  const leaky = rectified.length > 0 ? useActivation(rectified.map(({ name: each }) => each), 'leaky_relu', where) : null;
  // What too long a step has killed it kills again.
  const slower = startSlower(facts);
  return {
    id: `dead ${worst.layer.name}`,
    weight: silent ? 'bad' : worst.layer.dead >= MANY_DEAD ? 'warning' : 'note',
    text: silent
      ? `All ${worst.layer.units} units of ${name} are dead: the same answer to every row`
      : `${worst.lost} of ${worst.layer.units} units of ${name} ${worst.lost === 1 ? 'is' : 'are'} dead${more}`,
    why: silent
      ? 'Nothing about the input gets through a layer that always says the same, so nothing behind it can learn.'
      : 'A unit that gives the same answer to every row tells nothing about them, and mostly no gradient brings it back.',
    advice:
      rectified.length > 0
        ? 'Leaky relu lets a little through on its flat side, so that a dead unit can come back; a smaller learning rate kills fewer.'
        : 'New weights give it another chance; a smaller learning rate kills fewer.',
    remedies: slower ? some(slower, leaky) : some(leaky ?? startWith('he_normal'), scaleRate(facts, 0.5)),
  };
}

const sum = (ill: readonly { lost: number }[]): number => ill.reduce((total, { lost }) => total + lost, 0);

export function saturated(facts: Facts): Finding | null {
  const flat = facts.layers.filter(
    ({ role, learns, activation, saturated: share, step }) =>
      role === 'hidden' && learns && activation !== null && share > SATURATED && step < SLOW_STEP,
  );
  const worst = [...flat].sort((a, b) => b.saturated - a.saturated)[0];
  if (worst === undefined || hasLearned(facts)) return null;
  const name = called(worst, facts.layers);
  const others = flat.length === 1 ? '' : `; ${flat.length - 1} more layer${flat.length === 2 ? ' is' : 's are'} like it`;
  const where = flat.length === 1 ? name : `${flat.length} layers`;
  return {
    id: `saturated ${worst.name}`,
    weight: 'warning',
    text: `${name} is saturated: ${Math.round(100 * worst.saturated)} % of its activations are where ${worst.activation} is flat, and an update moves its weights by ${worst.step === 0 ? 'nothing' : `${magnitude(worst.step)} of their size`}${others}`,
    why: 'Where the function is flat a change of the weights changes nothing, so these units learn very slowly.',
    advice: 'An activation without a ceiling, or numbers that are brought back to a middling size before the next layer.',
    remedies: some(startSlower(facts), useActivation(flat.map((layer) => layer.name), 'leaky_relu', where), normalise(facts, worst, name)),
  };
}

/** Of the layers that learn: the first against the last. */
export function gradients(facts: Facts): Finding | null {
  const learning = facts.layers.filter(({ learns }) => learns);
  const [first, last] = [learning[0], learning.at(-1)];
  if (first === undefined || last === undefined) return null;
  const largest = learning.reduce((most, layer) => (layer.gradient > most.gradient ? layer : most));
  if (largest.gradient > EXPLODING && !isClipped(facts)) return exploding(facts, largest);
  if (first === last || hasLearned(facts)) return null;
  if (last.gradient > SETTLED && last.gradient > UNEVEN * first.gradient) return vanishing(facts, first, last);
  if (first.gradient > SETTLED && first.gradient > UNEVEN * last.gradient && !isClipped(facts)) return growing(facts, first, last);
  return null;
}

function exploding(facts: Facts, largest: LayerHealth): Finding {
  return {
    id: 'exploding',
    weight: 'bad',
    text: `Gradients explode: their norm in ${called(largest, facts.layers)} is ${magnitude(largest.gradient)}`,
    why: 'A step as long as that jumps far over the place it was meant to reach, and the next one further still.',
    advice: 'Limit how long a gradient may be, or take smaller steps.',
    remedies: some(clip, scaleRate(facts, 0.5)),
  };
}

function growing(facts: Facts, first: LayerHealth, last: LayerHealth): Finding {
  const [front, end] = [called(first, facts.layers), called(last, facts.layers)];
  return {
    id: 'growing',
    weight: 'warning',
    text: `Gradients explode towards the inputs: ${magnitude(first.gradient)} in ${front}, ${magnitude(last.gradient)} in ${end}, ${times(first.gradient / last.gradient)} as much`,
    why: 'Each layer on the way back makes them larger, so the first layers are thrown about while the last ones hardly move.',
    advice: 'Limit how long a gradient may be, or bring the numbers back to a middling size on the way.',
    remedies: some(clip, normalise(facts, first, front)),
  };
}

function vanishing(facts: Facts, first: LayerHealth, last: LayerHealth): Finding {
  const { layers } = facts;
  const [front, end] = [called(first, layers), called(last, layers)];
  const squashing = layers.filter(({ activation, role }) => role === 'hidden' && SQUASHING.has(activation));
  const where = squashing.length === 1 && squashing[0] ? called(squashing[0], layers) : `${squashing.length} layers`;
  const much = first.gradient === 0 ? 'none arrives at all' : `${times(last.gradient / first.gradient)} less`;
  return {
    id: 'vanishing',
    weight: 'warning',
    text: `Gradients vanish towards the inputs: ${magnitude(last.gradient)} in ${end}, ${magnitude(first.gradient)} in ${front}, ${much}`,
    why: 'Each layer on the way back makes them smaller, so the first layers stay as they were drawn.',
    advice:
      squashing.length > 0
        ? `${squashing[0]?.activation === 'tanh' ? 'Tanh' : 'Sigmoid'} passes little on; an activation without a ceiling, or normalised layers, let more through.`
        : 'Weights drawn for deep networks, normalised layers or skip connections let more through.',
    remedies: some(
      startSlower(facts),
      squashing.length > 0 ? useActivation(squashing.map(({ name }) => name), 'leaky_relu', where) : startWith('he_normal'),
      normalise(facts, middle(layers), called(middle(layers), layers)),
    ),
  };
}

/** Of the hidden layers that learn, the one half way. */
function middle(layers: readonly LayerHealth[]): LayerHealth {
  const hidden = layers.filter(({ role, learns }) => role === 'hidden' && learns);
  return hidden[Math.floor((hidden.length - 1) / 2)] as LayerHealth;
}

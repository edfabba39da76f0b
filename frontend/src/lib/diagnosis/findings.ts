/** What is the matter with a run, in plain words, each with what to try. Pure. */
import type { DataSetFacts } from '../schema.gen';
import { notFinite, notLearning, overfitting, rateTooHigh, rateTooLow, unbalanced } from './curves';
import { hasLearned, score, type Facts, type Finding, type LayerHealth, type Weight } from './facts';
import { dead, gradients, saturated, times } from './layers';

export const MOST_FINDINGS = 3;
/** Updates after which the figures are about this experiment and not about where it began. */
export const EARLY_UPDATES = 100;

const RANK: Record<Weight, number> = { bad: 0, warning: 1, note: 2 };

/** Too little has happened to say anything. */
export const isEarly = ({ update, since, divergence }: Facts): boolean => divergence === null && update - since < EARLY_UPDATES;

/** The most important first, at most three; nothing while the run is young. */
export function findings(facts: Facts): readonly Finding[] {
  const lost = notFinite(facts);
  if (lost) return [lost];
  if (isEarly(facts)) return [];
  const slopes = gradients(facts);
  const isVanishing = slopes?.id === 'vanishing';
  const units = dead(facts, isVanishing);
  const isSilent = units?.weight === 'bad';
  // What follows from something worse is not said as well.
  const isStuck = isSilent || isVanishing;
  const high = rateTooHigh(facts);
  const low = isStuck ? null : rateTooLow(facts);
  const found = [
    high,
    isSilent ? null : slopes,
    overfitting(facts),
    units,
    saturated(facts),
    isStuck || high || low ? null : notLearning(facts),
    low,
    unbalanced(facts),
  ].filter((finding) => finding !== null);
  return found.sort((a, b) => RANK[a.weight] - RANK[b.weight]).slice(0, MOST_FINDINGS);
}

/** What can be said where nothing is the matter; null before there are figures. */
export function allWell(facts: Facts): string | null {
  const { layers, data } = facts;
  const learning = layers.filter(({ learns }) => learns);
  if (layers.length === 0) return null;
  if (layers.every(({ role }) => role === 'output')) return onlyOutput(data.task);
  const dying = layers.filter(({ role, learns }) => role === 'hidden' && learns);
  const lost = dying.reduce((sum, layer) => sum + Math.round(layer.dead * layer.units), 0);
  const right = score(facts.points);
  if (lost > 0 && hasLearned(facts) && right !== null) {
    return `${lost} of ${unitsOf(dying)} hidden units ${lost === 1 ? 'is' : 'are'} dead, and the others are enough: ${
      data.classes.length > 0 ? `${Math.round(100 * right)} % of the training rows are right` : `R² is ${right.toFixed(2)}`
    }`;
  }
  const [most, least] = [Math.max(...learning.map(({ gradient }) => gradient)), Math.min(...learning.map(({ gradient }) => gradient))];
  const units = lost > 0 ? 'Training goes on' : 'No dead units';
  return least > 0 ? `${units}, gradients within ${times(most / least)} across layers` : units;
}

const unitsOf = (layers: readonly LayerHealth[]): number => layers.reduce((sum, { units }) => sum + units, 0);

function onlyOutput(task: DataSetFacts['task']): string {
  return task === 'classification' ? 'No hidden layers: all it can draw is one straight border' : 'No hidden layers: all it can fit is a plane';
}

/**
 * What travels along the links: dots for signals, rings for gradients. Every one stands for a number of the current
 * frame; strength is that number, relative to what is drawn around it. Pure.
 */

import type { GapLinks, Link } from './links';
import type { NetworkValues } from './values';

/** Milliseconds a pulse takes across one gap at full speed. */
export const CROSSING_MS = 3_000;
/** Pulses drawn at most per gap, the strongest first: more would be noise. */
export const MOST_PULSES = 40;
export const MOST_RINGS = 12;
/** Weaker signals are not drawn. */
const FAINTEST = 0.08;

export interface Pulse {
  readonly link: Link;
  /** Input × weight of this sample at this update (for a thread: the sum over its links). */
  readonly signal: number;
  /** |signal| relative to the strongest of its gap, or to 1 where all are weak: 0 to 1. */
  readonly strength: number;
}

export interface Ring {
  readonly link: Link;
  readonly gradient: number;
  /** |gradient| relative to the largest drawn in the whole network, so that vanishing gradients vanish. */
  readonly strength: number;
}

/** The signals of the current sample, per gap the strongest first. */
export function pulsesOf(gaps: readonly GapLinks[], values: NetworkValues): Pulse[] {
  return gaps.flatMap((gap) => {
    const signals = signalsAcross(gap, values);
    const largest = signals.reduce((most, { signal }) => Math.max(most, Math.abs(signal)), 1);
    return signals
      .map(({ link, signal }): Pulse => ({ link, signal, strength: Math.abs(signal) / largest }))
      .filter((pulse) => pulse.strength >= FAINTEST)
      .sort((a, b) => b.strength - a.strength)
      .slice(0, MOST_PULSES);
  });
}

/** The largest gradients, per gap the strongest first. */
export function ringsOf(gaps: readonly GapLinks[], values: NetworkValues): Ring[] {
  const drawn = gaps.filter((gap) => gap.form === 'links').flatMap((gap) => {
    const matrix = values.gradientsInto(gap.to);
    if (matrix === undefined || matrix.pooled) return [];
    return gap.links
      .map((link) => ({ link, gradient: matrix.data[link.to.unit * matrix.columns + link.from.unit] ?? 0 }))
      .sort((a, b) => Math.abs(b.gradient) - Math.abs(a.gradient))
      .slice(0, MOST_RINGS);
  });
  const largest = drawn.reduce((most, { gradient }) => Math.max(most, Math.abs(gradient)), 0);
  if (largest === 0) return [];
  return drawn
    .map((ring): Ring => ({ ...ring, strength: Math.abs(ring.gradient) / largest }))
    .filter((ring) => ring.strength >= FAINTEST);
}

/** How far pulses have come, in crossings, after `elapsed` milliseconds of training at this speed. */
export function progress(elapsed: number, updatesPerSecond: number | null): number {
  // Never faster than one crossing in three seconds; on a slow dial an update a crossing.
  const crossingsPerSecond = Math.min(1_000 / CROSSING_MS, updatesPerSecond ?? Infinity);
  return (elapsed / 1_000) * crossingsPerSecond;
}

/** Where on its curve something with this phase is: forwards from 0 to 1. */
export function placeOf(phase: number, crossings: number): number {
  const place = phase + crossings;
  return place - Math.floor(place);
}

function signalsAcross(gap: GapLinks, values: NetworkValues): { link: Link; signal: number }[] {
  if (gap.form !== 'links' && gap.form !== 'threads') return [];
  return gap.links.flatMap((link) => {
    const signal =
      gap.form === 'threads'
        ? values.sumInto(gap.from, gap.to, link.to.unit)
        : values.link(gap.from, link.from.unit, gap.to, link.to.unit)?.signal;
    return signal === undefined ? [] : [{ link, signal }];
  });
}

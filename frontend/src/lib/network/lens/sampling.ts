/** Sampling of codes under the glass: the distribution of each, and what the loss gains for all of them. Pure. */
import type { Sampling } from '../../schema.gen';
import type { Look, Scene } from './look';
import { chooser, plateOf, sheetOf } from './sheet';
import { cellFlat, part, range, sum, workedOut } from './tensors';

export function samplingLook(scene: Scene & { layer: Sampling }): Look {
  const { layer, inside, place } = scene;
  const [mean, log, a] = [part(inside, 'mean'), part(inside, 'log_variance'), part(inside, 'a')];
  const sheet = sheetOf(a, 'vector', place);
  const [unit = 0] = sheet.index;
  const own = range(sheet.units).map((code) => divergence(cellFlat(mean, code).value, cellFlat(log, code).value));
  const [all, penalty] = [cellFlat(part(inside, 'divergence'), 0), cellFlat(part(inside, 'penalty'), 0)];
  return {
    formula: 'a = mean in use; while training mean + e^(log variance / 2) · noise',
    choosers: [chooser('Code', unit, sheet.units, 'unit')],
    panels: [
      plateOf('Means', sheetOf(mean, 'vector', place)),
      plateOf('Log variances', sheetOf(log, 'vector', place)),
      {
        kind: 'steps', title: `Code ${unit + 1}`,
        steps: [
          { term: 'Mean', cell: cellFlat(mean, unit) },
          { term: 'Log variance', cell: cellFlat(log, unit) },
          { term: 'Deviation', cell: workedOut(Math.exp(cellFlat(log, unit).value / 2)), isPlain: true },
          { term: 'Code a', cell: sheet.cell, derived: cellFlat(mean, unit).value, isTotal: true },
        ],
      },
      {
        kind: 'steps', title: 'What the loss gains',
        steps: [
          { term: 'Divergence of this code', cell: workedOut(own[unit] ?? NaN), isPlain: true },
          { term: 'Of all codes', cell: all, derived: sum(own), isPlain: true },
          { term: `× ${layer.kl_weight}`, cell: penalty, derived: layer.kl_weight * all.value, isTotal: true, isPlain: true },
        ],
      },
      plateOf('Answers', sheet),
    ],
  };
}

/** From the standard normal distribution: ½ (mean² + variance − 1 − log variance). */
export const divergence = (mean: number, logVariance: number): number => (mean ** 2 + Math.exp(logVariance) - 1 - logVariance) / 2;

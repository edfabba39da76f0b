/** Runs as a server trained them (`tests/golden/make_diagnosis_runs.py`), looked at after a minute. */
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import type { LayerStatistics } from '../network/statistics';
import { networkModel } from '../render/model';
import type { Divergence, Experiment, Point } from '../schema.gen';
import { drawnFacts } from '../state/data';
import { canonical } from '../state/experiments';
import { findings } from './findings';
import { facts } from './fixtures';
import { healthOf } from './health';

interface Recorded {
  experiment: Experiment;
  update: number;
  points: (number | null)[][];
  layers: Record<string, [number, number, number, number, number, number]>;
  divergence: Divergence | null;
}

const { figures, runs } = JSON.parse(readFileSync('../tests/golden/diagnosis_runs.json', 'utf8')) as {
  figures: string[];
  runs: Record<string, Recorded>;
};

function found(name: string): string[] {
  const run = runs[name] as Recorded;
  const experiment = canonical(run.experiment);
  const points = run.points.map((row) => Object.fromEntries(figures.map((figure, index) => [figure, row[index]])) as unknown as Point);
  const isNumber = points.some((point) => typeof point.train_r2 === 'number');
  const data = { ...facts().data, task: isNumber ? ('regression' as const) : ('classification' as const), classes: isNumber ? [] : ['a', 'b'] };
  const statistics = new Map<string, LayerStatistics>(
    Object.entries(run.layers).map(([layer, [mean, deviation, dead, saturated, gradient, step]]) => [
      layer,
      { mean, deviation, dead, saturated, gradient, step, counts: [], low: 0, high: 0, finite: true },
    ]),
  );
  const models = networkModel(experiment, { ...drawnFacts({ task: 'classification', classes: 2 }), ...data });
  const layers = healthOf(experiment, models, statistics);
  return findings(facts({ experiment, data, layers, points, update: run.update, divergence: run.divergence })).map(({ id }) => id);
}

describe('recorded runs', () => {
  it.each(['playground', 'xor', 'spiral', 'plane', 'digits', 'iris', 'lenet', 'lstm', 'diabetes', 'autoencoder'])(
    '%s is well and nothing is found',
    (name) => expect(found(name)).toEqual([]),
  );

  it.each([
    ['too_fast', 'not finite'],
    ['fading', 'vanishing'],
    ['rare_class', 'overfitting'],
    ['slow', 'rate low'],
    ['tanh_fast', 'rate high'],
    ['relu_adam', 'dead dense_2'],
  ])('%s is not: %s', (name, id) => expect(found(name)[0]).toBe(id));
});

/** What a pinned run is called, and what the page compares of it. */
import type { Experiment } from '../../schema.gen';
import { asJson } from '../../state/experiments';
import type { PinnedRun } from '../../state/pins.svelte';
import type { Json } from '../../state/diff';
import { differences } from './differences';

/** Given by the person, or what alone sets it apart from the run that is live, or its number. */
export function nameOf(run: PinnedRun, live: Experiment): string {
  if (run.name !== null) return run.name;
  const apart = differences([comparable(live), comparable(run.experiment)]);
  const [only] = apart;
  return apart.length === 1 && only ? `${only.label} ${only.values[1]}` : `Run ${run.number}`;
}

/** The experiment as it is told apart: data of one's own by their title, without what follows from the rest. */
export function comparable(experiment: Experiment): Json {
  const { data } = experiment;
  if (data.source !== 'upload') return asJson(experiment);
  const { dataset, sheet, ...rest } = data;
  return { ...(asJson(experiment) as object), data: { ...rest, name: sheet?.title ?? dataset } } as unknown as Json;
}

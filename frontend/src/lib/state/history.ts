/** The steps of undo and redo. Immutable: a refused edit is rolled back by keeping the history from before it. */
import type { Experiment } from '../schema.gen';
import { isSame } from './experiments';

/** One edit, as the experiment that leads away from it: the one before it to undo, the one after it to redo. */
export interface Step {
  readonly label: string;
  readonly experiment: Experiment;
  readonly atMs: number;
}

interface Moved {
  readonly experiment: Experiment;
  readonly history: History;
}

const MOST_STEPS = 100;
/** Edits of one label this close together (a slider being dragged) are one step. */
const MERGE_MS = 1_000;
/** What was undone or redone is a step of its own: no later edit merges with it. */
const LONG_AGO = -Infinity;

export class History {
  constructor(
    readonly past: readonly Step[] = [],
    readonly future: readonly Step[] = [],
  ) {}

  /** An edit from one experiment to another. What was undone before it can no longer be redone. */
  edited(label: string, from: Experiment, to: Experiment, atMs: number): History {
    const last = this.past.at(-1);
    const merges = last?.label === label && atMs - last.atMs < MERGE_MS;
    if (!merges) return new History([...this.past, { label, experiment: from, atMs }].slice(-MOST_STEPS));
    const before = this.past.slice(0, -1);
    // A slider dragged back to where it was has changed nothing.
    return new History(isSame(last.experiment, to) ? before : [...before, { ...last, atMs }]);
  }

  undone(from: Experiment): Moved | null {
    const step = this.past.at(-1);
    if (!step) return null;
    const { past } = new History(this.past.slice(0, -1)).closed();
    return { experiment: step.experiment, history: new History(past, [...this.future, left(step, from)]) };
  }

  redone(from: Experiment): Moved | null {
    const step = this.future.at(-1);
    if (!step) return null;
    return { experiment: step.experiment, history: new History([...this.past, left(step, from)], this.future.slice(0, -1)) };
  }

  /** No later edit merges with any of these. */
  closed(): History {
    return new History(this.past.map((step) => ({ ...step, atMs: LONG_AGO })), this.future);
  }

  /** Not by way of this experiment. */
  without(experiment: Experiment): History {
    const leadsElsewhere = (step: Step): boolean => !isSame(step.experiment, experiment);
    return new History(this.past.filter(leadsElsewhere), this.future.filter(leadsElsewhere));
  }

  /** The same steps over other experiments. */
  map(change: (experiment: Experiment) => Experiment): History {
    const changed = (step: Step): Step => ({ ...step, experiment: change(step.experiment) });
    return new History(this.past.map(changed), this.future.map(changed));
  }
}

const left = ({ label }: Step, experiment: Experiment): Step => ({ label, experiment, atMs: LONG_AGO });

/**
 * The experiment as the person sees it: what the server confirmed plus edits under way. At most one edit is in flight;
 * later ones merge into the next. A refused edit rolls back; a stale one is rebased once.
 */
import type { Edit, Experiment } from '../schema.gen';
import { apply, diff } from './diff';
import { asJson, canonical, isSame, withKnownNames } from './experiments';
import { CONNECTION_LOST } from './requests';

export interface Refusal {
  code: string;
  message: string;
  field?: string;
}

export type SendEdit = (edit: Pick<Edit, 'base' | 'patch'>) => Promise<{ revision: number }>;

interface Confirmed {
  experiment: Experiment;
  revision: number;
}

interface Delivery {
  /** What was confirmed when it left. */
  from: Confirmed;
  target: Experiment;
}

interface Remembered {
  label: string;
  experiment: Experiment;
  atMs: number;
}

const UNDO_STEPS = 100;
/** Edits of one label this close together (a slider being dragged) are one step of undo. */
const MERGE_MS = 1_000;
/** Between two edits, so that a dragged slider stays well within the server's message rate. */
const SPACING_MS = 60;

export class Edits {
  experiment: Experiment = $state.raw() as Experiment;
  error: Refusal | null = $state.raw(null);
  pending = $state(false);
  #undo: Remembered[] = $state.raw([]);

  #confirmed: Confirmed;
  #inFlight: Delivery | null = null;
  /** The revision an answered edit became, while its `experiment` message is still to come. */
  #awaited: number | null = null;
  #hasRetried = false;
  /** The server is ahead: nothing is sent until its newer experiment has come. */
  #isBehind = false;
  #spacing: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];
  #send: SendEdit;
  #now: () => number;

  constructor(experiment: Experiment, revision: number, send: SendEdit, now: () => number = Date.now) {
    this.experiment = canonical(experiment);
    this.#confirmed = { experiment: this.experiment, revision };
    this.#send = send;
    this.#now = now;
  }

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  /** What the next undo takes back. */
  get undoLabel(): string | undefined {
    return this.#undo.at(-1)?.label;
  }

  /** The latest experiment before this one that fits. */
  lastWhere(fits: (experiment: Experiment) => boolean): Experiment | undefined {
    return this.#undo.findLast((step) => fits(step.experiment))?.experiment;
  }

  edit(label: string, change: (draft: Experiment) => void): void {
    const draft = structuredClone(this.experiment);
    change(draft);
    const next = canonical(draft);
    if (isSame(next, this.experiment)) return;
    this.#remember(label);
    this.#show(next);
  }

  undo(): void {
    const step = this.#undo.at(-1);
    if (!step) return;
    this.#undo = this.#undo.slice(0, -1);
    this.#show(withKnownNames(step.experiment, this.experiment));
  }

  /** Resolves once no edit is under way, taken or refused. */
  settled(): Promise<void> {
    return this.pending ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  /** The server's experiment, after anybody's edit. */
  confirm(experiment: Experiment, revision: number): void {
    if (revision < this.#confirmed.revision) return;
    const before = this.#confirmed.experiment;
    this.#confirmed = { experiment: canonical(experiment), revision };
    this.#isBehind = false;
    if (this.#awaited !== null && revision >= this.#awaited) this.#settle();
    else if (!this.#inFlight) this.#rebase(before);
  }

  /** A new socket: the answer to an edit in flight was lost with the old one; the revision tells whether it counted. */
  restart(experiment: Experiment, revision: number): void {
    const sent = this.#inFlight;
    const counted = sent !== null && revision > sent.from.revision;
    const before = counted ? sent.target : this.#confirmed.experiment;
    this.#inFlight = null;
    this.#awaited = null;
    this.#isBehind = false;
    this.#confirmed = { experiment: canonical(experiment), revision };
    this.#rebase(before);
  }

  /** Another session altogether: nothing of the old one is left to undo. */
  replace(experiment: Experiment, revision: number): void {
    this.#inFlight = null;
    this.#awaited = null;
    this.#isBehind = false;
    this.#undo = [];
    this.error = null;
    this.#rest();
    this.experiment = canonical(experiment);
    this.#confirmed = { experiment: this.experiment, revision };
  }

  #show(next: Experiment): void {
    this.error = null;
    this.experiment = next;
    this.#flush();
  }

  #remember(label: string): void {
    const last = this.#undo.at(-1);
    const atMs = this.#now();
    if (last?.label === label && atMs - last.atMs < MERGE_MS) {
      this.#undo = [...this.#undo.slice(0, -1), { ...last, atMs }];
    } else {
      this.#undo = [...this.#undo, { label, experiment: this.experiment, atMs }].slice(-UNDO_STEPS);
    }
  }

  #flush(): void {
    if (this.#inFlight || this.#isBehind || this.#spacing !== undefined) return;
    const patch = diff(asJson(this.#confirmed.experiment), asJson(this.experiment));
    if (patch.length === 0) {
      this.#rest();
      return;
    }
    const delivery = { from: this.#confirmed, target: this.experiment };
    this.#inFlight = delivery;
    this.pending = true;
    this.#spacing = setTimeout(() => {
      this.#spacing = undefined;
      this.#flush();
    }, SPACING_MS);
    void this.#deliver(delivery, patch);
  }

  #rest(): void {
    this.pending = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #deliver(delivery: Delivery, patch: Edit['patch']): Promise<void> {
    try {
      const { revision } = await this.#send({ base: delivery.from.revision, patch });
      if (this.#inFlight !== delivery) return;
      this.#awaited = revision;
      if (this.#confirmed.revision >= revision) this.#settle();
    } catch (error) {
      if (this.#inFlight === delivery) this.#refused(error as Refusal, delivery);
    }
  }

  /** The edit in flight is part of what is confirmed: carry what was changed since onto it. */
  #settle(): void {
    const before = this.#inFlight?.target ?? this.#confirmed.experiment;
    this.#inFlight = null;
    this.#awaited = null;
    this.#hasRetried = false;
    this.#rebase(before);
  }

  #refused(refusal: Refusal, { from }: Delivery): void {
    // The next welcome says whether the edit counted.
    if (refusal.code === CONNECTION_LOST) return;
    this.#inFlight = null;
    if (refusal.code === 'stale_revision' && !this.#hasRetried) {
      this.#hasRetried = true;
      if (this.#confirmed.revision > from.revision) this.#rebase(from.experiment);
      else this.#isBehind = true;
      return;
    }
    this.#hasRetried = false;
    this.#rest();
    this.error = refusal;
    this.experiment = this.#confirmed.experiment;
    this.#undo = this.#undo.filter((step) => !isSame(step.experiment, this.experiment));
  }

  /** Carry the local changes since `before` onto what is confirmed now, and send what remains of them. */
  #rebase(before: Experiment): void {
    const later = diff(asJson(before), asJson(this.experiment));
    const rebased = apply(asJson(this.#confirmed.experiment), later);
    this.experiment = rebased === undefined ? this.#confirmed.experiment : (rebased as unknown as Experiment);
    this.#flush();
  }
}

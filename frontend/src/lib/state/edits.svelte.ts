/**
 * The experiment as the person sees it: what the server confirmed plus edits under way. At most one edit is in flight;
 * later ones merge into the next. A refused edit rolls back, history included; a stale one is rebased once.
 */
import type { Edit, Experiment } from '../schema.gen';
import { apply, diff } from './diff';
import { asJson, canonical, isSame } from './experiments';
import { History } from './history';
import { asSent, namesGiven, renamed, withProvisionalNames } from './names';
import { CONNECTION_LOST } from './requests';

export interface Refusal {
  code: string;
  message: string;
  field?: string;
}

export type SendEdit = (edit: Pick<Edit, 'base' | 'patch'>) => Promise<{ revision: number }>;

/** `fresh` gives a new layer the name it goes by until the server has named it. */
export type Change = (draft: Experiment, fresh: () => string) => void;

/** Done on the page and not an edit yet: undo takes it back before any edit. */
export interface Unsent {
  label: string;
  takeBack: () => void;
}

interface Confirmed {
  experiment: Experiment;
  revision: number;
  /** The steps that led to it. */
  history: History;
}

interface Delivery {
  /** What was confirmed when it left. */
  from: Confirmed;
  target: Experiment;
  /** Also the network on the board. */
  isWhole: boolean;
  history: History;
}

/** What stays on the board although the server refused it. */
interface Draft {
  experiment: Experiment;
  history: History;
  refusal: Refusal;
}

/** The layers do not fit together: that is mended on the board, not taken back. */
const MENDABLE: ReadonlySet<string> = new Set(['invalid_graph', 'shape_mismatch', 'network_too_large']);

/** Between two edits, so that a dragged slider stays well within the server's message rate. */
const SPACING_MS = 60;

export class Edits {
  experiment: Experiment = $state.raw() as Experiment;
  error: Refusal | null = $state.raw(null);
  pending = $state(false);
  unsent: Unsent | null = $state.raw(null);
  #history: History = $state.raw(new History());
  /** Of the network alone; training goes on with the confirmed one. */
  #draft: Draft | null = $state.raw(null);

  #confirmed: Confirmed;
  #inFlight: Delivery | null = null;
  /** The revision an answered edit became, while its `experiment` message is still to come. */
  #awaited: number | null = null;
  #hasRetried = false;
  #newLayers = 0;
  /** Names that layers had: none is given to another. */
  #used = new Set<string>();
  /** What the server called layers that had a name of this page's. */
  #given = new Map<string, string>();
  /** The server is ahead: nothing is sent until its newer experiment has come. */
  #isBehind = false;
  #spacing: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];
  #send: SendEdit;
  #now: () => number;

  constructor(experiment: Experiment, revision: number, send: SendEdit, now: () => number = Date.now) {
    this.experiment = canonical(experiment);
    this.#confirmed = { experiment: this.experiment, revision, history: this.#history };
    this.#send = send;
    this.#now = now;
  }

  /** The network on the board is wrong: what trains is the last one that was not. */
  get isDraft(): boolean {
    return this.#draft !== null;
  }

  /** What the server trains. */
  get trained(): Experiment {
    return this.#confirmed.experiment;
  }

  /** What a layer that had this name is called now. */
  nameNow(name: string): string {
    return this.#given.get(name) ?? name;
  }

  get canUndo(): boolean {
    return this.unsent !== null || this.#history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.unsent === null && this.#history.future.length > 0;
  }

  /** What the next undo takes back. */
  get undoLabel(): string | undefined {
    return this.unsent?.label ?? this.#history.past.at(-1)?.label;
  }

  /** What the next redo does again. */
  get redoLabel(): string | undefined {
    return this.#history.future.at(-1)?.label;
  }

  /** The latest experiment before this one that fits. */
  lastWhere(fits: (experiment: Experiment) => boolean): Experiment | undefined {
    return this.#history.past.findLast((step) => fits(step.experiment))?.experiment;
  }

  /** `alone` is a step of its own, however soon it follows another of its label. */
  edit(label: string, change: Change, { alone = false } = {}): void {
    const draft = structuredClone(this.experiment);
    const fresh = (): string => `new ${++this.#newLayers}`;
    change(draft, fresh);
    const next = withProvisionalNames(canonical(draft), fresh);
    if (isSame(next, this.experiment)) return;
    const history = alone ? this.#history.closed() : this.#history;
    this.#show(next, history.edited(label, this.experiment, next, this.#now()));
  }

  undo(): void {
    if (this.unsent) return this.unsent.takeBack();
    const moved = this.#history.undone(this.experiment);
    if (moved) this.#show(moved.experiment, moved.history);
  }

  redo(): void {
    const moved = this.#history.redone(this.experiment);
    if (moved) this.#show(moved.experiment, moved.history);
  }

  /** Resolves once no edit is under way, taken or refused. */
  settled(): Promise<void> {
    return this.pending ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  /** The server's experiment, after anybody's edit. */
  confirm(experiment: Experiment, revision: number): void {
    if (revision < this.#confirmed.revision) return;
    const before = this.#confirmed;
    this.#confirmed = { ...before, experiment: canonical(experiment), revision };
    this.#isBehind = false;
    if (this.#awaited !== null && revision >= this.#awaited) this.#settle();
    else if (!this.#inFlight) this.#follow(before.experiment);
  }

  /** A new socket: the answer to an edit in flight was lost with the old one; the revision tells whether it counted. */
  restart(experiment: Experiment, revision: number): void {
    const sent = this.#inFlight;
    const before = this.#confirmed;
    this.#confirmed = { ...before, experiment: canonical(experiment), revision };
    this.#isBehind = false;
    if (sent !== null && revision > sent.from.revision) return this.#settle();
    this.#inFlight = null;
    this.#awaited = null;
    this.#follow(before.experiment);
  }

  /** Another session altogether: nothing of the old one is left to undo. */
  replace(experiment: Experiment, revision: number): void {
    this.#inFlight = null;
    this.#awaited = null;
    this.#isBehind = false;
    this.#history = new History();
    this.#draft = null;
    this.error = null;
    this.#rest();
    this.experiment = canonical(experiment);
    this.#confirmed = { experiment: this.experiment, revision, history: this.#history };
  }

  #show(next: Experiment, history: History): void {
    this.error = null;
    this.experiment = next;
    this.#history = history;
    this.#flush();
  }

  #flush(): void {
    if (this.#inFlight || this.#isBehind || this.#spacing !== undefined) return;
    for (const { name } of this.#confirmed.experiment.network.layers) this.#used.add(name ?? '');
    const target = this.#sendable();
    const patch = diff(asJson(this.#confirmed.experiment), asJson(asSent(target, this.#used)));
    if (patch.length === 0) {
      this.#confirmed = { ...this.#confirmed, history: this.#history };
      if (target === this.experiment) this.#draft = null;
      else this.error = this.#draft?.refusal ?? null;
      this.#rest();
      return;
    }
    const delivery = { from: this.#confirmed, target, isWhole: target === this.experiment, history: this.#history };
    this.#inFlight = delivery;
    this.pending = true;
    this.#spacing = setTimeout(() => {
      this.#spacing = undefined;
      this.#flush();
    }, SPACING_MS);
    void this.#deliver(delivery, patch);
  }

  /** All but a network that was just refused. */
  #sendable(): Experiment {
    const { experiment } = this;
    if (this.#draft === null) return experiment;
    const isRefused = isSame({ ...experiment, network: this.#draft.experiment.network }, experiment);
    return isRefused ? { ...experiment, network: this.#confirmed.experiment.network } : experiment;
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
    const sent = this.#inFlight;
    this.#inFlight = null;
    this.#awaited = null;
    this.#hasRetried = false;
    if (sent === null) return this.#rebase(this.#confirmed.experiment);
    const names = namesGiven(sent.target, this.#confirmed.experiment);
    for (const [before, now] of names) this.#given.set(before, now);
    const named = (experiment: Experiment): Experiment => renamed(experiment, names);
    if (sent.isWhole) this.#draft = null;
    this.#confirmed = { ...this.#confirmed, history: sent.history.map(named) };
    this.#history = this.#history.map(named);
    const target = named(sent.target);
    this.experiment = named(this.experiment);
    const isMineAlone = this.#confirmed.revision === sent.from.revision + 1;
    // What the server wrote out in full is about the target: it would not fit other data.
    if (isMineAlone && !isSame(this.experiment, target)) this.#flush();
    else this.#rebase(target);
  }

  /** Somebody else changed the experiment: it stays changed whatever is undone here. */
  #follow(before: Experiment): void {
    const foreign = diff(asJson(before), asJson(this.#confirmed.experiment));
    const followed = (experiment: Experiment): Experiment =>
      (apply(asJson(experiment), foreign) as unknown as Experiment | undefined) ?? experiment;
    if (foreign.length > 0) {
      this.#history = this.#history.map(followed);
      // What did not fit before may fit now.
      this.#draft = null;
      this.#confirmed = { ...this.#confirmed, history: this.#confirmed.history.map(followed) };
    }
    this.#rebase(before);
  }

  #refused(refusal: Refusal, { from, target, history }: Delivery): void {
    // The next welcome says whether the edit counted.
    if (refusal.code === CONNECTION_LOST) return;
    this.#inFlight = null;
    if (refusal.code === 'stale_revision' && !this.#hasRetried) {
      this.#hasRetried = true;
      if (this.#confirmed.revision > from.revision) this.#follow(from.experiment);
      else this.#isBehind = true;
      return;
    }
    this.#hasRetried = false;
    if (MENDABLE.has(refusal.code) && isSame({ ...from.experiment, data: target.data }, from.experiment)) {
      this.#draft = { experiment: target, history, refusal };
      this.error = refusal;
      // What was changed since may have mended it.
      return this.#flush();
    }
    this.#rest();
    this.error = refusal;
    this.#takeBack();
    // What was refused would be again.
    this.#history = this.#history.without(target);
    this.#confirmed = { ...this.#confirmed, history: this.#history };
  }

  /** Carry the local changes since `before` onto what is confirmed now, and send what remains of them. */
  #rebase(before: Experiment): void {
    const later = diff(asJson(before), asJson(this.experiment));
    const rebased = apply(asJson(this.#confirmed.experiment), later);
    if (rebased === undefined) this.#takeBack();
    else this.experiment = rebased as unknown as Experiment;
    this.#flush();
  }

  #takeBack(): void {
    const { experiment, history } = this.#draft ?? this.#confirmed;
    this.experiment = experiment;
    this.#history = history;
  }
}

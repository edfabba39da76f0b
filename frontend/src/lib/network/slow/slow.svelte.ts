/**
 * Slow motion itself: holds training still, gathers one moment of every layer, has the engine take the update when one comes
 * to it, and gives everything back when it is closed.
 */
import { untrack } from 'svelte';

import type { Selection } from '../../state/selection.svelte';
import type { Session } from '../../state/session.svelte';
import type { SubscribeAsk } from '../../state/subscription.svelte';
import { canRun } from '../../ui/transport';
import { modelsOf } from '../models';
import { areOfUpdate, isMoment, type Answer, type Answers } from './gathered';
import { Gathering, type Wanted } from './gathering.svelte';
import { allAfter, allBefore, isBehindUpdate, needs, needsAfter, planOf, type Key, type Plan, type SlowStep } from './plan';
import { atStart, goBy, goTo, passed, toggle, withSpeed, type Player, type Speed } from './player';
import { batchOf, type Looked } from './update';
import { walk } from './walk.svelte';

const NOTHING: Plan = { steps: [], layers: [], learning: [] };

export class SlowMotion {
  plan: Plan = $state.raw(NOTHING);
  player: Player = $state.raw(atStart(0));
  /** The update whose moment is played; null until training stands still. */
  update: number | null = $state(null);
  /** The update that the engine stands at since it took one here. */
  made: number | null = $state(null);
  /** Why it cannot go on, in a sentence. */
  trouble: string | null = $state(null);
  #answers: Answers = $state.raw(new Map());
  #isStepping = $state(false);
  #gathering: Gathering;
  #before: { readonly isPlaying: boolean; readonly sample: Selection['sample']; readonly neuron: Selection['neuron'] };
  #own: Selection['sample'] | null = null;
  /** Which beginning this is: what an earlier one still waits for is no longer wanted. */
  #turn = 0;
  #hasRested = false;

  readonly step: SlowStep | null = $derived.by(() => this.plan.steps[this.player.at] ?? null);
  readonly sample: Looked = $derived.by(() => {
    const { sample } = this.selection;
    return 'values' in sample ? { split: 'train', index: 0 } : sample;
  });
  /** Streams that have answered, of those that tell of the moment before the update. */
  readonly known: number = $derived.by(() => allBefore(this.plan).filter((key) => this.#answers.has(key)).length);
  readonly wanted: number = $derived.by(() => allBefore(this.plan).length);
  readonly isShown: boolean = $derived.by(() => this.step !== null && this.trouble === null && this.#keysOf(this.step).every((key) => this.#answers.has(key)));
  /** Rows of the batch that training takes next, once they are known. */
  readonly batch: readonly number[] | null = $derived.by(() => {
    const [first] = this.plan.learning;
    const answer = first === undefined ? undefined : this.#answers.get(`update/${first}`);
    return isMoment(answer) ? batchOf(answer) : null;
  });

  constructor(
    readonly session: Session,
    readonly selection: Selection,
  ) {
    this.#before = { isPlaying: session.wantsToPlay, sample: selection.sample, neuron: selection.neuron };
    selection.neuron = null;
    // Slopes are of rows whose target is known.
    if ('values' in selection.sample) this.look({ split: 'train', index: 0 });
    this.#gathering = new Gathering(session, (key, answer) => this.#take(key, answer), () => this.#moved());
  }

  get answers(): Answers {
    return this.#answers;
  }

  get isTaking(): boolean {
    return this.#isStepping;
  }

  /** From the present moment on; the step that is shown stays, unless the update is behind it. */
  async begin(): Promise<void> {
    const turn = ++this.#turn;
    const { session } = this;
    this.#gathering.clear();
    [this.#answers, this.update, this.made, this.trouble] = [new Map(), null, null, null];
    this.#hasRested = false;
    try {
      await session.settled();
      const done = await session.ask({ type: 'control', action: 'pause' });
      if (turn !== this.#turn) return;
      session.wantsToPlay = false;
      this.#hasRested = session.status.state === 'paused';
      const { shapes } = session.checks;
      this.plan = planOf(modelsOf(session), walk.folded, (layer) => (shapes?.layers.get(layer)?.parameters ?? 1) > 0);
      const { at, speed } = this.player;
      const kept = this.plan.steps[at];
      this.player = { ...atStart(this.plan.steps.length, speed), at: kept && kept.phase !== 'update' ? at : 0 };
      this.update = done.update ?? 0;
      this.#gathering.want(allBefore(this.plan).map((key) => this.#wanted(key, done.update ?? 0)));
    } catch (error) {
      if (turn === this.#turn) this.trouble = (error as Error).message;
    }
  }

  toggle(): void {
    this.player = toggle(this.player);
  }

  goTo(at: number): void {
    this.player = goTo(this.player, at);
  }

  goBy(by: number): void {
    this.player = goBy(this.player, by);
  }

  setSpeed(speed: Speed): void {
    this.player = withSpeed(this.player, speed);
  }

  passed(elapsedMs: number): void {
    this.player = passed(this.player, elapsedMs, this.isShown);
  }

  /** The last step one may come to without the engine taking the update. */
  get lastBefore(): number {
    const first = this.plan.steps.findIndex(isBehindUpdate);
    return first < 0 ? this.plan.steps.length - 1 : first - 1;
  }

  look(sample: Looked): void {
    this.selection.sample = this.#own = { split: sample.split, index: sample.index };
  }

  /** Call it in an effect: once all is known, coming to a step behind the update has the engine take it. */
  takeUpdateWhenDue(): void {
    const { step, update } = this;
    if (step === null || !isBehindUpdate(step) || this.made !== null || this.trouble !== null) return;
    if (update === null || this.#isStepping || this.known < this.wanted) return;
    untrack(() => void this.#takeUpdate(update));
  }

  /** Call it in an effect: whoever else moves the run is noticed. */
  follow(): void {
    const { status, counters } = this.session;
    const expected = this.made ?? this.update;
    if (status.state === 'paused') this.#hasRested = true;
    // Play was pressed: that is what was wanted.
    if (status.state === 'running' && this.#hasRested) walk.isOpen = false;
    else if (status.state === 'diverged' || status.state === 'failed') this.trouble = status.reason ?? 'Training cannot go on';
    else if (expected !== null && counters.update > expected && !this.#isStepping) untrack(() => this.#moved());
  }

  close(): void {
    this.#turn += 1;
    this.#gathering.close();
    const { selection, session } = this;
    const { isPlaying, sample, neuron } = this.#before;
    if (this.#own !== null && selection.sample === this.#own) selection.sample = sample;
    selection.neuron ??= neuron;
    const resumes = isPlaying && session.status.state !== 'running' && canRun(session);
    if (resumes) void session.control('play');
    // A phone that turns to another part of the page has left it as well.
    [walk.isOpen, walk.step] = [false, null];
    walk.said = `Slow motion closed${resumes ? ', training goes on' : ''}`;
  }

  async #takeUpdate(update: number): Promise<void> {
    const turn = this.#turn;
    this.#isStepping = true;
    try {
      const done = await this.session.ask({ type: 'control', action: 'step', updates: 1 });
      if (turn !== this.#turn) return;
      const made = done.update ?? update + 1;
      if (made !== update + 1 || !areOfUpdate(this.#answers, allBefore(this.plan), update)) return this.#moved();
      this.made = made;
      this.#gathering.want(allAfter(this.plan).map((key) => this.#wanted(key, made)));
    } catch (error) {
      if (turn === this.#turn) this.trouble = (error as Error).message;
    } finally {
      this.#isStepping = false;
    }
  }

  #keysOf(step: SlowStep): Key[] {
    return [...needs(step, this.plan), ...needsAfter(step)];
  }

  #wanted(key: Key, update: number): Wanted {
    const [stream, layer] = [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];
    const { sample } = this;
    const asks: Record<string, SubscribeAsk> = {
      inside: { stream: 'inside', layer, sample },
      after: { stream: 'inside', layer, sample },
      backward: { stream: 'backward', layer, sample },
      again: { stream: 'backward', layer, sample },
      update: { stream: 'update', layer },
    };
    return { key, ask: asks[stream] as SubscribeAsk, update };
  }

  #take(key: Key, answer: Answer): void {
    this.#answers = new Map([...this.#answers, [key, answer]]);
  }

  #moved(): void {
    this.#gathering.clear();
    this.player = { ...this.player, isPlaying: false };
    this.trouble = 'The run has moved on: these numbers are of an update that is gone';
  }
}

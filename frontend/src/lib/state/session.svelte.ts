/**
 * The live session as the page knows it: one instance, given to components by context. It joins the socket, the edits,
 * the subscriptions and the curves; each of them lives in its own module.
 */
import type {
  Catalog,
  Control,
  DataSetFacts,
  Done,
  Experiment,
  Limits,
  Preset,
  ServerMessage,
  SessionInfo,
  State,
  Welcome,
} from '../schema.gen';
import type { MakeSource, Source } from '../source';
import { BAD_TOKEN, NO_SUCH_SESSION } from '../wire/close';
import type { ConnectionState } from '../wire/connection';
import type { Frame } from '../wire/frame';
import { checkExperiment, deleteSession, liveUrl, type Access } from './api';
import { Checks } from './checks.svelte';
import { Counters } from './counters.svelte';
import { factsOf } from './data';
import { Edits, type Change, type Refusal, type Unsent } from './edits.svelte';
import { withKnownNames } from './experiments';
import { FrameStore } from './frames';
import { lesson } from './lesson.svelte';
import { MetricsHistory } from './metrics.svelte';
import type { ConnectionView, Notice } from './notices';
import { create, openExperiment, openText, type Opened } from './open';
import { CONNECTION_LOST, Requests, type Ask, type RequestError } from './requests';
import { Subscriptions, type SubscribeAsk, type Subscription } from './subscription.svelte';
import { readLink, writeLink } from './url';
import { view } from './view.svelte';

export type { ConnectionView, Notice };

export class Session {
  readonly frames = new FrameStore();
  readonly metrics = new MetricsHistory();
  readonly counters = new Counters();
  readonly checks = new Checks(checkExperiment);

  role: 'owner' | 'viewer' = $state('owner');
  limits: Limits = $state.raw() as Limits;
  connection: ConnectionView = $state.raw({ state: 'connecting' });
  status: State = $state.raw() as State;
  /** What play and pause last said, also while it is still compiling. */
  wantsToPlay = $state(true);
  /** The speed dial: updates a second, null is full speed. */
  speed: number | null = $state(null);
  viewerToken: string | null = $state(null);
  id: string = $state('');
  notice: Notice | null = $state.raw(null);
  /** Something of this session was already shown. */
  hasFrames = $state(false);

  #facts = $derived.by(() => factsOf(this.experiment.data, this.catalog));
  #token = '';
  #unpainted: number | null = null;
  #source: Source;
  #requests = new Requests((message) => this.#source.send(message));
  #subscriptions = new Subscriptions(this.#requests, this.frames);
  #edits: Edits;

  constructor(
    readonly catalog: Catalog,
    opened: Opened,
    makeSource: MakeSource,
  ) {
    this.limits = catalog.limits;
    this.#edits = new Edits(opened.info.experiment, opened.info.revision, async (edit) => {
      const done = await this.#requests.ask({ type: 'edit', ...edit });
      return { revision: done.revision ?? edit.base };
    });
    this.#source = makeSource({
      onConnection: (state) => this.#connected(state),
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => this.#store(frame),
      onUnreadable: (reason) => this.tell(`A frame could not be read: ${reason}`, 'bad'),
    });
    this.#adopt(opened);
  }

  get experiment(): Experiment {
    return this.#edits.experiment;
  }

  /** Of the experiment's data set. */
  get facts(): DataSetFacts {
    return this.#facts;
  }

  get canEdit(): boolean {
    return this.role === 'owner' && this.connection.state === 'open' && this.status.state !== 'closed';
  }

  /** An engine worker answers: it runs or prepares this session. Before that, asking for rows is refused. */
  get hasEngine(): boolean {
    const { state, progress } = this.status;
    return this.connection.state === 'open' && (state === 'compiling' ? !!progress && progress.step !== 'engine' : true);
  }

  /** What opens this session's files. */
  get access(): Access {
    return { id: this.id, token: this.#token };
  }

  get pendingEdit(): boolean {
    return this.#edits.pending;
  }

  get editError(): Refusal | null {
    // What is wrong with a draft stands at its layers.
    return this.#edits.isDraft ? null : this.#edits.error;
  }

  /** The network on the board does not fit together. */
  get isDraft(): boolean {
    return this.#edits.isDraft;
  }

  /** What the server trains. */
  get trained(): Experiment {
    return this.#edits.trained;
  }

  /** What a layer that had this name is called now: new ones are renamed once. */
  nameNow = (name: string): string => this.#edits.nameNow(name);

  get canUndo(): boolean {
    return this.canEdit && this.#edits.canUndo;
  }

  get undoLabel(): string | undefined {
    return this.#edits.undoLabel;
  }

  get canRedo(): boolean {
    return this.canEdit && this.#edits.canRedo;
  }

  get redoLabel(): string | undefined {
    return this.#edits.redoLabel;
  }

  /** A learning rate to try where this one diverged: the last smaller one, or a tenth. */
  get gentlerRate(): number {
    const rate = this.experiment.training.optimizer.learning_rate;
    const before = this.#edits.lastWhere((past) => past.training.optimizer.learning_rate < rate);
    return before?.training.optimizer.learning_rate ?? Number((rate / 10).toPrecision(2));
  }

  get watchLink(): string | null {
    return this.viewerToken === null ? null : `${location.origin}/s/${this.id}#${this.viewerToken}`;
  }

  /** Optimistic; `change` mutates a deep copy. At most one edit is in flight, later ones merge. Undoable. */
  edit(label: string, change: Change, how?: { alone?: boolean }): void {
    if (this.canEdit) this.#edits.edit(label, change, how);
  }

  /** What undo takes back first. */
  hold(unsent: Unsent | null): void {
    this.#edits.unsent = unsent;
  }

  undo(): void {
    if (this.canUndo) this.#edits.undo();
  }

  redo(): void {
    if (this.canRedo) this.#edits.redo();
  }

  dismissEditError(): void {
    this.#edits.error = null;
  }

  openPreset(preset: Preset): Promise<void> {
    return this.openInstead(`Open ${preset.title}`, preset.experiment);
  }

  /** Another experiment replaces the whole of this one and starts over; watchers come along and undo leads back. */
  async openInstead(label: string, experiment: Experiment): Promise<void> {
    const target = withKnownNames(experiment, this.experiment);
    this.edit(label, (draft) => Object.assign(draft, target));
    await this.startOver();
    await this.control('play');
  }

  /** The next draw is the next seed, so that a draw can be named and found again. */
  nextSeed(seed: number): number {
    return seed >= this.limits.seed ? 0 : seed + 1;
  }

  /** Seeds decide how a run starts, so new weights are a new start. */
  async drawWeights(): Promise<void> {
    this.edit('New weights', (draft) => (draft.training.seed = this.nextSeed(draft.training.seed)));
    await this.startOver();
  }

  /** Resolves once no edit is under way. */
  settled(): Promise<void> {
    return this.#edits.settled();
  }

  /** Reset once the edits under way have taken effect. */
  async startOver(): Promise<void> {
    await this.settled();
    await this.control('reset');
  }

  async control(
    action: Control['action'],
    extra: { updates?: number; updates_per_second?: number | null } = {},
  ): Promise<void> {
    if (!this.canEdit) return;
    if (action === 'play' || action === 'pause') this.wantsToPlay = action === 'play';
    if (action === 'step') this.wantsToPlay = false;
    const speed = action === 'play' ? { updates_per_second: this.speed } : {};
    try {
      await this.#requests.ask({ type: 'control', action, ...speed, ...extra });
    } catch (error) {
      const { code, message } = error as RequestError;
      if (code !== CONNECTION_LOST) this.tell(message, 'bad', code);
    }
  }

  /** Any other request of an owner; rejected with the server's reason. */
  ask(message: Ask): Promise<Done> {
    return this.#requests.ask(message);
  }

  /** Turn the speed dial; a paused run keeps it for the next play. */
  setSpeed(updatesPerSecond: number | null): void {
    this.speed = updatesPerSecond;
    if (this.wantsToPlay) void this.control('play');
  }

  subscribe = (ask: SubscribeAsk): Subscription => this.#subscriptions.subscribe(ask);
  /** How many streams of this page follow one sample. */
  followers = (): number => this.#subscriptions.followers;

  /** What arrived so far is on the screen. */
  painted(): void {
    if (this.#unpainted === null) return;
    this.#source.send({ type: 'ack', seq: this.#unpainted });
    this.#unpainted = null;
  }

  retryNow(): void {
    this.#source.retryNow();
  }

  tell(text: string, kind: Notice['kind'] = 'info', code?: string): void {
    this.notice = { text, kind, ...(code && { code }) };
  }

  /** The experiment of a link, as a session of its own in this tab; the one before it ends. */
  async openLink(hash: string): Promise<void> {
    const link = await readLink(hash);
    if (link.kind === 'unreadable') this.tell(link.message, 'bad');
    if (link.kind === 'playground') await this.#orTell(() => this.openText(link.text));
    if (link.kind !== 'experiment') return;
    const open = openExperiment(link.experiment, this.catalog);
    await this.#orTell(async () => this.#replace({ ...(await open), hidden: link.hidden }));
  }

  /** A link of ours or of TensorFlow Playground, or the text of an experiment file; throws what the server refuses. */
  async openText(text: string): Promise<void> {
    await this.#replace(await openText(text));
  }

  /** A viewer's own session of what is watched; the page goes there. */
  takeCopy(): Promise<void> {
    return this.#orTell(async () => {
      const opened = await create({ experiment: this.experiment });
      location.assign(`/${await writeLink(opened.info.experiment)}`);
    });
  }

  close(): void {
    this.#source.close();
  }

  /** Another session in this tab; the one before it ends. Who watched goes to a page of their own. */
  async #replace(opened: Opened): Promise<void> {
    if (this.role === 'viewer') {
      location.assign(`/${await writeLink(opened.info.experiment, opened.hidden)}`);
      return;
    }
    const before = this.access;
    this.#adopt(opened);
    await deleteSession(before.id, before.token);
  }

  /** What the server refuses is said, once, in its own words. */
  async #orTell(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.tell((error as Error).message, 'bad');
    }
  }

  #adopt({ id, token, role, viewerToken, info, notice, notes, hidden, view: shown }: Opened): void {
    this.id = id;
    this.#token = token;
    this.role = role;
    this.viewerToken = viewerToken;
    this.wantsToPlay = info.state !== 'paused';
    this.hasFrames = false;
    this.#edits.replace(info.experiment, info.revision);
    this.#showInfo(info);
    lesson.hide(hidden, this.catalog.lesson_controls);
    if (shown) [view.testSamples, view.hardEdges] = [shown.test_samples, shown.hard_edges];
    if (notice !== null) this.tell(notice, 'bad');
    else if (notes.length > 0) this.notice = { text: 'Opened from TensorFlow Playground', kind: 'info', notes };
    this.#source.open({ url: liveUrl(id), token });
  }

  #showInfo({ state, run, update, epoch }: SessionInfo): void {
    this.status = { type: 'state', state, run, update, epoch };
    this.metrics.restart(run);
    this.counters.restart(update, epoch);
  }

  #connected(state: ConnectionState): void {
    if (state.state !== 'open') this.#requests.close();
    this.connection =
      state.state === 'waiting' ? { ...state, retryInSecs: Math.ceil((state.retryAtMs - Date.now()) / 1000) } : state;
    const isGone = state.state === 'closed' && (state.code === NO_SUCH_SESSION || state.code === BAD_TOKEN);
    if (isGone && this.role === 'owner') void this.#startAgain();
  }

  /** The server lost this session: the same experiment goes on in a new one. */
  async #startAgain(): Promise<void> {
    try {
      const opened = await openExperiment(this.experiment, this.catalog);
      this.#adopt({ ...opened, hidden: lesson.hidden, notice: opened.notice ?? 'The session had ended; its experiment was started anew' });
    } catch (error) {
      this.connection = { state: 'closed', reason: (error as Error).message };
    }
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.#greeted(message);
      case 'state':
        return this.#moved(message);
      case 'experiment':
        this.#edits.confirm(message.experiment, message.revision);
        return this.#subscriptions.edited(message.experiment.data);
      case 'metrics':
        this.metrics.add(message);
        if (this.metrics.latest) this.counters.see(this.metrics.latest.update, this.metrics.latest.epoch);
        return;
      case 'done':
        return this.#requests.answer(message);
      case 'error':
        if (message.request === null) this.tell(message.message, 'bad');
        return this.#requests.answer(message);
    }
  }

  #greeted(message: Welcome): void {
    this.role = message.role;
    this.limits = message.limits;
    this.viewerToken = message.viewer_token ?? this.viewerToken;
    this.#unpainted = null;
    this.#showInfo(message.session);
    this.#requests.open();
    this.#edits.restart(message.session.experiment, message.session.revision);
    this.#subscriptions.renew();
  }

  #moved(message: State): void {
    if (message.run !== this.status.run) {
      this.metrics.beginRun(message.run, message.from_update ?? null);
      this.counters.restart(message.update, message.epoch);
    }
    this.status = message;
    if (message.updates_per_second !== undefined) this.speed = message.updates_per_second;
    if (message.state === 'running') this.wantsToPlay = true;
    else this.counters.rest();
    if (message.state === 'paused' || message.state === 'diverged') this.wantsToPlay = false;
    this.counters.see(message.update, message.epoch);
  }

  #store(frame: Frame): void {
    this.#unpainted = frame.seq;
    this.hasFrames = true;
    if (frame.run === this.status.run) this.counters.see(frame.update, frame.epoch);
    this.frames.put(frame);
  }
}

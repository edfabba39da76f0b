/** What is to be predicted from what, and how each column is prepared: a proposal, or the experiment of the run. */
import type { ColumnSheet, DataSheet, Experiment, Preparation, UploadedData } from '../../schema.gen';
import type { Session } from '../../state/session.svelte';
import { tasksOf, uploadedFacts } from '../../state/uploaded';
import { fitNetwork } from '../data/choose';
import { rowChoices, withFittingRows } from './rows';
import { proposal, withFed, withInputs, withRecipe, withSheet, withTarget } from './proposal';

type Task = 'classification' | 'regression';

export class Preparing {
  #own: UploadedData = $state.raw() as UploadedData;
  #balances = $state(false);

  constructor(
    private readonly session: Session,
    readonly sheet: DataSheet,
  ) {
    this.#own = withFittingRows(proposal(sheet, session.experiment.data.seed), sheet, session.limits.memory_bytes);
  }

  /** The run learns from these data: every change is an edit that takes effect at once. */
  get isLive(): boolean {
    return this.#live !== null;
  }

  get data(): UploadedData {
    return this.#live ?? this.#own;
  }

  get canChange(): boolean {
    return this.session.canEdit;
  }

  get targets(): readonly ColumnSheet[] {
    return this.sheet.columns.filter((column) => tasksOf(column).length > 0);
  }

  get tasks(): readonly Task[] {
    const target = this.sheet.columns.find(({ name }) => name === this.data.target);
    return target ? tasksOf(target) : [];
  }

  /** How many rows may be learned from, null for all; what is chosen is among them. */
  get rows(): readonly (number | null)[] {
    const choices = rowChoices(this.data, this.sheet, this.session.limits.memory_bytes);
    const chosen = this.data.max_rows ?? null;
    return choices.includes(chosen) ? choices : [...choices, chosen];
  }

  get isClassification(): boolean {
    return this.data.goal === 'predict' && this.data.task === 'classification';
  }

  get isBalanced(): boolean {
    return this.isLive ? this.session.experiment.training.class_weights === 'balanced' : this.#balances;
  }

  /** Why it cannot be trained on like this. */
  get problem(): string | null {
    if (this.data.inputs.length === 0) return 'Choose at least one column to learn from';
    return this.canChange ? null : 'The session cannot be changed just now';
  }

  setTarget(target: string | null): void {
    this.#change(target === null ? 'Predict the inputs' : `Predict ${target}`, (data) => withTarget(data, this.sheet, target));
  }

  setTask(task: Task): void {
    this.#change(`Predict as ${task === 'regression' ? 'a number' : 'classes'}`, (data) => withSheet({ ...data, task }, this.sheet));
  }

  setFed(name: string, isFed: boolean): void {
    this.#change(`${isFed ? 'Feed' : 'Leave out'} ${name}`, (data) => withFed(data, this.sheet, name, isFed));
  }

  /** All columns but free text, or none. */
  setAllFed(isFed: boolean): void {
    const names = isFed ? this.sheet.columns.flatMap(({ name, type }) => (type === 'text' || type === 'image' ? [] : [name])) : [];
    this.#change(isFed ? 'Feed all columns' : 'Leave out all columns', (data) => withInputs(data, this.sheet, names));
  }

  setRows(count: number | null): void {
    this.#change(count === null ? 'All rows' : `${count} rows`, (data) => ({ ...data, max_rows: count }));
  }

  prepare(name: string, change: Partial<Preparation>): void {
    this.#change(`Prepare ${name}`, (data) => withRecipe(data, this.sheet, name, change));
  }

  setBalanced(isBalanced: boolean): void {
    if (!this.isLive) this.#balances = isBalanced;
    else this.session.edit('Balance classes', (draft) => (draft.training.class_weights = isBalanced ? 'balanced' : 'none'));
  }

  /** One edit, so that undo leads back to the data before, and a new start. */
  async train(): Promise<void> {
    this.session.edit(`Train on ${this.sheet.title}`, (draft) => {
      draft.training.class_weights = this.isClassification && this.#balances ? 'balanced' : 'none';
      replaceData(draft, this.#own);
      fitNetwork(draft, uploadedFacts(this.#own), this.session.facts);
    });
    await this.session.startOver();
    await this.session.control('play');
  }

  #change(label: string, change: (data: UploadedData) => UploadedData): void {
    const live = this.#live;
    if (!live) this.#own = change(this.#own);
    // What runs has to have something to learn from.
    else if (change(live).inputs.length > 0) this.session.edit(label, (draft) => replaceData(draft, change(live)));
  }

  get #live(): UploadedData | null {
    const { data } = this.session.experiment;
    return data.source === 'upload' && data.dataset === this.sheet.id ? data : null;
  }
}

/** A loss that was chosen for another task gives way. */
function replaceData(draft: Experiment, data: UploadedData): void {
  const before = draft.data.source === 'upload' ? draft.data.task : null;
  if (before !== data.task) draft.training.loss = 'auto';
  draft.data = structuredClone(data);
}

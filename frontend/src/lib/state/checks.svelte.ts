/**
 * What the server says of the experiment on the board without running it: shapes, sizes, what is wrong and how to mend
 * it. Asked a moment after the last edit; what was said of layers before stays until it answers.
 */
import type { Checked, CheckError, Experiment } from '../schema.gen';
import { apply, type Operation } from './diff';
import { asJson } from './experiments';
import { explicitNames, renamed } from './names';
import type { LayerFacts, Problem, Shapes } from './shapes';

type Request = (experiment: Experiment, signal: AbortSignal) => Promise<Checked>;

/** Edits that follow each other closely are asked about once. */
const REST_MS = 60;

export class Checks {
  shapes: Shapes | undefined = $state.raw();
  problems: readonly Problem[] = $state.raw([]);
  /** Numbers that the network learns; null before the first answer, and while something is wrong. */
  parameters: number | null = $state(null);
  /** The experiment of the last answer. */
  about: Experiment | null = $state.raw(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | null = null;

  constructor(private readonly request: Request) {}

  /** The experiment on the board is this one now. */
  ask(experiment: Experiment): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(experiment), this.about === null ? 0 : REST_MS);
  }

  /** What is wrong with the layer at this place. */
  at(index: number): Problem[] {
    const place = `/network/layers/${index}`;
    return this.problems.filter(({ field }) => field === place || field.startsWith(`${place}/`));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #ask(experiment: Experiment): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    const given = explicitNames(experiment);
    const sent = renamed(experiment, given);
    let checked: Checked;
    try {
      checked = await this.request(sent, abort.signal);
    } catch {
      // What is wrong with the connection or the document is said elsewhere; the next edit asks again.
      return;
    }
    if (!abort.signal.aborted) this.#take(experiment, sent, given, checked);
  }

  #take(experiment: Experiment, sent: Experiment, given: ReadonlyMap<string, string>, checked: Checked): void {
    const back = new Map([...given].map(([provisional, name]) => [name, provisional]));
    const named = (name: string): string => back.get(name) ?? name;
    const known = new Set(['output', ...experiment.network.layers.map(({ name }) => name ?? '')]);
    const kept = [...(this.shapes?.layers ?? [])].filter(([name]) => known.has(name));
    const found = checked.layers.map((layer): [string, LayerFacts] => [named(layer.name), layer]);
    const isRead = checked.input.length > 0;
    this.about = experiment;
    this.parameters = checked.errors.length > 0 ? null : checked.parameters;
    this.problems = checked.errors.map((error) => problemOf(error, sent, back));
    if (isRead) {
      // What cannot be understood keeps the shape it had.
      const layers = new Map(checked.errors.length > 0 ? [...kept, ...found] : found);
      this.shapes = { input: checked.input, inputKind: checked.input_kind, layers };
    }
  }
}

function problemOf({ code, message, field, repair }: CheckError, sent: Experiment, back: ReadonlyMap<string, string>): Problem {
  const mended = repair ? apply(asJson(sent), repair.patch as unknown as Operation[]) : undefined;
  return {
    code,
    message,
    field,
    repair: repair && mended !== undefined ? { say: repair.say, experiment: renamed(mended as unknown as Experiment, back) } : null,
  };
}

/**
 * The drawing board: which points there are, with what tool they are changed, where the cross-hair is. A stroke that ends
 * is one edit of the experiment; what the server would refuse (too few points) stays here until it is enough.
 */
import { createContext } from 'svelte';

import type { Dots } from '../../render/points';
import type { DataSetFacts, Experiment } from '../../schema.gen';
import { drawnFacts, isPlane, type Data } from '../../state/data';
import type { Unsent } from '../../state/edits.svelte';
import { isSame } from '../../state/experiments';
import type { Samples } from '../../state/samples.svelte';
import type { Session } from '../../state/session.svelte';
import {
  begin,
  classesIn,
  copied,
  extend,
  FEWEST,
  nearestPoint,
  onBoard,
  strokeLabel,
  type DrawnTask,
  type Place,
  type Point,
  type Stroke,
  type Tool,
} from '../../state/strokes';
import { chooseDrawn } from '../data/choose';

/** Points that are no experiment's yet. */
interface Kept {
  task: DrawnTask;
  /** Each step, so that undo goes back through them. */
  steps: readonly { label: string; points: readonly Point[] }[];
}

const FIRST_SPREAD = 0.4;
const MIDDLE: Place = [0, 0];
/** Where a board cannot begin with the points there are, it does with these: one to learn from, one to test. */
const TWO_POINTS: readonly Point[] = [
  [-2, 0, 0],
  [2, 0, 1],
];

export class Board {
  isOpen = $state(false);
  tool: Tool = $state('draw');
  spread = $state(FIRST_SPREAD);
  /** What the next points are worth in a regression. */
  value = $state(1);
  /** The cross-hair. */
  cursor: Place = $state.raw(MIDDLE);
  /** It was moved by keys last, not by a pointer. */
  isKeyed = $state(false);
  #class = $state(0);
  #kept: Kept | null = $state.raw(null);
  #stroke: Stroke | null = $state.raw(null);
  /** What the run learned from when these two began. */
  #instead: Data | null = null;

  #points = $derived.by((): readonly Point[] => {
    const { data } = this.#session.experiment;
    return this.#stroke?.points ?? this.#kept?.steps.at(-1)?.points ?? (data.source === 'drawn' ? data.points : []);
  });
  #classes = $derived(Math.max(classesIn(this.task === 'classification' ? this.#points : []), this.#class + 1));
  #facts = $derived(drawnFacts({ task: this.task, classes: this.#classes }));
  #dots = $derived.by((): Dots => {
    const points = this.#points;
    return {
      inputs: Float32Array.from(points.flatMap(([x1, x2]) => [x1, x2])),
      targets: Float32Array.from(points, ([, , label]) => label),
      columns: 2,
      count: points.length,
    };
  });
  readonly #session: Session;
  readonly #samples: Samples;

  constructor(session: Session, samples: Samples) {
    this.#session = session;
    this.#samples = samples;
  }

  get canDraw(): boolean {
    return this.#session.canEdit;
  }

  /** Whether to begin with the samples that are there or with nothing is still to be said. */
  get isUndecided(): boolean {
    return this.#kept === null && this.#session.experiment.data.source !== 'drawn';
  }

  get task(): DrawnTask {
    return this.#kept?.task ?? (this.#session.facts.task === 'regression' ? 'regression' : 'classification');
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  get dots(): Dots {
    return this.#dots;
  }

  /** Of the board's own points, also while the run learns from others. */
  get facts(): DataSetFacts {
    return this.#facts;
  }

  get limit(): number {
    return this.#session.limits.drawn_points;
  }

  get mostClasses(): number {
    return this.#session.limits.classes;
  }

  get isFull(): boolean {
    return this.#points.length >= this.limit;
  }

  get isStroking(): boolean {
    return this.#stroke !== null;
  }

  /** The class that the next points are of. */
  get chosenClass(): number {
    return this.#class;
  }

  get label(): number {
    return this.task === 'classification' ? this.#class : this.value;
  }

  /** How many rows "Start from these points" would copy, of how many. */
  get offered(): { copies: number; of: number } {
    const { train, test } = this.#samples;
    const of = (train?.total ?? 0) + (test?.total ?? 0);
    return { copies: Math.min(of, this.limit), of };
  }

  get unsent(): Unsent | null {
    const step = this.isOpen ? this.#kept?.steps.at(-1) : undefined;
    return step ? { label: step.label, takeBack: () => this.#takeBack() } : null;
  }

  /** Elsewhere than on a plane with labels there is nothing to begin with, and no map to draw on. */
  open(): void {
    const { data } = this.#session.experiment;
    if (!isPlane(data)) this.#edit('Drawn points', 'classification', TWO_POINTS);
    else if (data.goal !== 'predict') {
      const points = data.source === 'drawn' ? data.points : TWO_POINTS;
      this.#edit('Drawn points', data.source === 'drawn' ? data.task : 'classification', points);
    }
    if (this.#class >= classesIn(this.#points)) this.#class = 0;
    this.isOpen = true;
  }

  close(): void {
    this.#stroke = null;
    this.isOpen = false;
  }

  startEmpty(): void {
    this.#keep('Empty board', this.task, []);
  }

  startFromSamples(): void {
    const { train, test } = this.#samples;
    if (train && test) this.#edit('Start from these points', this.task, copied(train, test, this.task, this.limit));
  }

  /** Classes or numbers: only where no point says so yet. */
  chooseTask(task: DrawnTask): void {
    if (this.#points.length === 0 && task !== this.task) this.#keep('What points are', task, []);
  }

  chooseClass(number: number): void {
    if (number >= 0 && number < Math.min(this.#classes + 1, this.mostClasses)) this.#class = number;
  }

  begin(at: Place, tool = this.tool): void {
    const { label, spread, limit } = this;
    if (!this.canDraw) return;
    this.#stroke = begin(tool, this.#points, onBoard(at), { label, spread, limit });
    this.#instead = this.#session.experiment.data;
  }

  extend(to: Place): void {
    if (this.#stroke) this.#stroke = extend(this.#stroke, onBoard(to));
  }

  end(): void {
    const stroke = this.#stroke;
    const label = stroke && strokeLabel(stroke);
    if (stroke && label) this.#put(label, stroke.points);
    this.#stroke = null;
  }

  cancel(): void {
    this.#stroke = null;
  }

  /** A stroke of one place, whatever tool is chosen. */
  dab(tool: Tool, at: Place): void {
    this.#stroke = null;
    this.begin(at, tool);
    this.end();
  }

  clear(): void {
    if (this.#points.length > 0) this.#put('Clear all points', []);
  }

  moveCursor(by: Place): void {
    this.isKeyed = true;
    this.cursor = onBoard([this.cursor[0] + by[0], this.cursor[1] + by[1]]);
    this.extend(this.cursor);
  }

  /** For good, whatever undo brings back: points that are kept and a stroke over data that are others now. */
  forgetOthers(): void {
    const { experiment } = this.#session;
    if (this.#instead === null || sameData(this.#instead, experiment)) return;
    this.#instead = this.#kept = this.#stroke = null;
  }

  /** Points that are enough but were kept, since the connection was lost, are sent once it is back. */
  resume(): void {
    const kept = this.#kept;
    const step = kept?.steps.at(-1);
    if (kept && step && this.canDraw && step.points.length >= FEWEST) this.#edit(step.label, kept.task, step.points);
  }

  /** The point below the cross-hair. */
  under(reach: number): Point | null {
    const index = nearestPoint(this.#points, this.cursor, reach);
    return index === null ? null : (this.#points[index] ?? null);
  }

  #put(label: string, points: readonly Point[]): void {
    if (points.length < FEWEST) this.#keep(label, this.task, points);
    else this.#edit(label, this.task, points);
  }

  #keep(label: string, task: DrawnTask, points: readonly Point[]): void {
    const steps = [...(this.#kept?.steps ?? []), { label, points }];
    this.#kept = { task, steps };
    this.#instead = this.#session.experiment.data;
  }

  #edit(label: string, task: DrawnTask, points: readonly Point[]): void {
    if (!this.canDraw) return this.#keep(label, task, points);
    this.#session.edit(label, (draft) => chooseDrawn(draft, task, points, this.#session.facts), { alone: true });
    this.#kept = null;
  }

  #takeBack(): void {
    const kept = this.#kept;
    const steps = kept?.steps.slice(0, -1) ?? [];
    this.#kept = kept && steps.length > 0 ? { ...kept, steps } : null;
  }
}

const sameData = (data: Data, experiment: Experiment): boolean => isSame({ ...experiment, data }, experiment);

export const [getBoard, setBoard] = createContext<Board>();

/** Keep the board to the data that it is drawn over, and send what it owes. */
export function keepBoard(session: Session, board: Board): void {
  $effect(() => {
    board.forgetOthers();
    board.resume();
  });
  $effect(() => session.hold(board.unsent));
}

/** Runs pinned to compare with: their curve, figures, answer and experiment as they were, kept for this tab. */
import type { DataSetFacts, Experiment, Point } from '../schema.gen';

const KEY = 'neuroglow.pins';
/** More cannot be told apart in one chart. */
export const MOST_PINS = 8;
/** Points of a pinned curve: as many as a wide screen has room for. */
const MOST_POINTS = 400;

/** The answer over the plane as it was streamed: levels of a U8 map, in base64, and what they mean. */
export interface PinnedMap {
  levels: string;
  units: number;
  resolution: number;
  low: number;
  high: number;
  activation?: string;
  /** Regression: standard deviations of the target that count as full strength. */
  scale: number;
  /** What was asked for and where it lies: only maps of equal asks and domains can be laid on each other. */
  ask: string;
  domain: number[];
  update: number;
}

export interface PinnedRun {
  id: string;
  /** Counted from 1 in this tab. */
  number: number;
  /** Given by the person. */
  name: string | null;
  /** Of the data set. */
  title: string;
  task: DataSetFacts['task'];
  update: number;
  epoch: number;
  /** Thinned to a few hundred; the last one holds the figures. */
  points: Point[];
  experiment: Experiment;
  map: PinnedMap | null;
  /** Its curve and contour are drawn. */
  isShown: boolean;
}

export type Memory = Pick<Storage, 'getItem' | 'setItem'>;

export class Pins {
  runs: readonly PinnedRun[] = $state.raw([]);
  /** The tab's storage is full: what is pinned now would not outlive a reload. */
  isForgetful = $state(false);
  #count = 0;

  constructor(private readonly memory: Memory) {
    this.runs = read(memory);
    this.#count = this.runs.reduce((most, run) => Math.max(most, run.number), 0);
  }

  get isFull(): boolean {
    return this.runs.length >= MOST_PINS;
  }

  get shown(): readonly PinnedRun[] {
    return this.runs.filter((run) => run.isShown);
  }

  /** Returns the run's id; null where there is no room. */
  pin(run: Omit<PinnedRun, 'id' | 'number' | 'name' | 'map' | 'isShown'>): string | null {
    if (this.isFull) return null;
    this.#count += 1;
    const id = `${this.#count}.${run.update}`;
    const points = thinTo(run.points, MOST_POINTS);
    this.#keep([...this.runs, { ...run, points, id, number: this.#count, name: null, map: null, isShown: true }]);
    return id;
  }

  change(id: string, change: Partial<Pick<PinnedRun, 'name' | 'map' | 'isShown'>>): void {
    this.#keep(this.runs.map((run) => (run.id === id ? { ...run, ...change } : run)));
  }

  unpin(id: string): void {
    this.#keep(this.runs.filter((run) => run.id !== id));
  }

  #keep(runs: readonly PinnedRun[]): void {
    this.runs = runs;
    try {
      this.memory.setItem(KEY, JSON.stringify(runs));
      this.isForgetful = false;
    } catch {
      this.isForgetful = true;
    }
  }
}

/** The first, the last, and evenly spaced ones between them. */
export function thinTo<T>(points: readonly T[], most: number): T[] {
  if (points.length <= most) return [...points];
  const stride = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, place) => points[Math.round(place * stride)] as T);
}

/** What another version of the page left behind may be anything. */
function read(memory: Memory): PinnedRun[] {
  try {
    const kept = JSON.parse(memory.getItem(KEY) ?? '[]') as Partial<PinnedRun>[];
    return kept.filter(isRun).slice(0, MOST_PINS);
  } catch {
    return [];
  }
}

function isRun(run: Partial<PinnedRun>): run is PinnedRun {
  const { id, number, title, points, experiment } = run;
  const hasNames = typeof id === 'string' && typeof number === 'number' && typeof title === 'string';
  return hasNames && Array.isArray(points) && points.length > 0 && typeof experiment?.network === 'object';
}

/** The curves of the run that is shown. Points are plain data; only the last one is reactive. */
import type { Metrics, Point } from '../schema.gen';

/** Beyond this the older half is thinned, so that a day of training still draws at once. */
const MAX_POINTS = 8_000;

/** A place where the line of history was cut and goes on: a rewind or a resume that lost updates. */
export interface RunMark {
  update: number;
  run: string;
}

export class MetricsHistory {
  points: Point[] = [];
  marks: RunMark[] = [];
  latest: Point | null = $state.raw(null);
  #run = '';
  #listeners = new Set<() => void>();

  /** A (new) socket sends the whole history first. */
  restart(run: string): void {
    this.#run = run;
    this.points = [];
    this.#changed();
  }

  /** A new line of history: the old one counts up to `fromUpdate`, or not at all. */
  beginRun(run: string, fromUpdate: number | null): void {
    if (run === this.#run) return;
    this.#run = run;
    if (fromUpdate === null) {
      this.points = [];
      this.marks = [];
    } else {
      this.points = this.points.filter((point) => point.update <= fromUpdate);
      this.marks = [...this.marks.filter((mark) => mark.update <= fromUpdate), { update: fromUpdate, run }];
    }
    this.#changed();
  }

  add({ run, points }: Metrics): void {
    if (run !== this.#run) this.beginRun(run, null);
    const last = this.points.at(-1)?.update ?? -1;
    const fresh = points.filter((point) => point.update > last);
    if (fresh.length === 0) return;
    this.points.push(...fresh);
    if (this.points.length > MAX_POINTS) this.points = thin(this.points);
    this.#changed();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    this.latest = this.points.at(-1) ?? null;
    for (const listener of this.#listeners) listener();
  }
}

/** Every second point of the older half is left out. */
export function thin(points: Point[]): Point[] {
  const half = Math.floor(points.length / 2);
  return points.filter((_, index) => index >= half || index % 2 === 0);
}

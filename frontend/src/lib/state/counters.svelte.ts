/** The counters of the top bar: where the run is and how fast it goes, refreshed a few times a second. */

const REFRESH_MS = 100;
const WINDOW_MS = 2_000;
/** Two sights closer together say more about the network than about the run. */
const LEAST_MS = 400;

interface Seen {
  atMs: number;
  update: number;
}

export class Counters {
  update = $state(0);
  epoch = $state(0);
  /** Over the last two seconds; null while it is not known. */
  updatesPerSecond: number | null = $state(null);
  #seen: Seen[] = [];
  #latest = { update: 0, epoch: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Another run, or the same one from another place. */
  restart(update: number, epoch: number): void {
    this.#seen = [];
    this.#latest = { update: 0, epoch: 0 };
    this.see(update, epoch);
    clearTimeout(this.#timer);
    this.#refresh();
  }

  /** Any message or frame that says where the run is; what comes late says nothing new. */
  see(update: number, epoch: number): void {
    if (update < this.#latest.update) return;
    this.#latest = { update, epoch };
    if (this.#seen.at(-1)?.update !== update) this.#seen.push({ atMs: this.now(), update });
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#refresh(), REFRESH_MS);
  }

  /** Not running: the speed is none, and what was seen before says nothing about what comes after. */
  rest(): void {
    this.#seen = [];
    this.updatesPerSecond = null;
  }

  #refresh(): void {
    this.#timer = undefined;
    this.update = this.#latest.update;
    this.epoch = this.#latest.epoch;
    const from = this.now() - WINDOW_MS;
    // The last sight before the window stays: what comes in a burst after a pause happened since then.
    while ((this.#seen[1]?.atMs ?? Infinity) <= from) this.#seen.shift();
    this.updatesPerSecond = rate(this.#seen);
  }
}

function rate(seen: Seen[]): number | null {
  const first = seen[0];
  const last = seen.at(-1);
  if (!first || !last || last.atMs - first.atMs < LEAST_MS) return null;
  return ((last.update - first.update) / (last.atMs - first.atMs)) * 1000;
}

/** A learning-rate range test as the page knows it: asked for, under way, and what it said. */
import type { Session } from '../../state/session.svelte';

/** What the test is answered with. */
interface RateSweep {
  rates: number[];
  /** Before each rate's update. */
  losses: number[];
  smoothed: number[];
  /** Null where the loss never falls. */
  suggestion: number | null;
}

export const STEPS = 100;

export class RateTest {
  low = $state(1e-5);
  high = $state(10);
  sweep = $state.raw<RateSweep | null>(null);
  problem = $state<string | null>(null);
  isRunning = $state(false);

  constructor(private readonly session: Session) {}

  /** What to try, in the two digits a hand would choose. */
  get suggestion(): number | null {
    const found = this.sweep?.suggestion;
    return found ? Number(found.toPrecision(2)) : null;
  }

  async run(): Promise<void> {
    this.problem = null;
    this.isRunning = true;
    try {
      const done = await this.session.ask({ type: 'rate_test', low: this.low, high: this.high, steps: STEPS });
      this.sweep = done as unknown as RateSweep;
    } catch (error) {
      this.problem = (error as Error).message;
    } finally {
      this.isRunning = false;
    }
  }

  use(rate: number): void {
    this.session.edit('Learning rate of the test', (draft) => (draft.training.optimizer.learning_rate = rate));
  }
}

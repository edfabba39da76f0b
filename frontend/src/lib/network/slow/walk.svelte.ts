/** Slow motion as the rest of the page sees it: whether it is open, and where in the network it is. */
import type { Flow } from '../../render/flow';
import type { SlowStep } from './plan';

class Walk {
  isOpen = $state(false);
  /** The step that is shown. */
  step: SlowStep | null = $state.raw(null);
  /** Runs of equal layers that the network view shows as one card. */
  folded: readonly (readonly string[])[] = $state.raw([]);
  /** For who listens. */
  said = $state('');

  readonly flow: Flow | null = $derived.by(() => {
    const { step } = this;
    return step?.phase === 'forward' || step?.phase === 'backward' ? { layer: step.layer, direction: step.phase } : null;
  });

  toggle(): void {
    this.isOpen = !this.isOpen;
  }
}

export const walk = new Walk();

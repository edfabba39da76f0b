/** What the page says about the session's state. Pure. */
import type { Divergence, Progress } from '../../schema.gen';

const STEPS: Record<Progress['step'], string> = {
  engine: 'Starting the engine',
  trace: 'Reading the new network',
  compile: 'Compiling the new network',
  probe: 'Preparing what you look at',
  restore: 'Restoring the run',
  locate: 'Finding where it went wrong',
  rate_test: 'Trying learning rates',
};

export const describeStep = (step: Progress['step']): string => STEPS[step];

/** 0 to 1, and never quite there before it is there; null where nothing is expected. */
export function share({ elapsed_secs: elapsed, expected_secs: expected }: Progress, sinceSecs: number): number | null {
  if (!expected) return null;
  return Math.min(0.97, (elapsed + sinceSecs) / expected);
}

const WHAT: Record<NonNullable<Divergence['what']>, string> = {
  weights: 'the weights',
  activations: 'the activations',
  gradients: 'the gradients',
  loss: 'the loss',
};

export function describeDivergence({ update, layer, what, good_update: good, located }: Divergence): string {
  const until = `Everything was finite until update ${good.toLocaleString('en-US')}`;
  if (!located) return `${until}; where it began is being worked out`;
  const thing = what ? WHAT[what] : 'a number';
  const place = layer ? ` of ${layer}` : '';
  return `At update ${update.toLocaleString('en-US')} ${thing}${place} grew beyond what numbers can hold. ${until}`;
}

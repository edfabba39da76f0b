/** The last lines of an equation: the activation and its curve. Pure. */
import { activationCurve } from '../../render/activations';
import type { Step, StepsPanel } from './look';
import { cellAt, type Part } from './tensors';

/** What the activation makes of z, as this page knows the function; undefined where it does not. */
export const activate = (activation: string, z: number): number | undefined => activationCurve(activation)?.(z);

export function activated(
  activation: string,
  z: Part,
  a: Part,
  index: readonly number[],
): Required<Pick<StepsPanel, 'curve' | 'result'>> {
  const [before, after] = [cellAt(z, ...index), cellAt(a, ...index)];
  const derived = activate(activation, before.value);
  const result: Step = { term: `${activation.replaceAll('_', ' ')}(z)`, cell: after, ...(derived !== undefined && { derived }) };
  return { curve: { activation, z: before.value, a: after.value }, result };
}

/** Layers with numbers inside, for the tests of this folder. */
import type { Layer } from '../../state/layers';
import type { FlowKind } from '../../state/shapes';
import { START, type Look, type Move, type Scene, type Step, type StepsPanel } from './look';
import { lookOf } from './looks';
import { range, sizeOf, type Inside, type Part } from './tensors';

/** Numbers without a pattern, the same every time (Park & Miller 1988). */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (2 * state) / 2_147_483_647 - 1;
  };
}

export function drawn(name: string, shape: readonly number[], next: () => number): Part {
  return { name, shape, offset: 0, data: range(sizeOf(shape)).map(next) };
}

export function inside(parts: readonly Part[], activation = 'linear', leftOut: readonly string[] = []): Inside {
  return { update: 7, activation, leftOut, parts: new Map(parts.map((part) => [part.name, part])) };
}

interface Around {
  readonly reads?: readonly FlowKind[];
  readonly kind?: FlowKind;
  readonly sources?: readonly string[];
  readonly labels?: readonly string[];
  readonly place?: Move;
}

export function sceneOf(layer: Partial<Layer> | null, of: Inside, around: Around = {}): Scene {
  return {
    layer: layer as Layer | null, inside: of, place: { ...START, ...around.place },
    reads: around.reads ?? ['vector'], kind: around.kind ?? 'vector', sources: around.sources ?? ['x'],
    labels: around.labels ?? [], tokens: [], vocabulary: [],
  };
}

export const look = (layer: Partial<Layer> | null, of: Inside, around: Around = {}): Look => lookOf(sceneOf(layer, of, around));

/** Every line of the arithmetic, the results below curves included. */
export function stepsOf({ panels }: Look): Step[] {
  return panels
    .filter((panel): panel is StepsPanel => panel.kind === 'steps')
    .flatMap(({ steps, result }) => (result ? [...steps, result] : steps));
}

export function stepNamed(of: Look, term: string): Step {
  const found = stepsOf(of).find((step) => step.term === term);
  if (found === undefined) throw new Error(`No line is called ${term}: ${stepsOf(of).map((step) => step.term).join(', ')}`);
  return found;
}

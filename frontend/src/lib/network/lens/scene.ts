/** A layer and its numbers as its glass sees them. Pure. */
import type { LayerModel } from '../../render/model';
import type { DataSetFacts } from '../../schema.gen';
import type { Place, Scene } from './look';
import type { Inside } from './tensors';
import { tokenNames } from './tokens';

interface Around {
  readonly models: readonly LayerModel[];
  readonly facts: DataSetFacts;
  /** The raw columns of the sample. */
  readonly raw: ArrayLike<number> | null;
}

export function sceneOf(model: LayerModel, inside: Inside, place: Place, { models, facts, raw }: Around): Scene {
  const vocabulary = facts.vocabulary === null ? [] : tokenNames(facts.classes);
  return {
    layer: model.layer,
    inside,
    place,
    reads: model.sources.map((name) => models.find((other) => other.name === name)?.kind ?? 'vector'),
    kind: model.kind ?? 'vector',
    sources: model.sources,
    labels: model.role === 'output' && facts.classes.length === model.units ? tokenNames(facts.classes) : model.labels,
    tokens: vocabulary.length === 0 || raw === null ? [] : Array.from(raw, (token) => vocabulary[token] ?? '?'),
    vocabulary,
  };
}

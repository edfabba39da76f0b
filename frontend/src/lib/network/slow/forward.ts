/** A layer on the way forward: what it reads, what it computes, what it answers. Pure. */
import { layerTitle, type LayerModel } from '../../render/model';
import { shapeText } from '../../render/titles';
import type { DataSetFacts } from '../../schema.gen';
import { START, type Move } from '../lens/look';
import { lookOf } from '../lens/looks';
import { sceneOf } from '../lens/scene';
import { insideOfMoment, partOf, type Moment } from './gathered';
import { briefly, joined, placeAt, strongestAt, tellStrongest, type View } from './showing';

export interface Around {
  readonly models: readonly LayerModel[];
  readonly facts: DataSetFacts;
  /** The raw columns of the sample. */
  readonly raw: ArrayLike<number> | null;
}

export const titlesOf = (names: readonly string[], models: readonly LayerModel[]): string =>
  joined(names.map((name) => models.find((model) => model.name === name)).flatMap((model) => (model === undefined ? [] : [layerTitle(model)])));

/** Throws `MissingTensorError` where the stream left out what it takes. */
export function forwardView(model: LayerModel, inside: Moment, chosen: Move, around: Around): View {
  const made = partOf(inside, 'a');
  const place = { ...START, ...placeAt(made, model.kind ?? undefined, strongestAt(made)), ...chosen };
  const look = lookOf(sceneOf(model, insideOfMoment(inside), place, around));
  const reads = [...inside.parts].filter(([name]) => /^read(_\d+)?$/.test(name)).map(([, { shape }]) => shapeText(shape));
  return {
    formula: look.formula,
    says: `${layerTitle(model)} reads ${joined(reads)} from ${titlesOf(model.sources, around.models)} and makes ${shapeText(made.shape)}: ${tellStrongest(made)}`,
    panels: briefly(look.panels),
    choosers: look.choosers,
    ...(look.stages && { stages: look.stages }),
    ...(look.note !== undefined && { note: look.note }),
  };
}

/** What can be set of one layer: a hidden one, or the output, whose settings stand at the network. Pure but for the draft. */
import { OUTPUT, type LayerModel } from '../render/model';
import type { Dense, Experiment, Regularization } from '../schema.gen';
import { membersOf, type Layer } from '../state/layers';

export interface LayerChoices {
  initializer: Dense['initializer'];
  /** Null is that of the whole network. */
  regularization: Regularization | null;
  frozen: boolean;
}

export function choicesOf({ network }: Experiment, model: LayerModel): LayerChoices {
  if (model.name === OUTPUT) {
    return {
      initializer: network.output_initializer,
      regularization: network.output_regularization ?? null,
      frozen: network.output_frozen,
    };
  }
  const layer = membersOf(network.layers[model.index] ?? ({} as Layer));
  return {
    initializer: layer.initializer ?? network.output_initializer,
    regularization: layer.regularization ?? null,
    frozen: layer.frozen ?? false,
  };
}

export function chooseFor(draft: Experiment, model: LayerModel, change: Partial<LayerChoices>): void {
  if (model.name === OUTPUT) {
    for (const [name, value] of Object.entries(change)) Object.assign(draft.network, { [`output_${name}`]: value });
    return;
  }
  const layer = draft.network.layers[model.index];
  if (layer !== undefined) Object.assign(layer, change);
}

/** Where a refusal of a choice would point. */
export function pointerTo(model: LayerModel, name: string): string {
  return model.name === OUTPUT ? `/network/output_${name}` : `/network/layers/${model.index}/${name}`;
}

/** The statistics of the layers beside what the experiment says of them. Pure. */
import { layerTitle, type LayerModel } from '../render/model';
import type { LayerStatistics } from '../network/statistics';
import type { Experiment } from '../schema.gen';
import { membersOf } from '../state/layers';
import type { LayerHealth } from './facts';

/** In data-flow order, without the input and without layers the server has said nothing of. */
export function healthOf(
  { network }: Experiment,
  models: readonly LayerModel[],
  statistics: ReadonlyMap<string, LayerStatistics>,
): LayerHealth[] {
  return models.flatMap((model, position): LayerHealth[] => {
    const found = statistics.get(model.name);
    if (found === undefined || model.role === 'input') return [];
    const { dead, saturated, gradient, step } = found;
    const members = model.layer ? membersOf(model.layer) : { initializer: network.output_initializer, frozen: network.output_frozen };
    // A block's weights are those of the layers it repeats.
    const hasWeights = members.initializer !== undefined || model.type === 'repeat';
    return [
      {
        name: model.name,
        title: layerTitle(model),
        position,
        role: model.role,
        units: model.units,
        learns: hasWeights && members.frozen !== true,
        activation: ('activation' in members && members.activation) || null,
        dead,
        saturated,
        gradient,
        step,
      },
    ];
  });
}

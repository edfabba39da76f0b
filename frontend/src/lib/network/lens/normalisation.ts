/** Normalisation under the glass: from a number to its standing among those it is compared with. Pure. */
import type { BatchNorm, GroupNorm, LayerNorm } from '../../schema.gen';
import type { Look, Scene } from './look';
import { channelTiles, chooser, kindOf, plateOf, sheetOf } from './sheet';
import { cellAt, cellFlat, flatIndex, part, range, sizeOf, within, workedOut, type Cell, type Part } from './tensors';

type Norm = BatchNorm | LayerNorm | GroupNorm;

const FORMULA = 'a = (x − mean) / √(variance + ε) · gain + bias';
const OVER: Record<Norm['type'], string> = {
  batch_norm: 'mean and variance of the channel over the batches of training, as they run along',
  layer_norm: 'over the numbers of one example, in a sequence of one step',
  group_norm: 'over a group of channels of one example',
};

export function normLook(scene: Scene & { layer: Norm }): Look {
  const { layer, inside, place } = scene;
  const [read, normal, a] = [part(inside, 'read'), part(inside, 'normal'), part(inside, 'a')];
  const kind = kindOf(read.shape, scene.reads[0]);
  const sheet = sheetOf(read, kind, place);
  const unitAxis = kind === 'sequence' ? 1 : 0;
  const unit = sheet.index[unitAxis] ?? 0;
  const perGroup = layer.type === 'group_norm' ? sheet.units / layer.groups : 1;
  const statistic = (name: string): Cell => {
    const of = part(inside, name);
    if (layer.type === 'batch_norm') return cellAt(of, unit);
    if (layer.type === 'group_norm') return cellAt(of, Math.floor(unit / perGroup));
    return cellFlat(of, kind === 'sequence' ? (sheet.index[0] ?? 0) : 0);
  };
  const learned = (name: string): Cell => {
    const of = part(inside, name);
    return layer.type === 'layer_norm' && kind !== 'sequence' ? cellAt(of, ...sheet.index) : cellAt(of, unit);
  };
  const [mean, variance, gain, bias] = [statistic('mean'), statistic('variance'), learned('gain'), learned('bias')];
  const [x, standing, answer] = [sheet.cell, cellAt(normal, ...sheet.index), cellAt(a, ...sheet.index)];
  const deviation = Math.sqrt(variance.value + layer.eps);
  const together = comparedWith(layer, kind === 'sequence', read, sheet.index, perGroup);
  const of = (tensor: Part): number[] => together.map((flat) => cellFlat(tensor, flat).value);
  const isPicture = kind === 'picture';
  return {
    formula: `${FORMULA}: ${OVER[layer.type]}`,
    choosers: [chooser(isPicture || kind === 'signal' ? 'Channel' : 'Feature', unit, sheet.units, 'unit')],
    panels: [
      plateOf('Before', sheet),
      {
        kind: 'steps', title: 'Normalises',
        steps: [
          { term: 'Number x', cell: x },
          { term: 'Mean', cell: mean },
          { term: 'x − mean', cell: workedOut(x.value - mean.value), isTotal: true },
          { term: 'Variance', cell: variance, isPlain: true },
          { term: '√(variance + ε)', cell: workedOut(deviation), isPlain: true },
          { term: 'Divided', cell: standing, derived: (x.value - mean.value) / deviation, isTotal: true },
          { term: 'Gain', cell: gain },
          { term: 'Bias', cell: bias },
          { term: 'Answer a', cell: answer, derived: standing.value * gain.value + bias.value, isTotal: true },
        ],
      },
      {
        kind: 'spread', title: layer.type === 'batch_norm' ? 'This sample' : 'Normalised together',
        spreads: [
          { title: 'before', values: of(read), mark: x.value },
          { title: 'after', values: of(a), mark: answer.value },
        ],
      },
      plateOf('After', sheetOf(a, kind, place)),
      ...(isPicture ? [channelTiles('Channels', a, unit, (index) => ({ unit: index }))] : []),
    ],
  };
}

/** Where the numbers are that are normalised with this one, of those that are of this sample. */
export function comparedWith(layer: Norm, isSequence: boolean, of: Part, index: readonly number[], perGroup: number): number[] {
  const all = range(sizeOf(of.shape));
  if (layer.type === 'layer_norm') {
    const features = of.shape[1] ?? 1;
    return isSequence ? range(features).map((feature) => flatIndex(of.shape, [index[0] ?? 0, feature])) : all;
  }
  const width = layer.type === 'group_norm' ? perGroup : 1;
  if (isSequence) {
    const [steps = 1] = of.shape;
    const first = Math.floor((index[1] ?? 0) / width) * width;
    return range(steps).flatMap((step) => range(width).map((feature) => flatIndex(of.shape, [step, first + feature])));
  }
  const places = sizeOf(of.shape.slice(1));
  const first = Math.floor(within(index[0] ?? 0, of.shape[0] ?? 1) / width) * width;
  return range(width * places).map((at) => first * places + at);
}

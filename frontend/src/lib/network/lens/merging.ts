/** Layers that read several others under the glass: the terms side by side. Pure. */
import type { Add, Concat, Multiply } from '../../schema.gen';
import type { Look, Scene } from './look';
import { channelTiles, chooser, kindOf, plateOf, sheetOf } from './sheet';
import { cellAt, part, range, sum, type Part } from './tensors';

const readsOf = ({ inside, sources }: Scene): Part[] =>
  range(sources.length).map((number) => part(inside, number === 0 ? 'read' : `read_${number}`));

export function mergeLook(scene: Scene & { layer: Add | Multiply }): Look {
  const { layer, inside, place, sources } = scene;
  const [a, reads] = [part(inside, 'a'), readsOf(scene)];
  const kind = kindOf(a.shape, scene.kind);
  const sheet = sheetOf(a, kind, place);
  const cells = reads.map((read) => cellAt(read, ...sheet.index));
  const isSum = layer.type === 'add';
  const derived = isSum ? sum(cells.map(({ value }) => value)) : cells.reduce((product, { value }) => product * value, 1);
  return {
    formula: isSum ? 'a = the sum of what it reads, number by number' : 'a = the product of what it reads, number by number',
    choosers: [chooser(kind === 'picture' || kind === 'signal' ? 'Channel' : 'Unit', sheet.index[kind === 'sequence' ? 1 : 0] ?? 0, sheet.units, 'unit')],
    panels: [
      ...reads.map((read, number) => plateOf(sources[number] ?? 'Reads', sheetOf(read, kind, place))),
      {
        kind: 'steps', title: isSum ? 'Adds' : 'Multiplies',
        steps: [
          ...cells.map((cell, number) => ({ term: sources[number] ?? '', cell })),
          { term: isSum ? 'Sum a' : 'Product a', cell: sheet.cell, derived, isTotal: true },
        ],
      },
      plateOf('Answers', sheet),
      ...(kind === 'picture' ? [channelTiles('Channels', a, sheet.index[0] ?? 0, (index) => ({ unit: index }))] : []),
    ],
  };
}

export function concatLook(scene: Scene & { layer: Concat }): Look {
  const { inside, place, sources } = scene;
  const [a, reads] = [part(inside, 'a'), readsOf(scene)];
  const kind = kindOf(a.shape, scene.kind);
  const sheet = sheetOf(a, kind, place);
  const axis = kind === 'sequence' ? 1 : 0;
  const unit = sheet.index[axis] ?? 0;
  const starts = reads.map((_, number) => sum(reads.slice(0, number).map((read) => read.shape[axis] ?? 0)));
  const from = starts.findLastIndex((start) => start <= unit);
  const own = unit - (starts[from] ?? 0);
  const read = reads[from] ?? a;
  const cell = cellAt(read, ...sheet.index.map((at, number) => (number === axis ? own : at)));
  return {
    formula: 'a = what it reads, side by side',
    choosers: [chooser(kind === 'picture' || kind === 'signal' ? 'Channel' : 'Unit', unit, sheet.units, 'unit')],
    panels: [
      ...reads.map((one, number) => {
        const plate = plateOf(sources[number] ?? 'Reads', sheetOf(one, kind, { ...place, unit: number === from ? own : 0 }));
        const start = starts[number] ?? 0;
        return {
          ...plate,
          chosen: number === from ? plate.chosen : null,
          pick: (row: number, column: number) => {
            const move = plate.pick?.(row, column) ?? {};
            return { ...move, unit: start + (move.unit ?? (number === from ? own : 0)) };
          },
        };
      }),
      {
        kind: 'steps', title: 'Puts side by side',
        steps: [
          { term: `${sources[from] ?? ''}, ${own + 1}`, cell },
          { term: `Answer, ${unit + 1}`, cell: sheet.cell, derived: cell.value, isTotal: true },
        ],
      },
      plateOf('Answers', sheet),
    ],
  };
}

/** Layers that only move numbers, under the glass: where each one goes. Pure. */
import type { Dropout, Flatten, Reshape, Upsample } from '../../schema.gen';
import type { Look, Move, Scene } from './look';
import { channelTiles, chooser, kindOf, placeName, plateOf, sheetOf, unflat } from './sheet';
import { cellAt, cellFlat, flatIndex, part, range, sum, within, workedOut, type Cell } from './tensors';

export function moveLook(scene: Scene & { layer: Flatten | Reshape | Dropout }): Look {
  const { layer, inside, place } = scene;
  const [read, a] = [part(inside, 'read'), part(inside, 'a')];
  const after = sheetOf(a, scene.kind, place);
  const flat = flatIndex(a.shape, after.index);
  const source = unflat(read.shape, flat);
  const kind = kindOf(read.shape, scene.reads[0]);
  const before = sheetOf(read, kind, placeOfIndex(scene, source, kind));
  const back = (row: number, column: number): Move => {
    const at = sheetOf(read, kind, { ...placeOfIndex(scene, source, kind), ...before.pick(row, column) }).index;
    const index = unflat(a.shape, flatIndex(read.shape, at));
    return placeOfIndex(scene, index, kindOf(a.shape, scene.kind));
  };
  const isDropout = layer.type === 'dropout';
  return {
    formula: isDropout
      ? `a = x in use; while training ${Math.round(100 * layer.rate)} % are silent, the others ${(1 / (1 - layer.rate)).toFixed(2)} times as loud`
      : 'a = the same numbers, row after row',
    choosers: [chooser('Unit', after.index[kindOf(a.shape, scene.kind) === 'sequence' ? 1 : 0] ?? 0, after.units, 'unit')],
    panels: [
      { ...plateOf('Reads', before), pick: back },
      {
        kind: 'steps', title: isDropout ? 'In use, nothing is silent' : 'Moves',
        steps: [
          { term: `From ${placeName(source)}`, cell: cellAt(read, ...source) },
          { term: `To ${placeName(after.index)}`, cell: after.cell, derived: cellFlat(read, flat).value, isTotal: true },
        ],
      },
      plateOf('Answers', after),
      ...(read.shape.length === 3
        ? [channelTiles('Channels read', read, source[0] ?? 0, (channel) => placeOfIndex(scene, unflat(a.shape, flatIndex(read.shape, [channel, source[1] ?? 0, source[2] ?? 0])), kindOf(a.shape, scene.kind)))]
        : []),
    ],
  };
}

/** The place of an element, as `sheetOf` reads it. */
function placeOfIndex({ place }: Scene, index: readonly number[], kind: string): Scene['place'] {
  const [first = 0, second = 0, third = 0] = index;
  if (kind === 'picture') return { ...place, unit: first, row: second, column: third };
  if (kind === 'sequence') return { ...place, step: first, unit: second };
  return kind === 'signal' ? { ...place, unit: first, step: second } : { ...place, unit: first };
}

/** The pixels that a pixel of a larger picture is made of, along one axis, with their shares. */
export function pixelShares(at: number, factor: number, size: number, method: Upsample['method']): { at: number; share: number }[] {
  if (method === 'nearest') return [{ at: Math.floor(at / factor), share: 1 }];
  // From centre to centre; at the edge the last pixel takes it all.
  const from = (at + 0.5) / factor - 0.5;
  const low = Math.floor(from);
  const shares = [{ at: low, share: 1 - (from - low) }, { at: low + 1, share: from - low }];
  const inside = shares.filter((one) => one.at >= 0 && one.at < size && one.share > 0);
  const all = sum(inside.map(({ share }) => share));
  return inside.map((one) => ({ at: one.at, share: one.share / all }));
}

export function upsampleLook(scene: Scene & { layer: Upsample }): Look {
  const { layer, inside, place } = scene;
  const [read, a] = [part(inside, 'read'), part(inside, 'a')];
  const after = sheetOf(a, 'picture', place);
  const [unit = 0, row = 0, column = 0] = after.index;
  const [, height = 1, width = 1] = read.shape;
  const [down, across] = [pixelShares(row, layer.factor, height, layer.method), pixelShares(column, layer.factor, width, layer.method)];
  const terms = down.flatMap((r) => across.map((c): { name: string; cell: Cell; share: number } => ({
    name: placeName([r.at, c.at]), cell: cellAt(read, unit, r.at, c.at), share: r.share * c.share,
  })));
  const [top, left] = [down[0]?.at ?? 0, across[0]?.at ?? 0];
  const before = sheetOf(read, 'picture', { ...place, unit, row: top, column: left });
  const back = (r: number, c: number): Move => ({ row: within(r * layer.factor, height * layer.factor), column: within(c * layer.factor, width * layer.factor) });
  return {
    formula: layer.method === 'nearest' ? `a = every pixel, ${layer.factor} × ${layer.factor} times` : 'a = straight lines between the pixels’ centres',
    choosers: [chooser('Channel', unit, after.units, 'unit')],
    panels: [
      { ...plateOf('Reads', before), chosen: null, window: [top, left, down.length, across.length], pick: back,
        nudge: (r, c) => ({ row: within(row + r, height * layer.factor), column: within(column + c, width * layer.factor) }) },
      { kind: 'terms', title: 'Is made of', heads: ['pixel', 'input', 'share', 'part'], sorts: false,
        rows: terms.map(({ name, cell, share }) => ({ name, cells: [cell, workedOut(share), workedOut(cell.value * share)] })) },
      {
        kind: 'steps', title: 'Enlarges',
        steps: [{ term: `Pixel ${placeName([row, column])}`, cell: after.cell, derived: sum(terms.map(({ cell, share }) => cell.value * share)), isTotal: true }],
      },
      plateOf('Answers', after),
      ...(range(after.units).length > 1 ? [channelTiles('Channels', a, unit, (index) => ({ unit: index }))] : []),
    ],
  };
}

/** What all steps have in common: what is shown of a step, the strongest few of many, parameters of any shape as pictures. Pure. */
import { signedShort } from '../../render/figures';
import type { FlowKind } from '../../state/shapes';
import { lastOf } from '../lens/dense';
import type { Chooser, Look, Move, Panel, Place, PlatePanel, TermRow, TermsPanel } from '../lens/look';
import { kindOf, listSheet, placeName, unflat } from '../lens/sheet';
import { cellFlat, flatIndex, sizeOf, type Cell, type Part } from '../lens/tensors';

export interface View {
  readonly formula: string;
  /** A sentence or two, also read aloud. */
  readonly says: string;
  readonly panels: readonly Panel[];
  readonly choosers: readonly Chooser[];
  /** Parts of the arithmetic. */
  readonly stages?: Look['stages'];
  /** Something that has to be known about these numbers. */
  readonly note?: string;
}

/** Rows of a table that are read at a glance. */
export const AT_A_GLANCE = 8;

/** Long sums by their strongest terms. */
export function strongest(panel: TermsPanel, most = AT_A_GLANCE): TermsPanel {
  if (panel.rows.length <= most) return panel;
  const rows = [...panel.rows].sort((a, b) => Math.abs(lastOf(b)) - Math.abs(lastOf(a))).slice(0, most);
  return { ...panel, rows, sorts: false, total: panel.total ?? panel.rows.length };
}

export const briefly = (panels: readonly Panel[]): Panel[] =>
  panels.map((panel) => (panel.kind === 'terms' && panel.sorts ? strongest(panel) : panel));

/** Where its largest number is, by size. */
export function strongestAt(of: Part): number {
  let best = 0;
  for (let at = 1; at < sizeOf(of.shape); at++) {
    if (Math.abs(cellFlat(of, at).value) > Math.abs(cellFlat(of, best).value)) best = at;
  }
  return best;
}

/** The place of a number of an answer, in the words of a glass. */
export function placeAt(of: Part, said: FlowKind | undefined, flat: number): Move {
  const [first = 0, second = 0, third = 0] = unflat(of.shape, flat);
  switch (kindOf(of.shape, said)) {
    case 'picture':
      return { unit: first, row: second, column: third };
    case 'sequence':
      return { step: first, unit: second };
    case 'signal':
      return { unit: first, step: second };
    default:
      return { unit: first };
  }
}

/** "the strongest is +0.82, number 3", of a picture "at 2, 5, 1"; a single number as it is. */
export function tellStrongest(of: Part): string {
  const at = strongestAt(of);
  const [value, count] = [signedShort(cellFlat(of, at).value, 3), sizeOf(of.shape)];
  if (count === 1) return value;
  return `the strongest is ${value}, ${of.shape.length === 1 ? 'number' : 'at'} ${placeName(unflat(of.shape, at))}`;
}

/**
 * A parameter of any shape, the number at `flat` chosen: lists in lines, matrices as they are, of kernels the one that holds
 * the number. `cell` is what is drawn for each of them.
 */
export function parameterPlate(
  title: string,
  of: Part,
  flat: number,
  pick: (flat: number) => Move,
  cell: (flat: number) => Cell = (at) => cellFlat(of, at),
): PlatePanel {
  const { shape } = of;
  if (shape.length < 2) {
    const sheet = listSheet(of, flat, pick);
    const { columns } = sheet.grid;
    const at = (row: number, column: number): Cell | null => (row * columns + column < sizeOf(shape) ? cell(row * columns + column) : null);
    return { kind: 'plate', title, digits: 5, axes: sheet.axes, chosen: sheet.chosen, pick: sheet.pick, grid: { ...sheet.grid, at } };
  }
  const index = unflat(shape, flat);
  const ahead = index.slice(0, -2);
  const [rows = 1, columns = 1] = shape.slice(-2);
  const place = (row: number, column: number): number => flatIndex(shape, [...ahead, row, column]);
  const of2 = ahead.length === 0 ? '' : ` of ${placeName(ahead)}`;
  return {
    kind: 'plate',
    title: `${title}${of2}`,
    digits: 5,
    axes: ['row', 'column'],
    chosen: [index.at(-2) ?? 0, index.at(-1) ?? 0],
    pick: (row, column) => pick(place(row, column)),
    grid: { rows, columns, stretches: ahead.length === 0, at: (row, column) => cell(place(row, column)) },
  };
}

/** The strongest numbers of many, by a size that is worked out for each. */
export function strongestOf(count: number, size: (at: number) => number, most = AT_A_GLANCE): number[] {
  const best: number[] = [];
  const sizes: number[] = [];
  for (let at = 0; at < count; at++) {
    const own = Math.abs(size(at));
    if (best.length === most && own <= (sizes.at(-1) ?? 0)) continue;
    let place = sizes.findIndex((other) => own > other);
    if (place < 0) place = sizes.length;
    best.splice(place, 0, at);
    sizes.splice(place, 0, own);
    best.length = sizes.length = Math.min(most, sizes.length);
  }
  return best;
}

/** A place in a parameter, counted from one: "weight 3, 2". */
export const entryName = (parameter: string, shape: readonly number[], flat: number): string => `${parameter} ${placeName(unflat(shape, flat))}`;

export const termRow = (name: string, cells: readonly Cell[], more: Partial<TermRow> = {}): TermRow => ({ name, cells, ...more });

export const joined = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The number of a parameter that is chosen; without a name there is none. */
export function entryAt({ entry }: Place): [parameter: string, flat: number] {
  const at = entry.lastIndexOf(':');
  return [entry.slice(0, Math.max(0, at)), Number(entry.slice(at + 1))];
}

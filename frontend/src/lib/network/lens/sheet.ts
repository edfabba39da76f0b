/** Any flow as a grid: pictures channel by channel, sequences with steps across, lists in lines. Pure. */
import type { FlowKind } from '../../state/shapes';
import type { Chooser, Grid, Move, Place, PlatePanel, TilesPanel } from './look';
import { cellAt, cellFlat, range, sizeOf, within, type Cell, type Part } from './tensors';

/** Lists are broken into lines of so many. */
const LINE = 16;

/** A flow and the element of it that is looked at. */
export interface Sheet {
  readonly grid: Grid;
  readonly chosen: readonly [row: number, column: number];
  readonly axes: readonly [row: string, column: string];
  readonly pick: (row: number, column: number) => Move;
  /** The place of the element along every axis of the tensor. */
  readonly index: readonly number[];
  readonly cell: Cell;
  readonly units: number;
}

/** How a tensor is read; its number of axes decides where nobody has said it. */
export function kindOf(shape: readonly number[], said: FlowKind | undefined): FlowKind {
  if (shape.length === 3) return 'picture';
  if (shape.length === 2) return said === 'signal' ? 'signal' : 'sequence';
  return said === 'tokens' ? 'tokens' : 'vector';
}

export function sheetOf(of: Part, said: FlowKind | undefined, place: Place): Sheet {
  const [first = 1, second = 1, third = 1] = of.shape;
  switch (kindOf(of.shape, said)) {
    case 'picture': {
      const [unit, row, column] = [within(place.unit, first), within(place.row, second), within(place.column, third)];
      return {
        grid: pictureGrid(of, unit),
        chosen: [row, column],
        axes: ['row', 'column'],
        pick: (r, c) => ({ row: r, column: c }),
        index: [unit, row, column],
        cell: cellAt(of, unit, row, column),
        units: first,
      };
    }
    case 'sequence': {
      const [step, unit] = [within(place.step, first), within(place.unit, second)];
      return {
        grid: { rows: second, columns: first, stretches: true, at: (row, column) => cellAt(of, column, row) },
        chosen: [unit, step],
        axes: ['feature', 'step'],
        pick: (row, column) => ({ unit: row, step: column }),
        index: [step, unit],
        cell: cellAt(of, step, unit),
        units: second,
      };
    }
    case 'signal': {
      const [unit, step] = [within(place.unit, first), within(place.step, second)];
      return {
        grid: { rows: first, columns: second, stretches: true, at: (row, column) => cellAt(of, row, column) },
        chosen: [unit, step],
        axes: ['channel', 'place'],
        pick: (row, column) => ({ unit: row, step: column }),
        index: [unit, step],
        cell: cellAt(of, unit, step),
        units: first,
      };
    }
    default: {
      const unit = within(place.unit, first);
      return { ...listSheet(of, unit, (index) => ({ unit: index })), index: [unit], cell: cellFlat(of, unit), units: first };
    }
  }
}

/** All numbers of a part as lines, the one with that index chosen. */
export function listSheet(of: Part, index: number, pick: (index: number) => Move): Pick<Sheet, 'grid' | 'chosen' | 'axes' | 'pick'> {
  const count = sizeOf(of.shape);
  const columns = Math.min(count, Math.max(LINE, Math.ceil(Math.sqrt(count))));
  return {
    grid: {
      rows: Math.ceil(count / columns),
      columns,
      at: (row, column) => (row * columns + column < count ? cellFlat(of, row * columns + column) : null),
    },
    chosen: [Math.floor(index / columns), index % columns],
    axes: ['line', 'number'],
    pick: (row, column) => pick(within(row * columns + column, count)),
  };
}

export const pictureGrid = (of: Part, channel: number): Grid => ({
  rows: of.shape[1] ?? 1,
  columns: of.shape[2] ?? 1,
  at: (row, column) => cellAt(of, channel, row, column),
});

export const plateOf = (title: string, { grid, chosen, axes, pick }: Pick<Sheet, 'grid' | 'chosen' | 'axes' | 'pick'>): PlatePanel => ({
  kind: 'plate', title, grid, chosen, axes, pick,
});

/** The channels of a picture to choose from. */
export function channelTiles(title: string, of: Part, chosen: number, pick: (index: number) => Move): TilesPanel {
  const channels = range(of.shape[0] ?? 0);
  return {
    kind: 'tiles', title, chosen, pick,
    names: channels.map((channel) => `Channel ${channel + 1}`),
    grids: channels.map((channel) => pictureGrid(of, channel)),
  };
}

export function chooser(label: string, value: number, count: number, member: keyof Place, names?: readonly string[]): Chooser {
  return { label, value, count, pick: (index) => ({ [member]: index }), ...(names && { names }) };
}

/** "2, 3, 4": where it is, counted from one. */
export const placeName = (index: readonly number[]): string => index.map((at) => at + 1).join(', ');

/** Flat position to the place along every axis. */
export function unflat(shape: readonly number[], flat: number): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    const side = shape[axis] ?? 1;
    index.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return index;
}

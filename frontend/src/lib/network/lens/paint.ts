/** Grids as pictures in the colours of data. Pure but for the canvas. */
import type { Palette } from '../../render/colors';
import type { Grid } from './look';
import { range } from './tensors';

export interface Box {
  readonly width: number;
  readonly height: number;
  /** Room for names on the left and at the top. */
  readonly left: number;
  readonly top: number;
  /** Of a cell. */
  readonly across: number;
  readonly down: number;
}

/** From this size of a cell on there is room for its name. */
const NAMED_CELL = 10;
const NAME_ROOM = 16;
/** From this size on cells stand apart. */
const APART_CELL = 7;
/** Cells that need not be square are at most so many times as long on one side. */
const LONGEST = 4;

export function boxOf(grid: Grid, width: number, height: number, mostCell: number): Box {
  const sides = (left: number, top: number): readonly [across: number, down: number] => {
    const across = Math.min(mostCell, (width - left) / grid.columns);
    const down = Math.min(mostCell, (height - top) / grid.rows);
    const most = grid.stretches ? LONGEST * Math.min(across, down) : Math.min(across, down);
    return [Math.min(across, most), Math.min(down, most)];
  };
  const isNamed = Math.min(...sides(NAME_ROOM, NAME_ROOM)) >= NAMED_CELL;
  const left = isNamed && grid.rowNames ? NAME_ROOM : 0;
  const top = isNamed && grid.columnNames ? NAME_ROOM : 0;
  const [across, down] = sides(left, top);
  return { across, down, left, top, width: left + across * grid.columns, height: top + down * grid.rows };
}

export function largestOf(grid: Grid): number {
  let largest = 0;
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      const size = Math.abs(grid.at(row, column)?.value ?? 0);
      if (Number.isFinite(size)) largest = Math.max(largest, size);
    }
  }
  return largest;
}

/** Each number as a share of `largest`; where there is none, the ground is hatched. */
export function paintGrid(context: CanvasRenderingContext2D, palette: Palette, grid: Grid, box: Box, largest: number): void {
  const gap = Math.min(box.across, box.down) >= APART_CELL ? 1 : 0;
  const x = (column: number): number => box.left + Math.round(column * box.across);
  const y = (row: number): number => box.top + Math.round(row * box.down);
  context.clearRect(0, 0, box.width, box.height);
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      const cell = grid.at(row, column);
      const [width, height] = [x(column + 1) - x(column) - gap, y(row + 1) - y(row) - gap];
      if (cell === null) paintNothing(context, palette, x(column), y(row), width, height);
      else {
        context.fillStyle = palette.ramp.css(cell.value / (largest || 1));
        context.fillRect(x(column), y(row), width, height);
      }
    }
  }
  paintNames(context, palette, grid, box);
}

function paintNothing(context: CanvasRenderingContext2D, palette: Palette, x: number, y: number, width: number, height: number): void {
  context.fillStyle = palette.line;
  context.fillRect(x, y, width, height);
  context.fillStyle = palette.card;
  context.fillRect(x + width / 4, y + height / 4, width / 2, height / 2);
}

function paintNames(context: CanvasRenderingContext2D, palette: Palette, grid: Grid, box: Box): void {
  context.fillStyle = palette.ink2;
  context.font = `11px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  if (box.left > 0) {
    for (const row of range(grid.rows)) context.fillText(initial(grid.rowNames?.[row]), NAME_ROOM / 2 - 1, box.top + (row + 0.5) * box.down);
  }
  if (box.top > 0) {
    for (const column of range(grid.columns)) context.fillText(initial(grid.columnNames?.[column]), box.left + (column + 0.5) * box.across, NAME_ROOM / 2);
  }
}

const initial = (name: string | undefined): string => [...(name ?? '')][0] ?? '';

/** A frame around cells. */
export function frame(
  context: CanvasRenderingContext2D,
  palette: Palette,
  box: Box,
  [row, column, height, width]: readonly [number, number, number, number],
): void {
  const [x, y] = [box.left + Math.round(column * box.across), box.top + Math.round(row * box.down)];
  context.strokeStyle = palette.bg;
  context.lineWidth = 4;
  context.strokeRect(x, y, width * box.across - 1, height * box.down - 1);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.strokeRect(x, y, width * box.across - 1, height * box.down - 1);
}

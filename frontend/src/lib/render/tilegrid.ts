/**
 * How the units of one layer share a card: tiles in one line, closer, in several lines, smaller, and at last only a part.
 */

export interface Arrangement {
  readonly size: number;
  /** Between neighbours in a line. */
  readonly pitch: number;
  /** Between lines. */
  readonly linePitch: number;
  readonly perLine: number;
  readonly lines: number;
  /** Units shown; the others are reached by scrolling. */
  readonly shown: number;
  /** Extent along a line and across the lines. */
  readonly length: number;
  /** Room along a line that stays free, half at each end: for the control that scrolls the units of a wide layer. */
  readonly free: number;
  readonly breadth: number;
}

export interface Space {
  /** Along a line and across lines, pixels. */
  readonly along: number;
  readonly across: number;
  /** The pitch when there is room. */
  readonly pitch: number;
  /** Size of a list's tiles: a list has one line only, each unit stands beside its name. Null for tiles alone. */
  readonly list: number | null;
  /** Each tile stands beside its name, so there is room for one line only. */
  readonly named?: boolean;
  /** The closest pitch of full-size tiles; 42 unless fingers need more. */
  readonly tile?: number;
}

const FULL = 36;
/** Full-size tiles are never closer than this. */
export const CLOSEST = 42;
/** Tile size and pitch of each step down. */
const SMALLER: readonly (readonly [number, number])[] = [
  [28, 33],
  [22, 26],
];
/** Names can stand this close. */
const NAMED: readonly (readonly [number, number])[] = [...SMALLER, [18, 21]];
const LIST_PITCH = 40;
/** Height of the control that scrolls the units of a wide layer. */
const WINDOW_BAR = 26;

export function arrange(units: number, space: Space): Arrangement {
  if (space.list !== null) {
    const pitch = Math.min(LIST_PITCH, space.along / units);
    return lines(units, Math.min(space.list, pitch - 4), pitch, pitch, units, units);
  }
  const closest = space.tile ?? CLOSEST;
  const inOne = Math.min(space.pitch, Math.max(closest, space.along / units));
  if (units * inOne <= space.along) return lines(units, FULL, inOne, inOne, units, units);
  const smaller = space.named ? NAMED : SMALLER;
  for (const [size, pitch] of [[FULL, closest] as const, ...smaller]) {
    const perLine = Math.max(1, Math.floor(space.along / pitch));
    const fitting = fittingLines(space, size, pitch);
    if (units <= perLine * fitting) return even(units, size, pitch, perLine);
  }
  // Too many even at the smallest: a window of legible tiles, with room for what moves it.
  const [size, pitch] = smaller[space.named ? 1 : 0] ?? [FULL, closest];
  const perLine = Math.max(1, Math.floor((space.along - 2 * WINDOW_BAR) / pitch));
  const fitting = fittingLines(space, size, pitch);
  return { ...lines(units, size, pitch, pitch, perLine, perLine * fitting), free: 2 * WINDOW_BAR };
}

function fittingLines({ named, across }: Space, size: number, pitch: number): number {
  return named ? 1 : Math.max(1, Math.floor((across + pitch - size) / pitch));
}

/** Lines of about equal length. */
function even(units: number, size: number, pitch: number, longest: number): Arrangement {
  const count = Math.ceil(units / longest);
  return lines(units, size, pitch, pitch, Math.ceil(units / count), units);
}

function lines(units: number, size: number, pitch: number, linePitch: number, perLine: number, shown: number): Arrangement {
  const visible = Math.min(units, shown);
  const count = Math.ceil(visible / perLine);
  return {
    size,
    pitch,
    linePitch,
    perLine,
    lines: count,
    shown: visible,
    length: Math.min(perLine, visible) * pitch,
    free: 0,
    breadth: (count - 1) * linePitch + size,
  };
}

/**
 * What the magnifying glass shows of a layer, as data: every type of layer says it in these words, a handful of components
 * draw them. A place is what the person chose to look at.
 */
import type { FlowKind } from '../../state/shapes';
import type { Layer } from '../../state/layers';
import type { Cell, Inside } from './tensors';

export interface Place {
  /** Neuron, channel or feature of the answer. */
  readonly unit: number;
  /** In the answer of a layer on pictures. */
  readonly row: number;
  readonly column: number;
  /** Channel that is read. */
  readonly channel: number;
  readonly step: number;
  /** The step that is looked at by `step`; the source of a connection; a feature of a head. */
  readonly other: number;
  readonly feature: number;
  readonly head: number;
  /** Which part of the arithmetic, where it has several. */
  readonly stage: string;
  /** Of a repeated block. */
  readonly turn: number;
  readonly inner: string;
  /** A number of a parameter: `NAME:INDEX`. */
  readonly entry: string;
}

export const START: Place = {
  unit: 0, row: 0, column: 0, channel: 0, step: 0, other: 0, feature: 0, head: 0, stage: '', turn: 0, inner: '', entry: '',
};

export type Move = Partial<Place>;

/** What a layer is to its glass. */
export interface Scene {
  readonly layer: Layer | null;
  readonly inside: Inside;
  readonly place: Place;
  /** How what it reads is to be read, input by input, and what it makes. */
  readonly reads: readonly FlowKind[];
  readonly kind: FlowKind;
  /** How those that it reads are called. */
  readonly sources: readonly string[];
  /** Names of its units, where they have any. */
  readonly labels: readonly string[];
  /** What every step is called, where the data have tokens. */
  readonly tokens: readonly string[];
  /** What token 0, 1, ... is called. */
  readonly vocabulary: readonly string[];
}

/** A rectangle of numbers. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Null where there is nothing: padding, steps that are not seen. */
  readonly at: (row: number, column: number) => Cell | null;
  readonly rowNames?: readonly string[];
  readonly columnNames?: readonly string[];
  /** Not a picture: its cells need not be square. */
  readonly stretches?: boolean;
}

/** A grid as a picture in the colours of data; a click, a drag or the arrow keys choose a cell. */
export interface PlatePanel {
  readonly kind: 'plate';
  readonly title: string;
  /** What a row and a column are, for who cannot see it. */
  readonly axes: readonly [row: string, column: string];
  readonly grid: Grid;
  readonly chosen: readonly [row: number, column: number] | null;
  /** What the kernel or the window covers: first row and column, height and width. */
  readonly window?: readonly [row: number, column: number, height: number, width: number];
  readonly pick?: (row: number, column: number) => Move;
  /** What an arrow key does; without it, the next cell is chosen. */
  readonly nudge?: (rows: number, columns: number) => Move;
  /** A click cuts or restores the connection (row, column) = (unit, source). */
  readonly cuts?: boolean;
  /** Twice as wide as others. */
  readonly isWide?: boolean;
  readonly largest?: number;
  /** Of the number that is chosen. */
  readonly digits?: number;
}

/** Several plates, one under the other. */
export interface StripsPanel {
  readonly kind: 'strips';
  readonly title: string;
  readonly plates: readonly PlatePanel[];
}

/** One small picture for every channel. */
export interface TilesPanel {
  readonly kind: 'tiles';
  readonly title: string;
  readonly names: readonly string[];
  readonly grids: readonly Grid[];
  readonly chosen: number;
  readonly pick: (index: number) => Move;
  /** Under the panel before it. */
  readonly isBelow?: boolean;
}

/** Grids small enough for their numbers to be written, with what stands between them. */
export interface NumbersPanel {
  readonly kind: 'numbers';
  readonly title: string;
  readonly blocks: readonly NumberBlock[];
}

export interface NumberBlock {
  readonly sign: '' | '×' | '=';
  readonly title: string;
  readonly grid: Grid;
  /** The cell that won. */
  readonly ringed?: readonly [row: number, column: number];
}

export interface TermRow {
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly pick?: Move;
  readonly isChosen?: boolean;
}

/** Terms of a sum, one in a row; the bar is the last number's. */
export interface TermsPanel {
  readonly kind: 'terms';
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly TermRow[];
  /** Rows can be ordered by the size of the last number. */
  readonly sorts: boolean;
  /** How many there are, where only the strongest are here. */
  readonly total?: number;
  /** The last numbers are no terms of a sum. */
  readonly hasNoBars?: boolean;
  /** Columns of numbers without a sign. */
  readonly plain?: readonly number[];
  readonly digits?: number;
}

export interface Step {
  readonly term: string;
  readonly cell: Cell;
  /** What the terms shown come to, where the number is the engine's own. */
  readonly derived?: number;
  readonly isTotal?: boolean;
  /** Without a sign: counts, probabilities. */
  readonly isPlain?: boolean;
  readonly digits?: number;
}

/** The arithmetic, line by line, and the activation's curve. */
export interface StepsPanel {
  readonly kind: 'steps';
  readonly title: string;
  readonly steps: readonly Step[];
  readonly curve?: { readonly activation: string; readonly z: number; readonly a: number };
  /** Below the curve. */
  readonly result?: Step;
}

/** How often which value occurs, the one of the chosen place marked. */
export interface SpreadPanel {
  readonly kind: 'spread';
  readonly title: string;
  readonly spreads: readonly { readonly title: string; readonly values: readonly number[]; readonly mark: number }[];
}

export type Panel = PlatePanel | StripsPanel | TilesPanel | NumbersPanel | TermsPanel | StepsPanel | SpreadPanel;

/** One of several, by number. */
export interface Chooser {
  readonly label: string;
  readonly value: number;
  readonly count: number;
  readonly names?: readonly string[];
  readonly pick: (index: number) => Move;
}

export interface Look {
  readonly formula: string;
  readonly choosers: readonly Chooser[];
  /** Parts of the arithmetic. */
  readonly stages?: { readonly names: readonly string[]; readonly chosen: string };
  readonly panels: readonly Panel[];
  /** All places in order, for sliding through them. */
  readonly sweep?: { readonly count: number; readonly now: number; readonly at: (index: number) => Move };
  /** Something that has to be said. */
  readonly note?: string;
}

export type Looker<L extends Layer = Layer> = (scene: Scene & { readonly layer: L }) => Look;

/** Which plane through the data the maps show. Pure. */
import type { ColumnAxes, ComponentAxes, DataSetFacts } from '../schema.gen';
import { inputNames, type Data } from './data';
import type { ChosenSample } from './selection.svelte';
import { sheetColumn } from './uploaded';

export type Axes = ColumnAxes | ComponentAxes;
/** Where the other columns are held; `sample` is the one that is looked at, whichever it is. */
export type Others = 'mean' | 'median' | 'sample';
export interface ColumnChoice {
  type: 'columns';
  /** Across, then up. */
  columns: [string, string];
  others: Others;
}
export type AxesChoice = ColumnChoice | ComponentAxes;

export interface OfferedAxes {
  components: boolean;
  /** Columns that a plane can be drawn along. */
  columns: readonly string[];
}

const NOTHING: OfferedAxes = { components: false, columns: [] };

/** What maps of a table can be drawn over. Data of the plane need no choice, images and what is reconstructed have no maps. */
export function offeredAxes(data: Data, facts: DataSetFacts): OfferedAxes {
  if (facts.kind !== 'table' || facts.task === 'reconstruction') return NOTHING;
  const columns = data.source === 'upload' ? facts.columns.filter((name) => isMeasured(data, name)) : facts.columns;
  return { components: inputNames(data, facts).length >= 2, columns };
}

/** Between two words or two numbers that are read as words there is nothing to show. */
function isMeasured(data: Extract<Data, { source: 'upload' }>, name: string): boolean {
  const type = sheetColumn(data, name)?.type;
  return (type === 'number' && data.preparation[name]?.encode !== 'category') || type === 'date';
}

/** There is a plane to draw maps over, the data's own or one through them. */
export const hasMaps = (data: Data, facts: DataSetFacts): boolean =>
  facts.kind === 'plane' || usualAxes(offeredAxes(data, facts), facts) !== null;

/** What was chosen if these data have it, else the usual; null where there is no plane to choose. */
export function settledAxes(chosen: AxesChoice | null, offered: OfferedAxes, facts: Pick<DataSetFacts, 'columns'>): AxesChoice | null {
  const isThere =
    chosen?.type === 'columns' ? chosen.columns.every((name) => offered.columns.includes(name)) : offered.components;
  return chosen !== null && isThere ? chosen : usualAxes(offered, facts);
}

/** The principal components, since samples lie nearest to that plane; of just two columns the columns themselves. */
function usualAxes({ components, columns }: OfferedAxes, facts: Pick<DataSetFacts, 'columns'>): AxesChoice | null {
  if (components && !(columns.length === 2 && facts.columns.length === 2)) return { type: 'components' };
  return columnsOf(columns);
}

/** The first two columns there are. */
export function columnsOf([across, up]: readonly string[]): ColumnChoice | null {
  return across === undefined || up === undefined ? null : { type: 'columns', columns: [across, up], others: 'mean' };
}

/** Another column along one of the axes. */
export function withColumn(choice: ColumnChoice, axis: 0 | 1, name: string): ColumnChoice {
  const [across, up] = choice.columns;
  return { ...choice, columns: axis === 0 ? [name, up] : [across, name] };
}

/** What may stand along one of the axes: a plane needs two different columns. */
export const columnsFor = ({ columns }: OfferedAxes, choice: ColumnChoice, axis: 0 | 1): string[] =>
  columns.filter((name) => name !== choice.columns[1 - axis]);

/** The choice as the server is asked for it. */
export function askedAxes(choice: AxesChoice, sample: ChosenSample): Axes {
  if (choice.type === 'components') return choice;
  return { ...choice, others: choice.others === 'sample' ? sample : choice.others };
}

/** What decides where a row lies: not where other columns are held. */
export function spanOf(axes: Axes): Axes {
  return axes.type === 'columns' ? { type: 'columns', columns: axes.columns } : axes;
}

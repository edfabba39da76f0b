/** What is proposed for a set that was just brought, and what a choice changes of it. Pure. */
import type { ColumnSheet, DataSheet, Preparation, UploadedData } from '../../schema.gen';
import { PLAIN } from '../../state/data';
import { ENCODINGS, sheetFor, tasksOf, usualPreparation } from '../../state/uploaded';

const TRAIN_FRACTION = 0.8;

/** The server's suggestion, each column in its usual preparation. */
export function proposal(about: DataSheet, seed: number): UploadedData {
  const bare: UploadedData = {
    ...PLAIN,
    seed,
    train_fraction: TRAIN_FRACTION,
    source: 'upload',
    dataset: about.id,
    inputs: [],
    preparation: {},
  };
  return withInputs(withTarget(bare, about, about.target ?? null), about, about.inputs);
}

export function withTarget(data: UploadedData, about: DataSheet, target: string | null): UploadedData {
  const column = about.columns.find(({ name }) => name === target);
  const task = column ? (tasksOf(column)[0] ?? null) : null;
  const goal = column ? 'predict' : 'reconstruct';
  const inputs = data.inputs.filter((name) => name !== target);
  return withInputs({ ...data, target, task, goal }, about, inputs);
}

/** In the order of the table. An image is an input by itself. */
export function withFed(data: UploadedData, about: DataSheet, name: string, isFed: boolean): UploadedData {
  const others = data.inputs.filter((other) => other !== name);
  if (!isFed) return withInputs(data, about, others);
  const isImage = (one: string): boolean => columnOf(about, one)?.type === 'image';
  return withInputs(data, about, isImage(name) ? [name] : [...others.filter((other) => !isImage(other)), name]);
}

export function withRecipe(data: UploadedData, about: DataSheet, name: string, change: Partial<Preparation>): UploadedData {
  const column = columnOf(about, name);
  const before = data.preparation[name];
  if (!column || !before) return data;
  const preparation = { ...data.preparation, [name]: fitting({ ...before, ...change }, before, column) };
  return withSheet({ ...data, preparation }, about);
}

export function withInputs(data: UploadedData, about: DataSheet, names: readonly string[]): UploadedData {
  const inputs = about.columns.flatMap(({ name }) => (names.includes(name) && name !== data.target ? [name] : []));
  const recipes = inputs.flatMap((name): [string, Preparation][] => {
    const column = columnOf(about, name);
    return column ? [[name, data.preparation[name] ?? usualPreparation(column)]] : [];
  });
  return withSheet({ ...data, inputs, preparation: Object.fromEntries(recipes) }, about);
}

/** The facts follow from the choice; the server writes them anew, but the page draws before it has. */
export const withSheet = (data: UploadedData, about: DataSheet): UploadedData => ({ ...data, sheet: sheetFor(data, about) });

/** Another encoding brings what goes with it: words have no mean, categories no scale. */
function fitting(recipe: Preparation, before: Preparation, column: ColumnSheet): Preparation {
  if (recipe.encode === before.encode) return recipe;
  const usual = usualPreparation(column);
  if (recipe.encode === usual.encode) return { ...usual, categories: recipe.categories };
  if (recipe.encode === 'category') return { ...recipe, missing: column.missing > 0 ? 'category' : 'most_frequent', scale: 'none' };
  return { ...recipe, missing: recipe.encode === 'ordinal' ? 'most_frequent' : 'mean', scale: 'standard' };
}

// --- what may be chosen ---------------------------------------------------------------------------------------------

interface Option<Value> {
  value: Value;
  label: string;
}

const BECOMES: Record<Preparation['encode'], string> = {
  number: 'one number',
  category: 'an input for each value',
  ordinal: 'its place in the alphabet',
  date_parts: 'year, month, day, weekday, hour',
  pixels: 'its pixels',
};
const FILLED: Record<Preparation['missing'], string> = {
  mean: 'the mean',
  median: 'the median',
  most_frequent: 'the most frequent',
  zero: 'zero',
  category: 'an input of its own',
  drop: 'leave the row out',
};
const SCALED: Record<Preparation['scale'], string> = {
  standard: 'mean 0, deviation 1',
  minmax: 'from 0 to 1',
  robust: 'by median and quartiles',
  none: 'as it is',
};

const listed = <Key extends string>(names: readonly Key[], words: Record<Key, string>): Option<Key>[] =>
  names.map((value) => ({ value, label: words[value] }));

export const encodings = (column: ColumnSheet): Option<Preparation['encode']>[] =>
  listed(
    ENCODINGS[column.type].filter((encode) => encode === 'number' || encode === 'date_parts' || encode === 'pixels' || column.categories.length > 0),
    BECOMES,
  );

/** Nothing to choose where nothing is missing. */
export function fillings(column: ColumnSheet, { encode }: Preparation): Option<Preparation['missing']>[] {
  if (column.missing === 0) return [];
  if (encode === 'category') return listed(['category', 'most_frequent', 'drop'], FILLED);
  if (encode === 'ordinal') return listed(['most_frequent', 'zero', 'drop'], FILLED);
  return listed(['mean', 'median', 'most_frequent', 'zero', 'drop'], FILLED);
}

export const scalings = ({ encode }: Preparation): Option<Preparation['scale']>[] =>
  encode === 'category' ? [] : listed(encode === 'pixels' ? ['standard', 'minmax', 'none'] : ['standard', 'minmax', 'robust', 'none'], SCALED);

const columnOf = (about: DataSheet, name: string): ColumnSheet | undefined =>
  about.columns.find((column) => column.name === name);

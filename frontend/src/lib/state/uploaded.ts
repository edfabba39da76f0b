/** What a spec of uploaded data means, as the server reads it (`spec/uploaded.py`). Pure. */
import type { Catalog, ColumnSheet, DataSetFacts, DataSheet, Preparation, PublicSet, Sheet, SheetColumn, UploadedData } from '../schema.gen';

type Encode = Preparation['encode'];

/** The format of a public set, which the server fetched. */
export const PUBLISHED = 'openml';

/** Which public set of the catalog these data are. */
export const publicSetOf = (data: UploadedData, catalog: Catalog): PublicSet | undefined =>
  catalog.public_sets.find(({ dataset }) => dataset === data.dataset);

const DATE_PARTS = ['year', 'month', 'day', 'weekday', 'hour'];
const COLOURS = ['red', 'green', 'blue'];
/** What may be made of a column of each type, the usual first. */
export const ENCODINGS: Record<ColumnSheet['type'], readonly Encode[]> = {
  number: ['number', 'category'],
  category: ['category', 'ordinal'],
  boolean: ['category', 'ordinal'],
  text: ['category', 'ordinal'],
  date: ['date_parts', 'number'],
  image: ['pixels'],
};
/** Whole numbers with at most so many different values are taken for classes. */
const FEW_NUMBERS = 20;
export const MOST_CATEGORIES = 100;
const USUAL_CATEGORIES = 20;

/** Until the server has written the sheet there is nothing to say of the columns. */
const UNKNOWN: Sheet = { title: 'Your data', rows: 2, columns: [] };
const sheetOf = (data: UploadedData): Sheet => data.sheet ?? UNKNOWN;

export const sheetColumn = (data: UploadedData, name: string): SheetColumn | undefined =>
  sheetOf(data).columns.find((column) => column.name === name);

export function uploadedFacts(data: UploadedData): DataSetFacts {
  const shape = imageShape(data);
  return {
    source: 'upload',
    name: data.dataset,
    title: sheetOf(data).title,
    sentence: 'Your own data',
    task: data.task ?? 'regression',
    kind: shape ? 'image' : 'table',
    classes: classNames(data),
    columns: shape ? pixelNames(shape) : data.inputs,
    target: data.target ?? 'inputs',
    rows: Math.min(sheetOf(data).rows, data.max_rows ?? Infinity),
    image_shape: shape ? [shape[0], shape[1]] : null,
    input_shape: shape ? [shape[2], shape[0], shape[1]] : null,
    vocabulary: null,
    positions: null,
    takes_classes: false,
  };
}

/** Height, width and channels where images go in. */
export function imageShape(data: UploadedData): [number, number, number] | null {
  return sheetColumn(data, data.inputs[0] ?? '')?.image_shape ?? null;
}

/** The values of the target in their natural order: the numbers of the classes. */
function classNames(data: UploadedData): string[] {
  const column = sheetColumn(data, data.target ?? '');
  if (!column || data.task !== 'classification') return [];
  return naturalOrder(column.categories, column.type === 'number');
}

export const naturalOrder = (values: readonly string[], areNumbers: boolean): string[] =>
  values.toSorted(areNumbers ? (one, other) => Number(one) - Number(other) : byCodePoint);

/** As Python sorts: JavaScript by itself compares halves of a character. */
function byCodePoint(one: string, other: string): number {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const apart = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (apart !== 0) return apart;
  }
  return left.length - right.length;
}

/** Channels first: a whole picture in red, then in green, then in blue. */
export function pixelNames([height, width, channels]: [number, number, number]): string[] {
  const colours = channels === COLOURS.length ? COLOURS.map((colour) => `,${colour}`) : [''];
  const places = Array.from({ length: height * width }, (_, pixel) => `pixel ${Math.floor(pixel / width)},${pixel % width}`);
  return colours.flatMap((colour) => places.map((place) => place + colour));
}

/** Names of the network's inputs that the chosen columns become. */
export function preparedInputs(data: UploadedData): string[] {
  const shape = imageShape(data);
  return shape ? pixelNames(shape) : numbered(data.inputs.flatMap((name) => columnInputs(data, name)));
}

function columnInputs(data: UploadedData, name: string): string[] {
  const column = sheetColumn(data, name);
  const recipe = data.preparation[name];
  if (!column || !recipe) return [name];
  if (recipe.encode === 'date_parts') return DATE_PARTS.map((part) => `${name} ${part}`);
  if (recipe.encode !== 'category') return [name];
  const extra = [...(column.more ? ['other'] : []), ...(recipe.missing === 'category' ? ['missing'] : [])];
  return [...column.categories, ...extra].map((value) => `${name}=${value}`);
}

/** A column named `a=b` and the value b of the column `a` would be one name. */
function numbered(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((wanted) => {
    let name = wanted;
    for (let number = 2; seen.has(name); number++) name = `${wanted} (${number})`;
    seen.add(name);
    return name;
  });
}

// --- what is proposed for a set that was just brought ------------------------------------------------------------------

/** The preparation a column gets unless something else is said. */
export function usualPreparation({ type, missing }: ColumnSheet): Preparation {
  const [encode = 'number'] = ENCODINGS[type];
  if (encode !== 'category') return { missing: 'mean', encode, scale: 'standard', categories: USUAL_CATEGORIES };
  return { missing: missing > 0 ? 'category' : 'most_frequent', encode, scale: 'none', categories: USUAL_CATEGORIES };
}

/** What a column can be predicted as, the usual first. */
export function tasksOf({ type, distinct, categories, others }: ColumnSheet): ('classification' | 'regression')[] {
  const different = distinct ?? 0;
  const areAllTold = different >= 2 && categories.length === different && others === 0;
  if (type === 'image' || type === 'date') return [];
  if (type !== 'number') return areAllTold ? ['classification'] : [];
  if (!areAllTold) return ['regression'];
  const areFew = different <= FEW_NUMBERS && categories.every((value) => /^-?\d+$/.test(value));
  return areFew ? ['classification', 'regression'] : ['regression', 'classification'];
}

/** The facts of the chosen columns, as the server will write them; of the rows it alone knows how many are left. */
export function sheetFor(data: UploadedData, about: DataSheet): Sheet {
  const facts = (name: string, shown: number): SheetColumn[] => {
    const column = about.columns.find((one) => one.name === name);
    if (!column) return [];
    const { type, distinct, image_shape } = column;
    const categories = column.categories.slice(0, shown);
    return [{ name, type, categories, more: shown > 0 && (distinct ?? 0) > categories.length, image_shape }];
  };
  const target = about.columns.find(({ name }) => name === data.target);
  return {
    title: about.title,
    rows: Math.max(2, about.rows - (target?.missing ?? 0)),
    columns: [
      ...(target ? facts(target.name, MOST_CATEGORIES) : []),
      ...data.inputs.flatMap((name) => facts(name, shownOf(data.preparation[name]))),
    ],
  };
}

function shownOf(recipe: Preparation | undefined): number {
  if (recipe?.encode === 'ordinal') return MOST_CATEGORIES;
  return recipe?.encode === 'category' ? recipe.categories : 0;
}

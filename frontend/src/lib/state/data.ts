/** What a data spec means, as the server reads it (`spec/datasets.py`). Pure. */
import type { Catalog, DataSetFacts, DrawnData, Experiment, SyntheticData } from '../schema.gen';
import { halfToEven, pictureFacts, sequenceFacts, textCounts, textFacts } from './made';
import { pixelNames, preparedInputs, publicSetOf, uploadedFacts } from './uploaded';

export type Data = Experiment['data'];
export type PlaneData = SyntheticData | DrawnData;

/** What every source has besides its own fields, at its defaults. */
export const PLAIN = {
  formulas: [] as { expression: string }[],
  noise_columns: 0,
  switched_off: [] as string[],
  label_noise: 0,
  goal: 'predict' as const,
};

/** The plane ends here on every side, as the server has it (`spec/limits.py`). */
export const PLANE_EDGE = 6;

export const isPlane = (data: Data): data is PlaneData => data.source === 'synthetic' || data.source === 'drawn';

/** Which set it is, whatever its settings: what was chosen among its rows means nothing in another. */
export function setKey(data: Data): string {
  if (data.source === 'drawn') return 'drawn/';
  return `${data.source}/${data.source === 'upload' ? data.dataset : data.name}`;
}

/** The facts of an experiment's data: its own number of classes, its own goal. */
export function factsOf(data: Data, catalog: Catalog): DataSetFacts {
  const facts = sourceFacts(data, catalog);
  return data.goal === 'reconstruct' ? { ...facts, task: 'reconstruction', classes: [], target: 'inputs' } : facts;
}

/** The facts of the set whatever it is used for: its classes are there even if the labels are hidden. */
export function sourceFacts(data: Data, catalog: Catalog): DataSetFacts {
  if (data.source === 'drawn') return drawnFacts(data);
  if (data.source === 'upload') {
    const facts = uploadedFacts(data);
    return { ...facts, sentence: publicSetOf(data, catalog)?.sentence ?? facts.sentence };
  }
  const facts = catalog.data_sets.find((set) => set.source === data.source && set.name === data.name);
  if (!facts) throw new Error(`The catalog has no data set ${data.name}`);
  if (data.source === 'pictures') return pictureFacts(facts, data);
  if (data.source === 'sequences') return sequenceFacts(facts, data);
  if (data.source === 'text') return textFacts(facts, data, catalog.sample_text);
  if (data.source === 'bundled' && data.size) return digitsFacts(facts, data.size);
  if (data.source === 'synthetic' && data.classes && facts.takes_classes) return { ...facts, classes: classNames(data.classes) };
  return facts;
}

/** Pixels on a side of a digit as it was scanned. */
export const DIGITS_SIDE = 8;

function digitsFacts(scanned: DataSetFacts, side: number): DataSetFacts {
  const drawn = side === DIGITS_SIDE ? '' : `, drawn from ${DIGITS_SIDE}×${DIGITS_SIDE}`;
  return {
    ...scanned,
    sentence: `Handwritten digits, ${side}×${side} pixels${drawn}`,
    columns: pixelNames([side, side, 1]),
    image_shape: [side, side],
    input_shape: [1, side, side],
  };
}

export function drawnFacts({ task, classes }: Pick<DrawnData, 'task' | 'classes'>): DataSetFacts {
  return {
    source: 'drawn',
    name: 'drawn',
    title: 'Drawn points',
    sentence: 'Points put on the plane by hand',
    task,
    kind: 'plane',
    classes: task === 'regression' ? [] : classes === 2 ? ['orange', 'blue'] : classNames(classes),
    columns: ['x1', 'x2'],
    target: task === 'regression' ? 'value' : 'class',
    rows: null,
    image_shape: null,
    input_shape: null,
    vocabulary: null,
    positions: null,
    takes_classes: task === 'classification',
  };
}

const classNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `class ${index + 1}`);

export const noiseNames = ({ noise_columns }: Data): string[] =>
  Array.from({ length: noise_columns }, (_, index) => `noise_${index + 1}`);

/** The chosen features on the plane, the columns elsewhere, prepared where they are the person's own. */
export function ownInputs(data: Data, facts: DataSetFacts): readonly string[] {
  if (data.source === 'upload') return preparedInputs(data);
  return isPlane(data) ? data.features : facts.columns;
}

/** Every input there is, fed or switched off: the source's own, then formulas, then noise columns. */
export function offeredInputs(data: Data, facts: DataSetFacts): string[] {
  return [...ownInputs(data, facts), ...data.formulas.map(({ expression }) => expression), ...noiseNames(data)];
}

/** How many switches there are: on the plane also for features that are not chosen. */
export const switchCount = (data: Data, facts: DataSetFacts, catalog: Catalog): number =>
  isPlane(data)
    ? catalog.features.length + data.formulas.length + data.noise_columns
    : offeredInputs(data, facts).length;

/** What the network's input is made of, in its order. */
export function inputNames(data: Data, facts: DataSetFacts): string[] {
  const off = new Set(data.switched_off);
  return offeredInputs(data, facts).filter((name) => !off.has(name));
}

/** Units of the implied last layer: one logit for two classes, K for K, one number, or as many as there are inputs. */
export function outputCount(data: Data, facts: DataSetFacts): number {
  if (data.goal === 'reconstruct') return inputNames(data, facts).length;
  return facts.classes.length > 2 ? facts.classes.length : 1;
}

/** What files of a run on these data are called, endings aside, as the server calls them (`spec/datasets.py`). */
export function fileStem({ source, name, title }: DataSetFacts): string {
  if (source !== 'upload') return name;
  const stem = title.slice(0, Math.max(0, title.lastIndexOf('.'))) || title;
  return stem.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '').slice(0, 40).toLowerCase() || 'data';
}

/** Rows that train, copies that augmentation makes included, and rows that test. */
export function splitCounts(data: Data, facts: DataSetFacts, catalog: Catalog): [train: number, test: number] {
  const [own, test] = data.source === 'text' ? textCounts(data, catalog.sample_text) : ownCounts(data, rowCount(data, facts));
  return [own * (1 + (data.augmentation?.copies ?? 0)), test];
}

function ownCounts({ train_fraction }: Data, rows: number): [train: number, test: number] {
  const train = Math.min(rows - 1, Math.max(1, halfToEven(rows * train_fraction)));
  return [train, rows - train];
}

/** Rows before the split. */
export function rowCount(data: Data, facts: DataSetFacts): number {
  if ('samples' in data) return data.samples;
  return data.source === 'drawn' ? data.points.length : (facts.rows ?? 1);
}

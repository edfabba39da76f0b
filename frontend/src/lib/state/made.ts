/** What specs of pictures, sequences and texts mean, as the server reads them (`spec/pictures.py`, `sequences.py`, `text.py`). Pure. */
import type { DataSetFacts, PicturesData, SequencesData, TextData } from '../schema.gen';

/** Where the classes of each kind stand among all of them. */
const OBJECTS: Record<Exclude<PicturesData['objects'], 'all'>, [from: number, to: number]> = {
  edges: [0, 3],
  corners: [3, 5],
  shapes: [5, 8],
  compositions: [8, 10],
};
/** The token of every character that is too rare to have its own. */
export const OTHER = 'other';
const MAX_CHARACTERS = 128;
const MIN_CHARACTERS = 3;

export function pictureFacts(all: DataSetFacts, { objects }: PicturesData): DataSetFacts {
  return objects === 'all' ? all : { ...all, classes: all.classes.slice(...OBJECTS[objects]) };
}

/** `first` is the set as the catalog has it, of another length. */
export function sequenceFacts(first: DataSetFacts, { name, length }: SequencesData): DataSetFacts {
  const features = name === 'adding' ? ['value', 'marker'] : ['step'];
  const areTokens = Boolean(first.vocabulary);
  return {
    ...first,
    columns: Array.from({ length }, (_, step) => features.map((feature) => `${feature} ${step + 1}`)).flat(),
    input_shape: areTokens ? [length] : [length, features.length],
    positions: areTokens ? length : null,
  };
}

export function textFacts(first: DataSetFacts, data: TextData, sample: string): DataSetFacts {
  const written = charactersOf(data.text ?? sample);
  const [train, test] = textCounts(data, sample);
  return {
    ...first,
    sentence: data.text === undefined || data.text === null ? "Shakespeare's sonnets, character by character" : "A text of one's own",
    classes: written.vocabulary,
    columns: Array.from({ length: data.length }, (_, step) => `character ${step + 1}`),
    rows: train + test,
    input_shape: [data.length],
    vocabulary: written.vocabulary.length,
    positions: data.length,
  };
}

/** Windows of the text: its beginning trains, its end tests. */
export function textCounts({ text, length, stride, train_fraction }: TextData, sample: string): [train: number, test: number] {
  const [characters, needed] = [charactersOf(text ?? sample).count, length + 1];
  const border = Math.min(characters - needed, Math.max(needed, halfToEven(characters * train_fraction)));
  const windows = (room: number): number => Math.max(0, Math.ceil((room - length) / stride));
  return [windows(border), windows(characters - border)];
}

/** Why a text cannot be learned from, if it cannot. */
export function whyUnfit(text: string, length: number, mostBytes: number): string | undefined {
  if (new TextEncoder().encode(text).length > mostBytes) return `More than ${mostBytes.toLocaleString('en-US')} bytes; paste a part of it`;
  const { count, vocabulary } = charactersOf(text);
  if (count < 2 * (length + 1)) return `Windows of ${length} need at least ${2 * (length + 1)} characters`;
  return vocabulary.length < MIN_CHARACTERS ? `At least ${MIN_CHARACTERS} different characters are needed` : undefined;
}

interface Written {
  text: string;
  count: number;
  vocabulary: string[];
}

let last: Written = { text: '', count: 0, vocabulary: [] };

/** Of one text at a time: a long one is asked about with every edit. */
function charactersOf(text: string): Written {
  if (text === last.text) return last;
  const counts = new Map<string, number>();
  let count = 0;
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
    count += 1;
  }
  const codeOf = (character: string): number => character.codePointAt(0) ?? 0;
  const frequent = [...counts]
    .toSorted(([one, ofOne], [other, ofOther]) => ofOther - ofOne || codeOf(one) - codeOf(other))
    .slice(0, MAX_CHARACTERS)
    .map(([character]) => character)
    .toSorted((one, other) => codeOf(one) - codeOf(other));
  last = { text, count, vocabulary: counts.size > frequent.length ? [...frequent, OTHER] : frequent };
  return last;
}

/** As Python rounds. */
export function halfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** How a character is written where it would not be seen. */
export const visible = (token: string): string => ({ ' ': '␣', '\n': '↵', '\t': '⇥', '\r': '␍' })[token] ?? token;

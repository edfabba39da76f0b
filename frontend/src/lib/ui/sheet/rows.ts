/** How many rows are learned from: all that fit into a session, or fewer to see what a small set does. Pure. */
import type { DataSheet, UploadedData } from '../../schema.gen';
import { inputNames } from '../../state/data';
import { uploadedFacts } from '../../state/uploaded';

const FLOAT_BYTES = 4;
/** Of a session's memory, whose other quarter is room for a network: the server refuses what is too much together. */
const SHARE = 0.75;
const FEWEST = 100;

/** What a row takes, as the server counts it (`spec/memory.py`): raw columns, and inputs with their target three times. */
export function rowFloats(data: UploadedData): number {
  const facts = uploadedFacts(data);
  const inputs = inputNames(data, facts).length;
  const labels = data.goal === 'reconstruct' ? inputs : 1;
  return facts.columns.length + 3 * (inputs + labels);
}

/** What may be chosen: 100, 200, 500 and so on, and null for all, as far as they fit; the fewest in any case. */
export function rowChoices(data: UploadedData, about: DataSheet, memoryBytes: number): (number | null)[] {
  const most = Math.max(FEWEST, (SHARE * memoryBytes) / (FLOAT_BYTES * rowFloats(data)));
  const choices: (number | null)[] = [];
  for (let ten = FEWEST; ten < about.rows; ten *= 10) choices.push(ten, 2 * ten, 5 * ten);
  const fitting = choices.filter((count) => count !== null && count < about.rows && count <= most);
  return about.rows <= most ? [...fitting, null] : fitting;
}

/** The same with as many rows as fit. */
export function withFittingRows(data: UploadedData, about: DataSheet, memoryBytes: number): UploadedData {
  return { ...data, max_rows: rowChoices(data, about, memoryBytes).at(-1) ?? null };
}

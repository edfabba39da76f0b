/** How many rows are learned from: all that fit into a session, or fewer to see what a small set does. Pure. */
import type { DataSheet, UploadedData } from '../../schema.gen';
import { imageShape, preparedInputs } from '../../state/uploaded';

const FLOAT_BYTES = 4;
/** Of a session's memory; the rest is the network's. */
const SHARE = 0.75;
const FEWEST = 100;

/** What a row takes, as the server counts it (`spec/memory.py`): raw columns, and inputs with their target three times. */
function rowBytes(data: UploadedData): number {
  const inputs = preparedInputs(data).length;
  const columns = imageShape(data) ? inputs : data.inputs.length;
  const labels = data.goal === 'reconstruct' ? inputs : 1;
  return FLOAT_BYTES * (columns + 3 * (inputs + labels));
}

/** What may be chosen: 100, 200, 500 and so on, and null for all, as far as they fit. */
export function rowChoices(data: UploadedData, about: DataSheet, memoryBytes: number): (number | null)[] {
  const most = (SHARE * memoryBytes) / rowBytes(data);
  const choices: (number | null)[] = [];
  for (let ten = FEWEST; ten < about.rows; ten *= 10) choices.push(ten, 2 * ten, 5 * ten);
  const fitting = choices.filter((count) => count !== null && count < about.rows && count <= most);
  return about.rows <= most ? [...fitting, null] : fitting;
}

/** The same with as many rows as fit. */
export function withFittingRows(data: UploadedData, about: DataSheet, memoryBytes: number): UploadedData {
  return { ...data, max_rows: rowChoices(data, about, memoryBytes).at(-1) ?? null };
}

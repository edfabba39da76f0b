/** Files that go out to the person's machine and come in from there. */
import type { Experiment } from '../../schema.gen';
import { canonical } from '../../state/experiments';

export const EXPERIMENT_SUFFIX = '.neuroglow.json';
const WEIGHTS_SUFFIX = '.safetensors';
/** A text file larger than this is no experiment; the server takes no more. */
export const MAX_TEXT_BYTES = 1 << 18;

export function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}

export function saveExperiment(experiment: Experiment, name: string): void {
  const text = `${JSON.stringify(canonical(experiment), null, 2)}\n`;
  save(new Blob([text], { type: 'application/json' }), `${name}${EXPERIMENT_SUFFIX}`);
}

export const weightsName = (name: string, update: number): string => `${name}-${update}${WEIGHTS_SUFFIX}`;

export const isWeightFile = (file: File): boolean => file.name.endsWith(WEIGHTS_SUFFIX);

/** What this page opens without asking what it is: its own files. */
export const isOwnFile = (file: File): boolean => isWeightFile(file) || file.name.endsWith(EXPERIMENT_SUFFIX);

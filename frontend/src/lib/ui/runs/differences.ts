/** In what some experiments differ, setting by setting; what is equal in all of them is left out. Pure. */
import type { Json } from '../../state/diff';

export interface Difference {
  /** `training.optimizer.learning_rate` */
  path: string;
  label: string;
  /** One for each experiment, in words. */
  values: string[];
  /** Whether it is another than the first experiment's. */
  isOther: boolean[];
}

const ABSENT = '–';

export function differences(experiments: readonly Json[]): Difference[] {
  return walk(experiments, []);
}

/** All experiments at one place: alike, or one difference, or to be looked into. */
function walk(values: readonly (Json | undefined)[], path: readonly string[]): Difference[] {
  const written = values.map((value) => JSON.stringify(value));
  if (written.every((one) => one === written[0])) return [];
  if (values.every(isObject)) {
    const keys = new Set(values.flatMap((value) => Object.keys(value)));
    return [...keys].flatMap((key) => walk(values.map((value) => value[key]), [...path, key]));
  }
  if (values.every((value) => Array.isArray(value) && value.every(isObject))) {
    const lists = values as Json[][];
    const places = Math.max(...lists.map((list) => list.length));
    return Array.from({ length: places }, (_, place) => lists.map((list) => list[place])).flatMap((items, place) =>
      walk(items, [...path, String(place)]),
    );
  }
  return [
    {
      path: path.join('.'),
      label: labelOf(path),
      values: values.map(inWords),
      isOther: written.map((one) => one !== written[0]),
    },
  ];
}

const WORDS: Record<string, string> = {
  type: '',
  regularization: 'regularisation',
  initializer: 'initialiser',
  output_initializer: 'output initialiser',
  train_fraction: 'train share',
  units: 'neurons',
  name: 'name',
};
/** Rooms of the experiment that say nothing by themselves. */
const SILENT = new Set(['training', 'network', 'optimizer']);
const WHOLE: Record<string, string> = {
  'training.optimizer.type': 'Optimizer',
  'training.seed': 'Training seed',
  'data.name': 'Data set',
  'data.source': 'Kind of data',
};

/** "Learning rate", "Layer 2 neurons", "Data seed". */
export function labelOf(path: readonly string[]): string {
  const whole = WHOLE[path.join('.')];
  if (whole) return whole;
  const words = path.flatMap((step, index) => {
    if (SILENT.has(step)) return [];
    if (/^\d+$/.test(step)) return [String(Number(step) + 1)];
    if (step === 'layers') return ['layer'];
    if (step === 'data' && path[index + 1] !== 'seed') return [];
    return [WORDS[step] ?? step.replaceAll('_', ' ')];
  });
  const text = words.filter(Boolean).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function inWords(value: Json | undefined): string {
  if (value === undefined || value === null) return ABSENT;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return String(value).replace(/^-/, '−').replace('e-', 'e−');
  if (typeof value === 'string') return value.replaceAll('_', ' ');
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object') ? `${value.length} items` : listed(value);
  return Object.entries(value)
    .filter(([key, item]) => key !== 'name' && item !== null)
    .map(([key, item]) => (typeof item === 'string' ? inWords(item) : `${WORDS[key] ?? key.replaceAll('_', ' ')} ${inWords(item)}`))
    .join(', ');
}

const listed = (items: Json[]): string => (items.length === 0 ? 'none' : items.map((item) => String(item)).join(', '));

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How the words of the experiment are written for people, and its numbers. Pure. */
import { spoken } from '../render/model';

const NAMES: Record<string, string> = {
  sgd: 'SGD', momentum: 'Momentum', nesterov: 'Nesterov', adam: 'Adam', adamw: 'AdamW', rmsprop: 'RMSProp', adagrad: 'Adagrad',
  none: 'None', l1: 'L1', l2: 'L2',
  auto: 'Automatic', cross_entropy: 'Cross-entropy', focal: 'Focal', hinge: 'Hinge', squared_error: 'Squared error',
  absolute_error: 'Absolute error', huber: 'Huber', log_cosh: 'Log-cosh',
  constant: 'Constant', step: 'Step', exponential: 'Exponential', cosine: 'Cosine',
  value: 'By value', norm: 'By norm',
  train_loss: 'Train loss', test_loss: 'Test loss', train_accuracy: 'Train accuracy', test_accuracy: 'Test accuracy',
  train_r2: 'Train R²', test_r2: 'Test R²',
};

export const nameOf = (key: string): string => NAMES[key] ?? spoken(key);

export interface Choice<Value> {
  value: Value;
  label: string;
}

export const choices = (keys: readonly string[]): Choice<string>[] => keys.map((key) => ({ value: key, label: nameOf(key) }));

export const numbers = (values: readonly number[]): Choice<number>[] => values.map((value) => ({ value, label: plain(value) }));

/** 0.00001, not 1e-5. */
export function plain(value: number): string {
  return value >= 1e-6 || value === 0 ? value.toLocaleString('en-US', { maximumFractionDigits: 8, useGrouping: false }) : String(value);
}

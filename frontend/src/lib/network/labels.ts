/** The spoken side of the tiles: each button's label carries the unit's current value, renewed once a second. */

import { figure, signed } from '../render/figures';
import { layerTitle, type LayerModel } from '../render/model';
import type { NetworkValues } from '../render/values';

const RENEWED_MS = 1_000;

interface Labelled {
  readonly model: LayerModel;
  readonly unit: number;
}

export class Labels {
  private readonly elements = new Map<HTMLElement, Labelled>();
  private refreshedAt = -Infinity;

  /** Label this element from now on. Returns what ends it. */
  add(element: HTMLElement, model: LayerModel, unit: number): () => void {
    this.elements.set(element, { model, unit });
    element.ariaLabel = labelOf(model, unit, undefined);
    this.refreshedAt = -Infinity;
    return () => {
      this.elements.delete(element);
    };
  }

  /** Say everything anew at the next frame. */
  renew(): void {
    this.refreshedAt = -Infinity;
  }

  /** `more`: what else is said of a unit, or nothing. */
  refresh(now: number, values: NetworkValues, more: (model: LayerModel, unit: number) => string): void {
    if (now - this.refreshedAt < RENEWED_MS) return;
    this.refreshedAt = now;
    for (const [element, { model, unit }] of this.elements) {
      const value = values.ofUnit(model, unit);
      const label = labelOf(model, unit, value, more(model, unit));
      if (element.ariaLabel !== label) element.ariaLabel = label;
    }
  }
}

/** "Neuron 3 of Dense 8, activation +0.52, frozen". */
export function labelOf(model: LayerModel, unit: number, value: number | undefined, more = ''): string {
  const isShare = model.role === 'output' && model.labels.length > 0;
  const said = value === undefined ? '' : `${valueName(model)} ${isShare ? figure(value, 3) : signed(value, 2)}`;
  return [unitName(model, unit), said, more].filter(Boolean).join(', ');
}

export function unitName(model: LayerModel, unit: number): string {
  if (model.picture === 'image') return 'Input image';
  if (model.role === 'input') return `Input ${plainName(model.labels[unit] ?? String(unit + 1))}`;
  if (model.role === 'output') return model.labels.length > 0 ? `Output ${model.labels[unit] ?? unit + 1}` : 'Output';
  if (model.picture === 'strip') return `${layerTitle(model)}, all steps`;
  return `${model.picture === 'features' ? 'Channel' : 'Neuron'} ${unit + 1} of ${layerTitle(model)}`;
}

function valueName(model: LayerModel): string {
  if (model.picture === 'features') return 'mean';
  return model.role === 'input' ? 'value' : 'activation';
}

/** Beside a tile there is room for little: the second formula is ƒ₂, the first noise column n₁. */
export function tileName(input: string, formulas: readonly { expression: string }[]): string {
  const formula = formulas.findIndex(({ expression }) => expression === input);
  if (formula >= 0) return `ƒ${lowered(formula + 1)}`;
  const noise = /^noise_(\d+)$/.exec(input)?.[1];
  return noise === undefined ? plainName(input) : `n${lowered(noise)}`;
}

const lowered = (number: number | string): string => [...String(number)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('');

/** x1^2 as it is read: x₁²; columns without their unit. */
export function plainName(feature: string): string {
  return feature
    .replaceAll('x1', 'x₁')
    .replaceAll('x2', 'x₂')
    .replaceAll('^2', '²')
    .replaceAll('*', '')
    .replace(/(?<=[\p{L}\p{N}]) \([^()*/+^-]*\)$/u, '')
    .replace(/^sin\((.*)\)$/, 'sin $1');
}

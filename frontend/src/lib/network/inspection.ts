/**
 * What the drawing shows, in numbers, for browser tests and whoever asks from the console: `element.describeLink(...)`.
 * Everything comes from the same values the renderer drew.
 */

import type { NetworkRenderer } from '../render/network';

export interface LinkDescription {
  readonly weight: number;
  /** Input × weight of the current sample. */
  readonly signal: number;
  /** Of the pulse, 0 to 1; 0 where none is drawn. */
  readonly strength: number;
  /** The training update all of it belongs to. */
  readonly update: number;
}

export interface Inspectable extends HTMLElement {
  describeLink?: (from: string, fromUnit: number, to: string, toUnit: number) => LinkDescription | null;
  describeUnit?: (layer: string, unit: number) => number | null;
  linkPaints?: () => number;
}

export function inspection(element: Inspectable, renderer: NetworkRenderer): () => void {
  element.describeLink = (from, fromUnit, to, toUnit) => renderer.link(from, fromUnit, to, toUnit) ?? null;
  element.describeUnit = (layer, unit) => renderer.activation(layer, unit) ?? null;
  element.linkPaints = () => renderer.linkPaints;
  return () => {
    delete element.describeLink;
    delete element.describeUnit;
    delete element.linkPaints;
  };
}

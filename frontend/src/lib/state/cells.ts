/** Where a single weight or bias is in the network. Pure. */

/** One weight or bias, by the unit it feeds and the unit of the layer before it comes from; null for the bias. */
export interface CellPlace {
  readonly layer: string;
  readonly unit: number;
  readonly source: number | null;
}

export const samePlace = (one: CellPlace | null, other: CellPlace | null): boolean =>
  one === other || (one !== null && other !== null && keyOf(one) === keyOf(other));

export const keyOf = ({ layer, unit, source }: CellPlace): string => `${layer}/${unit}/${source ?? 'bias'}`;

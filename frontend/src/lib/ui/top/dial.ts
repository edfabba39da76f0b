/** The speed dial: one update a second at the left, full speed at the right end, the logarithm between. Pure. */

/** Positions 0 to 4: 1, 10, 100, 1,000 updates a second, and no limit. */
export const DIAL_END = 4;
export const STOPS = [
  { position: 0, label: '1/s' },
  { position: 1, label: '10' },
  { position: 2, label: '100' },
  { position: 3, label: '1k' },
  { position: 4, label: 'max' },
] as const;
const UNLIMITED_FROM = 3.9;

/** Updates a second; null is full speed. */
export function toRate(position: number): number | null {
  if (position >= UNLIMITED_FROM) return null;
  const rate = 10 ** Math.max(0, position);
  return rate < 10 ? Math.round(rate * 10) / 10 : Number(rate.toPrecision(2));
}

export function toPosition(rate: number | null): number {
  if (rate === null) return DIAL_END;
  return Math.min(UNLIMITED_FROM, Math.max(0, Math.log10(rate)));
}

export function describeRate(rate: number | null): string {
  return rate === null ? 'Full speed' : `${rate.toLocaleString('en-US')} updates a second`;
}

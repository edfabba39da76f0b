/** Numbers for people: a true minus, a sign where it matters, no width that jumps. */

const MINUS = '−';
const TIMES_TEN: Record<string, string> = {
  '-': '⁻', '0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹',
};

/** −0.07 and 1.30: negative numbers with a true minus. */
export function figure(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : `${MINUS}∞`;
  const text = Math.abs(value).toFixed(digits);
  // What rounds to zero has no sign.
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** +0.07 and −1.30: data always says its sign. */
export function signed(value: number, digits: number): string {
  const text = figure(value, digits);
  return Number.isFinite(value) && !text.startsWith(MINUS) && Number(text) !== 0 ? `+${text}` : text;
}

/** Like `signed`, with as many digits as it takes to say something about very large and very small numbers. */
export function signedShort(value: number, digits: number): string {
  const size = Math.abs(value);
  if (Number.isFinite(value) && size >= 1e4) return `${value < 0 ? MINUS : '+'}${power(size)}`;
  return signed(value, digits);
}

/** 1.2·10⁻³ for what needs a power of ten, plain figures otherwise. */
export function magnitude(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return figure(value, 0);
  const size = Math.abs(value);
  return size >= 0.01 && size < 1000 ? figure(value, size < 1 ? 3 : 1) : `${value < 0 ? MINUS : ''}${power(size)}`;
}

/** 10⁻³ */
export function tenTo(exponent: number): string {
  return `10${[...String(exponent)].map((digit) => TIMES_TEN[digit] ?? '').join('')}`;
}

function power(size: number): string {
  const [mantissa = '', exponent = '0'] = size.toExponential(1).split('e');
  return `${mantissa}·${tenTo(Number(exponent))}`;
}

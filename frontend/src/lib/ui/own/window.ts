/** A text as the tokens that a network reads. Pure. */
import { OTHER } from '../../state/made';

/** The last `length` characters; null where there are fewer, or some that have no token. */
export function lastWindow(text: string, length: number, vocabulary: readonly string[]): number[] | null {
  const characters = Array.from(text).slice(-length);
  if (characters.length < length) return null;
  const places = new Map(vocabulary.map((token, place) => [token, place]));
  const tokens = characters.map((character) => places.get(character) ?? places.get(OTHER) ?? -1);
  return tokens.includes(-1) ? null : tokens;
}

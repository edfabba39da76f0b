/** Python in three inks: comments and strings step back, names of the language step forward. No hue: hue is for data. */
export type Ink = 'quiet' | 'strong' | 'plain';

export interface Piece {
  ink: Ink;
  text: string;
}

const KEYWORDS =
  'and as assert break class continue def del elif else except False finally for from if import in is lambda None not or pass raise return True try while with yield';
const TOKEN = new RegExp(
  [
    String.raw`(?<quiet>#[^\n]*|"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`,
    String.raw`(?<strong>\b(?:${KEYWORDS.replaceAll(' ', '|')})\b)`,
  ].join('|'),
  'g',
);

export function highlight(source: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of source.matchAll(TOKEN)) {
    if (found.index > at) pieces.push({ ink: 'plain', text: source.slice(at, found.index) });
    pieces.push({ ink: found.groups?.quiet === undefined ? 'strong' : 'quiet', text: found[0] });
    at = found.index + found[0].length;
  }
  return at < source.length ? [...pieces, { ink: 'plain', text: source.slice(at) }] : pieces;
}

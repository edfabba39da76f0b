/** Tokens as they can be read: what takes room but leaves none is given a sign. Pure. */
const SIGNS: Record<string, string> = { ' ': '␣', '\n': '↵', '\t': '⇥', '\r': '␍' };

export const tokenNames = (classes: readonly string[]): string[] => classes.map((name) => SIGNS[name] ?? name);

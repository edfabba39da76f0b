/** What the end of a socket means for the person waiting: try again, or say why not. Pure. */

export type CloseVerdict = { kind: 'retry' } | { kind: 'gave-up' } | { kind: 'terminal'; code: number; reason: string };

/** After this many tries in a row (some eight minutes) the page stops by itself and leaves a button. */
export const MAX_ATTEMPTS = 60;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/** Close codes (docs/wire.md) after which trying again cannot help. */
const TERMINAL: Record<number, string> = {
  1002: 'The page and the server disagree about the protocol; reload the page',
  1003: 'The page and the server disagree about the protocol; reload the page',
  1007: 'The page and the server disagree about the protocol; reload the page',
  1009: 'A message was too large for the server; reload the page',
  4400: 'The page and the server disagree about the protocol; reload the page',
  4401: 'The link is no longer valid; ask for a new one',
  4403: 'Access to this session was withdrawn',
  4404: 'This session has ended',
  4422: 'The server was updated; reload the page',
};

export const NO_SUCH_SESSION = 4404;
export const BAD_TOKEN = 4401;

/** `attempt` counts the tries since the socket was last open. */
export function classifyClose(code: number, attempt: number): CloseVerdict {
  const reason = TERMINAL[code];
  if (reason !== undefined) return { kind: 'terminal', code, reason };
  return attempt >= MAX_ATTEMPTS ? { kind: 'gave-up' } : { kind: 'retry' };
}

/**
 * Milliseconds before try number `attempt` (from 0): doubling up to 8 s, the upper half of it spread at random so that
 * a class does not return in one instant. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling * (0.5 + 0.5 * random));
}

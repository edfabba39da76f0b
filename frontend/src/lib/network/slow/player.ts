/** The player of slow motion: at which step it is, whether it goes on by itself, how fast. A value and what may happen to it. Pure. */

export const SPEEDS = [0.5, 1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

/** How long a step is shown at speed 1: long enough to read a sentence and two numbers. */
export const STEP_MS = 5_000;

export interface Player {
  /** Of `count` steps, from 0. */
  readonly at: number;
  readonly count: number;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  /** How much of this step's time is over, 0 to 1. */
  readonly share: number;
}

export const atStart = (count: number, speed: Speed = 1): Player => ({ at: 0, count, isPlaying: false, speed, share: 0 });

export const isAtEnd = ({ at, count }: Player): boolean => at >= count - 1;

/** From the last step it plays once more from the first. */
export function play(player: Player): Player {
  if (player.count === 0) return player;
  return isAtEnd(player) ? { ...player, at: 0, share: 0, isPlaying: true } : { ...player, isPlaying: true };
}

export const pause = (player: Player): Player => ({ ...player, isPlaying: false });

export const toggle = (player: Player): Player => (player.isPlaying ? pause(player) : play(player));

/** Who chooses a step wants to look at it. */
export function goTo(player: Player, at: number): Player {
  const to = Math.max(0, Math.min(Math.round(at), player.count - 1));
  return { ...player, at: to, share: 0, isPlaying: false };
}

export const goBy = (player: Player, by: number): Player => goTo(player, player.at + by);

export const withSpeed = (player: Player, speed: Speed): Player => ({ ...player, speed });

/** So many milliseconds have gone by; a step whose numbers are still on their way takes no time. */
export function passed(player: Player, elapsedMs: number, isShown: boolean): Player {
  if (!player.isPlaying || !isShown) return player;
  const share = player.share + (elapsedMs * player.speed) / STEP_MS;
  if (share < 1) return { ...player, share };
  if (isAtEnd(player)) return { ...player, share: 1, isPlaying: false };
  return { ...player, at: player.at + 1, share: 0 };
}

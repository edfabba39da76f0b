import { describe, expect, it } from 'vitest';

import { atStart, goBy, goTo, isAtEnd, pause, passed, play, STEP_MS, toggle, withSpeed, type Player } from './player';

const at = (step: number, more: Partial<Player> = {}): Player => ({ ...atStart(5), at: step, ...more });

describe('the player', () => {
  it('plays step by step and stops at the last', () => {
    let player = play(atStart(3));
    const seen = [player.at];
    while (player.isPlaying) {
      player = passed(player, STEP_MS / 4, true);
      if (player.at !== seen.at(-1)) seen.push(player.at);
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(isAtEnd(player)).toBe(true);
    expect(play(player)).toMatchObject({ at: 0, isPlaying: true });
  });

  it('takes less time for a step the faster it plays', () => {
    const player = withSpeed(play(at(0)), 4);
    expect(passed(player, STEP_MS / 4, true).at).toBe(1);
    expect(passed(player, STEP_MS / 5, true).at).toBe(0);
  });

  it('waits where the numbers of a step are still on their way', () => {
    const player = play(at(2));
    expect(passed(player, 10 * STEP_MS, false)).toBe(player);
    expect(passed(pause(player), 10 * STEP_MS, true).at).toBe(2);
  });

  it('steps back and forth within its bounds, and stops playing when somebody does', () => {
    const playing = play(at(2, { share: 0.7 }));
    expect(goBy(playing, -1)).toMatchObject({ at: 1, isPlaying: false, share: 0 });
    expect(goBy(at(0), -1).at).toBe(0);
    expect(goBy(at(4), 1).at).toBe(4);
    expect(goTo(playing, 99).at).toBe(4);
    expect(goTo(atStart(0), 3).at).toBe(0);
  });

  it('toggles, and has nothing to play without steps', () => {
    expect(toggle(at(1)).isPlaying).toBe(true);
    expect(toggle(toggle(at(1))).isPlaying).toBe(false);
    expect(play(atStart(0)).isPlaying).toBe(false);
  });
});

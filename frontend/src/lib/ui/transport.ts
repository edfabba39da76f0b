/** What play, pause and step mean in each state of the session; shared by the buttons and the keyboard. */
import { walk } from '../network/slow/walk.svelte';
import type { Session } from '../state/session.svelte';

/** A diverged run has to go back first, a failed or closed one does not run at all. */
export function canRun(session: Session): boolean {
  return session.canEdit && ['compiling', 'running', 'paused'].includes(session.status.state);
}

export const playLabel = (session: Session): string => (session.wantsToPlay ? 'Pause' : 'Play');

export function togglePlay(session: Session): void {
  if (canRun(session)) void session.control(session.wantsToPlay ? 'pause' : 'play');
}

/** It takes an update of its own, so it is open where one may step. */
export function toggleSlowMotion(session: Session): void {
  if (walk.isOpen || canRun(session)) walk.toggle();
}

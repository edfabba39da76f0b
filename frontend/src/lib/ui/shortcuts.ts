/** The page's keys. Typing into a field is never a shortcut. */
import type { Session } from '../state/session.svelte';
import { canRun, togglePlay } from './transport';

export const SHORTCUTS = [
  { keys: 'Space', does: 'Play or pause' },
  { keys: 'S', does: 'One update' },
  { keys: 'R', does: 'Reset to update 0' },
  { keys: 'P', does: 'Pin the run' },
  { keys: 'Ctrl Z', does: 'Undo the last edit' },
  { keys: '?', does: 'This help' },
] as const;

interface Actions {
  showHelp: () => void;
  pin: () => void;
}

/** Handle a key press on the page; true if it was a shortcut. */
export function pressed(event: KeyboardEvent, session: Session, { showHelp, pin }: Actions): boolean {
  const target = event.target as Element;
  if (target.closest('input, select, textarea, [contenteditable]')) return false;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z') {
    session.undo();
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key) {
    case ' ':
      // On a button the space bar presses the button.
      if (target.closest('button, a, [role="button"], summary')) return false;
      togglePlay(session);
      return true;
    case 's':
      if (canRun(session)) void session.control('step', { updates: 1 });
      return true;
    case 'r':
      void session.control('reset');
      return true;
    case 'p':
      pin();
      return true;
    case '?':
      showHelp();
      return true;
    default:
      return false;
  }
}

/** The page's keys. Typing into a field or a large window is never a shortcut. */
import { lesson } from '../state/lesson.svelte';
import type { Session } from '../state/session.svelte';
import { canRun, togglePlay, toggleSlowMotion } from './transport';

export const SHORTCUTS = [
  { keys: 'Space', does: 'Play or pause' },
  { keys: 'S', does: 'One update' },
  { keys: 'M', does: 'Slow motion: one update, step by step' },
  { keys: 'R', does: 'Reset to update 0' },
  { keys: 'P', does: 'Pin the run' },
  { keys: 'A', does: 'Add a layer (or /)' },
  { keys: 'Del', does: 'Remove the chosen layers' },
  { keys: 'Ctrl D', does: 'Duplicate the chosen layers' },
  { keys: 'Ctrl Z', does: 'Undo the last edit' },
  { keys: 'Ctrl Shift Z', does: 'Redo what was undone (or Ctrl Y)' },
  { keys: '?', does: 'This help' },
] as const;

interface Actions {
  showHelp: () => void;
  pin: () => void;
}

/** What has an undo of its own. Sliders and boxes have none: there the keys mean the experiment. */
const TYPED_INTO = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, [contenteditable], dialog';

function historyMove({ ctrlKey, metaKey, altKey, shiftKey, key }: KeyboardEvent): 'undo' | 'redo' | null {
  if (!(ctrlKey || metaKey) || altKey) return null;
  const letter = key.toLowerCase();
  if (letter === 'z') return shiftKey ? 'redo' : 'undo';
  return letter === 'y' && !shiftKey ? 'redo' : null;
}

/** Handle a key press on the page; true if it was a shortcut. */
export function pressed(event: KeyboardEvent, session: Session, { showHelp, pin }: Actions): boolean {
  const target = event.target as Element;
  if (target.closest(TYPED_INTO)) return false;
  const wanted = historyMove(event);
  if (wanted !== null) {
    session[wanted]();
    return true;
  }
  if (target.closest('input, select')) return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  switch (event.key) {
    case ' ':
      // On a button the space bar presses the button.
      if (target.closest('button, a, [role="button"], summary')) return false;
      if (!lesson.hides('play')) togglePlay(session);
      return true;
    case 's':
      if (canRun(session) && !lesson.hides('step')) void session.control('step', { updates: 1 });
      return true;
    case 'm':
      if (!lesson.hides('step')) toggleSlowMotion(session);
      return true;
    case 'r':
      if (!lesson.hides('reset')) void session.control('reset');
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

/** The keys of the editor. Typing into a field, a menu or a dialog is never one. */
import type { Stage } from './stage.svelte';

const ELSEWHERE = 'input, select, textarea, [contenteditable], dialog, [popover]';

export function keyed(event: KeyboardEvent, stage: Stage): void {
  const { session, editing } = stage;
  const target = event.target as Element;
  if (event.defaultPrevented || event.altKey || target.closest(ELSEWHERE) || !session.canEdit) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== 'd' || editing.layers.length === 0 || editing.isFull) return;
    editing.duplicate();
  } else if (event.key === '/' || event.key === 'a') {
    if (editing.isFull) return;
    editing.open();
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    if (editing.layers.length === 0) return;
    editing.remove();
  } else if (event.key === 'Escape' && editing.chosen.size > 0) {
    editing.chosen.clear();
  } else {
    return;
  }
  event.preventDefault();
}

/** The page's own shape: which of the three layouts it has and which of its parts is open. */
import { MediaQuery } from 'svelte/reactivity';

export const TABS = ['data', 'network', 'output', 'time'] as const;
export type Tab = (typeof TABS)[number];

class Page {
  #phone = new MediaQuery('max-width: 720px');
  #narrow = new MediaQuery('max-width: 1200px');
  /** The part a phone shows. */
  tab: Tab = $state('network');
  /** The data panel where it is a drawer. */
  dataOpen = $state(false);
  /** The large window over the page that is open, a key of `DIALOGS`. */
  dialog: string | null = $state(null);

  get isPhone(): boolean {
    return this.#phone.current;
  }

  /** Between phone and desktop the data panel comes out of the side. */
  get hasDataDrawer(): boolean {
    return this.#narrow.current && !this.#phone.current;
  }
}

export const page = new Page();

/** The drawing of the network view, for other views that show one of its pictures: null while there is none. */

import type { Driver } from './driver';

class Drawn {
  driver: Driver | null = $state.raw(null);
}

export const drawn = new Drawn();

import type { AxesChoice } from './axes';

/** How the output is shown; a link may say so too. */
class View {
  testSamples = $state(false);
  hardEdges = $state(false);
  /** What the maps of a table are drawn over; null until something is chosen. */
  axes: AxesChoice | null = $state.raw(null);
}

export const view = new View();

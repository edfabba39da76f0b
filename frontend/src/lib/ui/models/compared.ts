/** What is compared outlives the window: opened again, the same models are there with their answers. */
import { fitModel } from '../../state/api';
import { Fits } from '../../state/fits.svelte';

export const compared = new Fits(fitModel);
export const clustered = new Fits(fitModel);

/** Compared at first: one that draws a line, one that asks questions, one that only remembers. */
export const FIRST: Record<'classification' | 'regression', readonly string[]> = {
  classification: ['logistic_regression', 'decision_tree', 'nearest_neighbours'],
  regression: ['linear_regression', 'decision_tree', 'nearest_neighbours'],
};

/** What the server says of the layers of an experiment, by the names they have on the page. */
import type { Checked, Experiment, LayerCheck } from '../schema.gen';

export type LayerFacts = LayerCheck;
export type FlowKind = LayerCheck['kind'];

export interface Shapes {
  /** Of `x`. */
  readonly input: readonly number[];
  readonly inputKind: Checked['input_kind'];
  /** By the names on the page. */
  readonly layers: ReadonlyMap<string, LayerFacts>;
}

/** Something wrong, at the layer where it is made. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** JSON pointer into the experiment. */
  readonly field: string;
  readonly repair: { readonly say: string; readonly experiment: Experiment } | null;
}

/**
 * Deep networks: runs of equal layers beyond what fits become one card.
 */

import type { LayerModel } from './model';

export interface LayerItem {
  readonly kind: 'layer';
  readonly id: string;
  readonly layer: LayerModel;
}

export interface RunItem {
  readonly kind: 'run';
  /** `run ` and the name of the first layer of the whole run, so that it outlives what is shown of the run. */
  readonly id: string;
  readonly layers: readonly LayerModel[];
}

export type Item = LayerItem | RunItem;

/** A run shorter than this is not worth hiding. */
const SHORTEST_RUN = 4;

interface Run {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * Items for a rack with room for `room` hidden cards. Nothing collapses while up to twice as many would do (the view
 * zooms out instead); beyond that the longest runs shrink first, keeping their ends. `open` names runs to leave alone.
 */
export function collapse(layers: readonly LayerModel[], room: number, open: ReadonlySet<string>): Item[] {
  const hidden = layers.filter((layer) => layer.role === 'hidden').length;
  const single = (layer: LayerModel): Item => ({ kind: 'layer', id: layer.name, layer });
  if (hidden <= 2 * room) return layers.map(single);

  const folds = new Map<number, Run>();
  let excess = hidden - room;
  for (const run of equalRuns(layers).sort((a, b) => b.to - b.from - (a.to - a.from))) {
    if (excess <= 0) break;
    if (open.has(runId(layers[run.from]))) continue;
    const length = run.to - run.from;
    // One card stands for what is hidden, so hiding k layers saves k − 1 cards.
    const hide = Math.min(length, excess + 1);
    const kept = length - hide;
    const from = run.from + Math.ceil(kept / 2);
    folds.set(from, { from, to: from + hide });
    excess -= hide - 1;
  }

  const items: Item[] = [];
  for (let index = 0; index < layers.length; ) {
    const fold = folds.get(index);
    const layer = layers[index];
    if (fold !== undefined) {
      items.push({ kind: 'run', id: runId(firstOfRun(layers, index)), layers: layers.slice(fold.from, fold.to) });
      index = fold.to;
    } else {
      if (layer !== undefined) items.push(single(layer));
      index++;
    }
  }
  return items;
}

/** The runs of a network that could be folded, by id, with their length: what "fold again" offers. */
export function foldableRuns(layers: readonly LayerModel[]): Map<string, number> {
  return new Map(equalRuns(layers).map((run) => [runId(layers[run.from]), run.to - run.from]));
}

function equalRuns(layers: readonly LayerModel[]): Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < layers.length; ) {
    let to = from + 1;
    while (to < layers.length && alike(layers[from], layers[to])) to++;
    if (to - from >= SHORTEST_RUN) runs.push({ from, to });
    from = to;
  }
  return runs;
}

function firstOfRun(layers: readonly LayerModel[], index: number): LayerModel | undefined {
  let first = index;
  while (first > 0 && alike(layers[first - 1], layers[first])) first--;
  return layers[first];
}

function runId(first: LayerModel | undefined): string {
  return `run ${first?.name ?? ''}`;
}

function alike(one: LayerModel | undefined, other: LayerModel | undefined): boolean {
  const a = one?.dense ?? null;
  const b = other?.dense ?? null;
  return (
    a?.type === 'dense' &&
    b?.type === 'dense' &&
    a.units === b.units &&
    a.activation === b.activation &&
    a.initializer === b.initializer &&
    one?.picture === other?.picture
  );
}

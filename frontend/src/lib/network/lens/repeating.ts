/** A repeated block under the glass: a turn, and a layer inside of it. Pure. */
import type { Repeat } from '../../schema.gen';
import { titleOf } from '../../render/titles';
import { INPUT } from '../../state/layers';
import type { FlowKind } from '../../state/shapes';
import type { Look, Scene } from './look';
import { chooser, kindOf } from './sheet';
import { part, slice, within, type Inside, type Part } from './tensors';

export function repeatLook(scene: Scene & { layer: Repeat }, lookOf: (scene: Scene) => Look): Look {
  const { layer, place } = scene;
  const turn = within(place.turn, layer.times);
  const names = layer.layers.map(({ name }, index) => name ?? String(index + 1));
  const chosen = Math.max(0, names.indexOf(place.inner));
  const inner = layer.layers[chosen];
  if (inner === undefined) throw new RangeError('A repeated block has layers');
  const sources = inner.inputs ?? [chosen === 0 ? INPUT : (names[chosen - 1] ?? INPUT)];
  const inside = insideTurn(scene.inside, names, chosen, sources, turn);
  const kindBy = (tensor: Part): FlowKind => kindOf(tensor.shape, scene.kind === 'signal' ? 'signal' : 'sequence');
  const look = lookOf({
    ...scene,
    layer: inner,
    inside,
    sources: sources.map((source) => (source === INPUT ? (turn === 0 ? (scene.sources[0] ?? INPUT) : `turn ${turn}`) : source)),
    reads: sources.map((_, number) => kindBy(part(inside, number === 0 ? 'read' : `read_${number}`))),
    kind: kindBy(part(inside, 'a')),
  });
  return {
    ...look,
    formula: `Turn ${turn + 1} of ${layer.times}, ${titleOf(inner)}: ${look.formula}`,
    choosers: [
      chooser('Turn', turn, layer.times, 'turn'),
      { label: 'Layer inside', value: chosen, count: names.length, names: layer.layers.map(titleOf), pick: (index) => ({ inner: names[index] ?? '', stage: '' }) },
      ...look.choosers,
    ],
  };
}

/** What one layer of the block reads and makes in one turn. */
export function insideTurn(inside: Inside, names: readonly string[], chosen: number, sources: readonly string[], turn: number): Inside {
  const prefix = `${names[chosen]}.`;
  const parts = new Map<string, Part>();
  for (const [name, tensor] of inside.parts) {
    if (name.startsWith(prefix)) parts.set(name.slice(prefix.length), slice(tensor, turn));
  }
  const answerOf = (name: string, at: number): Part => slice(part(inside, `${name}.a`), at);
  sources.forEach((source, number) => {
    // What the block reads is in every later turn what it made in the one before.
    const read = source !== INPUT ? answerOf(source, turn) : turn === 0 ? part(inside, 'read') : answerOf(names.at(-1) ?? '', turn - 1);
    parts.set(number === 0 ? 'read' : `read_${number}`, read);
  });
  return { ...inside, parts };
}

/**
 * The hand on the network: which layers are chosen, where the next one goes, what is being connected; and the edits that
 * follow from it.
 */
import { SvelteSet } from 'svelte/reactivity';

import { layerTitle, type LayerModel } from '../render/model';
import { typeName } from '../render/titles';
import { INPUT, OUTPUT, type LayerType } from '../state/layers';
import type { Session } from '../state/session.svelte';
import { addAfter, connect, disconnect, duplicate, group, insertBetween, obstacle, removeLayers, ungroup, ungroupable } from './graphedits';
import { fitted, newLayer } from './layertypes';

/** Where a layer goes: after one (`null`: at the end), or between two. */
export type Target =
  | { readonly kind: 'after'; readonly name: string | null }
  | { readonly kind: 'between'; readonly from: string; readonly to: string; readonly said: string };

export class Editing {
  /** Names the chosen layers had when they were chosen. */
  readonly chosen = new SvelteSet<string>();
  /** Where the palette, which is open, puts what is picked. */
  target: Target | null = $state.raw(null);
  /** The layer whose output is being connected, and where the pointer is, in pixels of the window. */
  connecting: { readonly from: string; readonly x: number; readonly y: number } | null = $state.raw(null);

  constructor(
    private readonly session: Session,
    private readonly models: () => readonly LayerModel[],
  ) {}

  /** The names they have now. */
  get names(): ReadonlySet<string> {
    return new Set([...this.chosen].map((name) => this.session.nameNow(name)));
  }

  /** The chosen layers that are still there, in the order data flow. */
  get layers(): LayerModel[] {
    const names = this.names;
    return this.models().filter(({ name, role }) => role === 'hidden' && names.has(name));
  }

  get isFull(): boolean {
    return this.session.experiment.network.layers.length >= this.session.limits.layers;
  }

  /** Choose one; with `more` also those that were, with `range` also all between. */
  choose(name: string, { more = false, range = false } = {}): void {
    const before = [...this.names];
    const isAgain = before.includes(name);
    this.chosen.clear();
    if (more || range) for (const each of before) this.chosen.add(each);
    if (isAgain && (more || before.length === 1)) {
      this.chosen.delete(name);
      return;
    }
    const order = this.models().filter(({ role }) => role === 'hidden').map((model) => model.name);
    const [from, to] = [order.indexOf(before.at(-1) ?? name), order.indexOf(name)];
    const between = range ? order.slice(Math.min(from, to), Math.max(from, to) + 1) : [name];
    for (const each of between) this.chosen.add(each);
  }

  /** The palette for what comes after the chosen layer, or the last. */
  open(): void {
    this.target = { kind: 'after', name: this.layers.at(-1)?.name ?? null };
  }

  add(type: LayerType, target: Target): void {
    let made = '';
    this.session.edit(
      `Add ${typeName(type)}`,
      (draft, fresh) => {
        made = fresh();
        const now = (name: string): string => this.session.nameNow(name);
        const before = now(target.kind === 'between' ? target.from : (target.name ?? draft.network.layers.at(-1)?.name ?? INPUT));
        const inputs = this.models()[0]?.units ?? 0;
        const layer = fitted(newLayer(this.session.catalog, type), draft.network.layers, before, Math.min(inputs, this.session.limits.units));
        if (target.kind === 'between') insertBetween(draft, before, now(target.to), layer, made);
        else addAfter(draft, before, layer, made);
      },
      { alone: true },
    );
    this.chosen.clear();
    this.chosen.add(made);
  }

  remove(): void {
    const { layers } = this;
    if (layers.length === 0) return;
    const names = new Set(layers.map(({ name }) => name));
    this.session.edit(`Remove ${said(layers)}`, (draft) => removeLayers(draft, names), { alone: true });
    this.chosen.clear();
  }

  /** Nothing between the input and the output. */
  clear(): void {
    this.session.edit('Empty canvas', (draft) => (draft.network.layers = []), { alone: true });
    this.chosen.clear();
  }

  duplicate(): void {
    const { layers } = this;
    this.session.edit(
      `Duplicate ${said(layers)}`,
      (draft, fresh) => {
        for (const { name } of layers) duplicate(draft, name, fresh());
      },
      { alone: true },
    );
  }

  /** Why the chosen layers cannot be repeated. */
  get ungroupable(): string | null {
    return ungroupable(this.session.experiment, new Set(this.layers.map(({ name }) => name)));
  }

  group(times: number): void {
    const names = new Set(this.layers.map(({ name }) => name));
    let made = '';
    this.session.edit(`Repeat ${said(this.layers)}`, (draft, fresh) => group(draft, names, times, (made = fresh())), { alone: true });
    this.chosen.clear();
    this.chosen.add(made);
  }

  ungroup(name: string): void {
    this.session.edit('Take a block apart', (draft, fresh) => ungroup(draft, name, fresh), { alone: true });
    this.chosen.clear();
  }

  connect(from: string, to: string): void {
    const reason = obstacle(this.session.experiment, from, to);
    if (reason !== null) return this.session.tell(reason, 'bad');
    this.session.edit('Connect layers', (draft) => connect(draft, from, to), { alone: true });
  }

  disconnect(from: string, to: string): void {
    this.session.edit('Disconnect layers', (draft) => disconnect(draft, from, to), { alone: true });
  }

  /** Layers that this one may read. */
  sourcesFor(to: string): LayerModel[] {
    return this.models().filter(({ name }) => name !== OUTPUT && obstacle(this.session.experiment, name, to) === null);
  }
}

function said(layers: readonly LayerModel[]): string {
  const [first] = layers;
  return layers.length === 1 && first ? layerTitle(first) : `${layers.length} layers`;
}

/** Single weights and biases: how the experiment and the wire name them, and how people do. Pure but for the draft. */
import { layerTitle, sourceOf as readBy, type LayerModel } from '../render/model';
import type { Cell, Experiment } from '../schema.gen';
import { keyOf, type CellPlace } from '../state/cells';
import { plainName, unitName } from './labels';

type Source = Cell['source'];

function feeding(place: Pick<CellPlace, 'layer'>, models: readonly LayerModel[]): LayerModel | undefined {
  return readBy(models.find(({ name }) => name === place.layer), models);
}

/** Inputs go by their names, units by their number. */
export function sourceOf(place: CellPlace, models: readonly LayerModel[]): Source {
  const before = feeding(place, models);
  if (place.source === null) return null;
  return before?.role === 'input' ? before.labels[place.source] : place.source;
}

export function cellOf(place: CellPlace, models: readonly LayerModel[], value: number): Cell {
  const source = sourceOf(place, models);
  return { layer: place.layer, unit: place.unit, value, ...(source === null ? {} : { source }) };
}

/** Where a pin holds; null where its layer, unit or source is not there now. */
export function placeOfPin(pin: Cell, models: readonly LayerModel[]): CellPlace | null {
  const layer = models.find(({ name }) => name === pin.layer);
  const before = feeding(pin, models);
  if (!layer || !before || pin.unit >= layer.units) return null;
  const source = pin.source ?? null;
  if (source === null) return { layer: pin.layer, unit: pin.unit, source };
  const index = typeof source === 'string' ? before.labels.indexOf(source) : before.role === 'input' ? -1 : source;
  return index < 0 || index >= before.units ? null : { layer: pin.layer, unit: pin.unit, source: index };
}

export function pinnedAt(experiment: Experiment, place: CellPlace, models: readonly LayerModel[]): number | null {
  const key = keyOf(place);
  const found = experiment.network.pins.find((pin) => {
    const at = placeOfPin(pin, models);
    return at !== null && keyOf(at) === key;
  });
  return found?.value ?? null;
}

/** Hold it at a value, or let it go. */
export function pin(draft: Experiment, place: CellPlace, models: readonly LayerModel[], value: number | null): void {
  const key = keyOf(place);
  const { network } = draft;
  const others = network.pins.filter((each) => {
    const at = placeOfPin(each, models);
    return at === null || keyOf(at) !== key;
  });
  network.pins = value === null ? others : [...others, cellOf(place, models, value)];
}

export function cellName(place: CellPlace, models: readonly LayerModel[]): string {
  const layer = models.find(({ name }) => name === place.layer);
  const to = layer ? unitName(layer, place.unit) : place.layer;
  if (place.source === null) return `Bias of ${to}`;
  const before = feeding(place, models);
  const from = before?.labels[place.source] ?? (before ? `neuron ${place.source + 1} of ${layerTitle(before)}` : '');
  return `Weight from ${plainName(from)} to ${to}`;
}

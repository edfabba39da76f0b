/** Units that answer a value whatever they read, and units whose weights stay. Pure but for the draft. */
import type { HeldMark } from '../render/marks';
import { isWhole, OUTPUT, type LayerModel } from '../render/model';
import type { Clamp, Experiment, FrozenUnit } from '../schema.gen';

interface UnitPlace {
  readonly layer: string;
  readonly unit: number;
}

const isAt = (place: UnitPlace) => (each: UnitPlace): boolean => each.layer === place.layer && each.unit === place.unit;

/** What the unit is held at; null where it is free. */
export function heldAt({ network }: Experiment, place: UnitPlace): number | null {
  return network.clamps?.find(isAt(place))?.value ?? null;
}

export function isFrozen({ network }: Experiment, place: UnitPlace): boolean {
  return network.frozen_units?.some(isAt(place)) ?? false;
}

/** Hold it at a value, or let it go. */
export function hold({ network }: Experiment, { layer, unit }: UnitPlace, value: number | null): void {
  const others = network.clamps?.filter((each) => !isAt({ layer, unit })(each)) ?? [];
  const clamps: Clamp[] = value === null ? others : [...others, { layer, unit, value }];
  if (clamps.length > 0) network.clamps = clamps;
  else delete network.clamps;
}

/** Its weights stay as they are, or train with the others. */
export function freeze({ network }: Experiment, { layer, unit }: UnitPlace, stays: boolean): void {
  const others = network.frozen_units?.filter((each) => !isAt({ layer, unit })(each)) ?? [];
  const frozen: FrozenUnit[] = stays ? [...others, { layer, unit }] : others;
  if (frozen.length > 0) network.frozen_units = frozen;
  else delete network.frozen_units;
}

/** Units between the input and the output can be held. */
export const canBeHeld = ({ role, fresh, picture }: LayerModel): boolean => role === 'hidden' && !fresh && picture !== 'none';

/** Units that have weights of their own can stay; the layers of a repeated block stay as a whole. */
export function canBeFrozen({ name, layer, fresh }: LayerModel): boolean {
  if (name === OUTPUT) return true;
  if (layer === null || fresh || layer.type === 'repeat') return false;
  return 'frozen' in layer && !(layer.type === 'positional_encoding' && layer.kind === 'sinusoidal');
}

/** +0.5: as few digits as say it. */
export function valueWords(value: number): string {
  const digits = String(Math.abs(Number(value.toPrecision(3))));
  return value < 0 ? `−${digits}` : value > 0 ? `+${digits}` : digits;
}

/** "silenced", "held at +0.5", "frozen", both, or nothing; where one tile stands for all units, how many of them. */
export function heldWords(experiment: Experiment, model: LayerModel, unit: number): string {
  const { clamps, frozen_units: frozen } = experiment.network;
  if (!clamps && !frozen) return '';
  if (isWhole(model)) {
    const count = (units: readonly UnitPlace[] | null | undefined): number =>
      units?.filter((each) => each.layer === model.name && each.unit < model.units).length ?? 0;
    return joined(count(clamps) > 0 && `${count(clamps)} held`, count(frozen) > 0 && `${count(frozen)} frozen`);
  }
  const place = { layer: model.name, unit };
  return joined(heldIn(heldAt(experiment, place)), isFrozen(experiment, place) && 'frozen');
}

/** In words what a unit is held at; nothing where it is free. */
export function heldIn(value: number | null): string {
  if (value === null) return '';
  return value === 0 ? 'silenced' : `held at ${valueWords(value)}`;
}

export const joined = (...words: (string | false)[]): string => words.filter(Boolean).join(', ');

/** What the tiles carry; one that stands for all units of its layer carries what any of them does. */
export function heldMarks({ network }: Experiment, models: readonly LayerModel[]): HeldMark[] {
  const marks = new Map<string, HeldMark>();
  const mark = ({ layer, unit }: UnitPlace, change: Partial<HeldMark>): void => {
    const model = models.find(({ name }) => name === layer);
    if (model === undefined || unit >= model.units) return;
    const tile = isWhole(model) ? 0 : unit;
    const key = `${layer}/${tile}`;
    marks.set(key, { layer, unit: tile, silent: false, held: false, frozen: false, ...marks.get(key), ...change });
  };
  for (const clamp of network.clamps ?? []) {
    const whole = models.some((model) => model.name === clamp.layer && isWhole(model));
    // A layer of which one unit is silent still speaks.
    mark(clamp, clamp.value === 0 && !whole ? { silent: true } : { held: true });
  }
  for (const unit of network.frozen_units ?? []) mark(unit, { frozen: true });
  return [...marks.values()];
}

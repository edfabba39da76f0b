/** What the learning rate is multiplied with as the run goes on: the formulas of `spec/training.py`, for its curve. Pure. */
import type { Training } from '../schema.gen';

export type Schedule = Training['schedule'];

/** With so many updates done. */
export function shareAt(schedule: Schedule, update: number): number {
  if (update < schedule.warmup) return (update + 1) / schedule.warmup;
  return after(schedule, update - schedule.warmup);
}

function after(schedule: Schedule, t: number): number {
  switch (schedule.type) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.factor ** Math.floor(t / schedule.every);
    case 'exponential':
      return schedule.factor ** (t / schedule.every);
    case 'cosine':
      return schedule.floor + ((1 - schedule.floor) * (1 + Math.cos((Math.PI * Math.min(t, schedule.updates)) / schedule.updates))) / 2;
  }
}

const STEPS_SHOWN = 6;
const LEAST_SHOWN = 1_000;
/** The marker keeps away from the right edge. */
const ROOM = 1.15;

/** Updates worth showing: the interesting part, and where the run is. */
export function horizon(schedule: Schedule, update: number): number {
  const interesting =
    schedule.type === 'constant'
      ? Math.max(LEAST_SHOWN, 2 * schedule.warmup)
      : schedule.warmup + (schedule.type === 'cosine' ? schedule.updates : STEPS_SHOWN * schedule.every);
  return Math.ceil(Math.max(interesting, update) * ROOM);
}

export function describeSchedule(schedule: Schedule): string {
  const count = (updates: number): string => `${updates.toLocaleString('en-US')} update${updates === 1 ? '' : 's'}`;
  const begin = schedule.warmup > 0 ? `Rises over the first ${count(schedule.warmup)}, then ` : '';
  const rest = {
    constant: () => 'stays as it is',
    step: (every: number, factor: number) => `is multiplied by ${factor} every ${count(every)}`,
    exponential: (every: number, factor: number) => `falls smoothly, by a factor of ${factor} in ${count(every)}`,
    cosine: (updates: number, floor: number) =>
      `falls along a half cosine to ${floor === 0 ? 'zero' : `${Number((100 * floor).toPrecision(3))} %`} at ${count(updates)}`,
  };
  const said =
    schedule.type === 'constant'
      ? rest.constant()
      : schedule.type === 'cosine'
        ? rest.cosine(schedule.updates, schedule.floor)
        : rest[schedule.type](schedule.every, schedule.factor);
  return begin + (begin === '' ? `The rate ${said}` : said);
}

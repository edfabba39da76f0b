/** What of the panel is in use, in a word each: the strip tells it without opening anything. Pure. */
import type { Training } from '../../schema.gen';
import { nameOf } from '../names';

export function beyondPlain({ class_weights, schedule, clipping, stop }: Training): string[] {
  return [
    ...(class_weights === 'none' ? [] : ['balanced classes']),
    ...(schedule.type === 'constant' ? [] : [`${nameOf(schedule.type).toLowerCase()} schedule`]),
    ...(schedule.warmup === 0 ? [] : ['warm-up']),
    ...(clipping.type === 'none' ? [] : ['clipping']),
    ...(stopWords(stop).length === 0 ? [] : ['stop rule']),
  ];
}

/** What each rule waits for. */
export function stopWords({ epochs, seconds, target, patience }: Training['stop']): string[] {
  const count = (value: number, unit: string): string => `${value.toLocaleString('en-US')} ${unit}${value === 1 ? '' : 's'}`;
  return [
    ...(epochs ? [`after ${count(epochs, 'epoch')}`] : []),
    ...(seconds ? [`after ${count(seconds, 'second')} of training`] : []),
    ...(target ? [`when ${nameOf(target.metric).toLowerCase().replace('r²', 'R²')} is ${target.metric.endsWith('loss') ? 'at most' : 'at least'} ${target.value}`] : []),
    ...(patience
      ? [`when test loss has not fallen${patience.min_delta > 0 ? ` by more than ${patience.min_delta}` : ''} for ${count(patience.epochs, 'epoch')}`]
      : []),
  ];
}

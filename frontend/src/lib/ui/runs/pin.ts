/** Pinning the run that is shown: its curve at once, its answer over the plane that is shown with the next frame. */
import { reachOf } from '../../render/points';
import type { Axes } from '../../state/axes';
import { toBase64 } from '../../state/base64';
import type { Pins, PinnedMap } from '../../state/pins.svelte';
import type { Plane } from '../../state/plane.svelte';
import type { Samples } from '../../state/samples.svelte';
import type { Session } from '../../state/session.svelte';
import { outputAsk } from '../output/mapchannel.svelte';

/** A paused run sends a frame at once, a busy one within this. */
const PATIENCE_MS = 5_000;

export function pinRun(session: Session, pins: Pins, samples: Samples, plane: Plane): void {
  const { latest, points } = session.metrics;
  if (!latest) return;
  const { facts, experiment } = session;
  const { update, epoch } = latest;
  const id = pins.pin({ title: facts.title, task: facts.task, update, epoch, points, experiment });
  if (id === null || !plane.hasMaps) return;
  const scale = samples.train ? reachOf(samples.train.targets, samples.train.targetMean) / samples.train.targetStd : 1;
  catchMap(session, plane.axes, scale, (map) => pins.change(id, { map }));
}

/** The first map that comes; none where the run has gone on to another line of history meanwhile. */
function catchMap(session: Session, axes: Axes | undefined, scale: number, caught: (map: PinnedMap) => void): void {
  const { run } = session.status;
  const ask = outputAsk(session, axes);
  const subscription = session.subscribe(ask);
  const look = (): void => {
    if (session.status.run !== run) return end();
    const { channel, facts } = subscription;
    const levels = channel === undefined ? undefined : session.frames.get(channel, 'output');
    const range = channel === undefined ? undefined : session.frames.get(channel, 'output.range');
    if (channel === undefined || !levels || !range) return;
    caught({
      levels: toBase64(levels.data as Uint8Array),
      units: levels.shape[0] ?? 0,
      resolution: levels.shape[1] ?? 0,
      low: range.data[0] ?? 0,
      high: range.data[1] ?? 0,
      activation: facts?.activation as string | undefined,
      scale,
      ask: JSON.stringify(ask),
      domain: (facts?.domain as number[] | undefined) ?? [],
      update: session.frames.updateOf(channel),
    });
    end();
  };
  const removeListener = session.frames.onFrame(look);
  const timer = setTimeout(end, PATIENCE_MS);
  function end(): void {
    clearTimeout(timer);
    removeListener();
    subscription.close();
  }
  look();
}

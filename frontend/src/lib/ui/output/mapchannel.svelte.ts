/** Which map the output panel shows: the network's answer, or the neuron that is hovered, once it rests there. */
import type { Axes } from '../../state/axes';
import type { Plane } from '../../state/plane.svelte';
import type { Selection, ChosenNeuron } from '../../state/selection.svelte';
import type { Session } from '../../state/session.svelte';
import { shownPlane } from '../../state/shownplane.svelte';
import type { SubscribeAsk, Subscription } from '../../state/subscription.svelte';

const OUTPUT = 'output';
const FINE = 100;
/** Each class is a map of its own, so that many classes share one map's bytes. */
const FINE_OF_MANY = 50;
/** Multiplications of one answer beyond which a map costs training more than it shows. */
const HEAVY_OPERATIONS = 50_000;
const HEAVY = { resolution: FINE_OF_MANY, max_fps: 10 } as const;
/** A pointer that only passes over neurons asks for nothing. */
const REST_MS = 90;

export interface MapChannel {
  /** Null for the output. */
  readonly neuron: ChosenNeuron | null;
  readonly layer: string;
  readonly channel: string | undefined;
  readonly facts: Record<string, unknown> | undefined;
  /** What it is drawn over, with the facts; undefined for data of the plane. */
  readonly axes: Axes | undefined;
}

/** The network's own answer, as large as the panel shows it. */
export function outputAsk(session: Session, axes?: Axes): SubscribeAsk {
  const resolution = session.facts.classes.length > 2 ? FINE_OF_MANY : FINE;
  return { stream: 'maps', layers: [OUTPUT], resolution, ...(axes && { axes }) };
}

/** Whether one answer of the network takes long. */
function isHeavy(session: Session): boolean {
  const layers = session.checks.shapes?.layers.values() ?? [];
  return Array.from(layers).reduce((sum, { operations }) => sum + operations, 0) > HEAVY_OPERATIONS;
}

export function mapChannel(session: Session, selection: Selection, plane: Plane): MapChannel {
  let output = $state.raw<Subscription | null>(null);
  let hovered = $state.raw<{ neuron: ChosenNeuron; subscription: Subscription } | null>(null);

  const heavy = $derived(isHeavy(session));

  $effect(() => {
    const subscription = session.subscribe({ ...outputAsk(session, plane.axes), ...(heavy && HEAVY) } as SubscribeAsk);
    output = subscription;
    return () => subscription.close();
  });

  $effect(() => {
    const neuron = selection.hovered;
    const { axes } = plane;
    if (!neuron) return;
    let opened: Subscription | undefined;
    const timer = setTimeout(() => {
      opened = session.subscribe({
        stream: 'maps',
        layers: [neuron.layer],
        units: [neuron.unit, neuron.unit + 1],
        resolution: FINE,
        ...(axes && { axes }),
      });
      hovered = { neuron, subscription: opened };
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      opened?.close();
      hovered = null;
    };
  });

  // The output stays until the neuron's own map is there.
  const shown = $derived(hovered?.subscription.channel === undefined ? null : hovered);
  const source = $derived(shown?.subscription ?? output);
  const answered = shownPlane(() => source);
  return {
    get neuron() {
      return shown?.neuron ?? null;
    },
    get layer() {
      return shown?.neuron.layer ?? OUTPUT;
    },
    get channel() {
      return source?.channel;
    },
    get facts() {
      return answered.current?.facts;
    },
    get axes() {
      return answered.current?.axes;
    },
  };
}

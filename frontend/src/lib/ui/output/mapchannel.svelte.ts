/** Which map the output panel shows: the network's answer, or the neuron that is hovered, once it rests there. */
import type { Axes } from '../../state/axes';
import type { Plane } from '../../state/plane.svelte';
import type { Selection, ChosenNeuron } from '../../state/selection.svelte';
import type { Session } from '../../state/session.svelte';
import type { SubscribeAsk, Subscription } from '../../state/subscription.svelte';

const OUTPUT = 'output';
const FINE = 100;
/** Each class is a map of its own, so that many classes share one map's bytes. */
const FINE_OF_MANY = 50;
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

interface Asked {
  readonly subscription: Subscription;
  readonly axes: Axes | undefined;
}

/** The network's own answer, as large as the panel shows it. */
export function outputAsk(session: Session, axes?: Axes): SubscribeAsk {
  const resolution = session.facts.classes.length > 2 ? FINE_OF_MANY : FINE;
  return { stream: 'maps', layers: [OUTPUT], resolution, ...(axes && { axes }) };
}

export function mapChannel(session: Session, selection: Selection, plane: Plane): MapChannel {
  let output = $state.raw<Asked | null>(null);
  let hovered = $state.raw<(Asked & { neuron: ChosenNeuron }) | null>(null);
  /** What is on the screen until another plane is answered for. */
  let before = $state.raw<{ facts: Record<string, unknown>; axes: Axes | undefined } | null>(null);

  $effect(() => {
    const { axes } = plane;
    const subscription = session.subscribe(outputAsk(session, axes));
    output = { subscription, axes };
    return () => subscription.close();
  });

  $effect(() => {
    const facts = output?.subscription.facts;
    if (output && facts) before = { facts, axes: output.axes };
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
      hovered = { neuron, subscription: opened, axes };
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      opened?.close();
      hovered = null;
    };
  });

  // The output stays until the neuron's own map is there.
  const shown = $derived(hovered?.subscription.channel === undefined ? null : hovered);
  const source = $derived(shown ?? output);
  const known = $derived(source?.subscription.facts ? { facts: source.subscription.facts, axes: source.axes } : before);
  return {
    get neuron() {
      return shown?.neuron ?? null;
    },
    get layer() {
      return shown?.neuron.layer ?? OUTPUT;
    },
    get channel() {
      return source?.subscription.channel;
    },
    get facts() {
      return known?.facts;
    },
    get axes() {
      return known?.axes;
    },
  };
}

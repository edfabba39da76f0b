/** Which map the output panel shows: the network's answer, or the neuron that is hovered, once it rests there. */
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
}

/** The network's own answer, as large as the panel shows it. */
export function outputAsk(session: Session): SubscribeAsk {
  return { stream: 'maps', layers: [OUTPUT], resolution: session.facts.classes.length > 2 ? FINE_OF_MANY : FINE };
}

export function mapChannel(session: Session, selection: Selection): MapChannel {
  let output = $state.raw<Subscription | null>(null);
  let hovered = $state.raw<{ neuron: ChosenNeuron; subscription: Subscription } | null>(null);

  $effect(() => {
    const opened = session.subscribe(outputAsk(session));
    output = opened;
    return () => opened.close();
  });

  $effect(() => {
    const neuron = selection.hovered;
    if (!neuron) return;
    let opened: Subscription | undefined;
    const timer = setTimeout(() => {
      opened = session.subscribe({
        stream: 'maps',
        layers: [neuron.layer],
        units: [neuron.unit, neuron.unit + 1],
        resolution: FINE,
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
      return source?.facts;
    },
  };
}

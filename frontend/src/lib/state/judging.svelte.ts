/** The judgement of the network as a reactive value, asked for only while somebody looks. */
import type { TensorView } from '../wire/frame';
import { readJudgement, type Judgement } from './judgement';
import { sampleKey, type Split } from './samples.svelte';
import type { Session } from './session.svelte';
import type { Subscription } from './subscription.svelte';

export interface Judging {
  /** The latest of the data set of now. */
  readonly judgement: Judgement | null;
  /** It is of what was asked before; the answer is on its way. */
  readonly isStale: boolean;
  readonly error: string | undefined;
}

/** Subscribes while the calling component lives and `split` names one; null asks for nothing. */
export function judging(session: Session, split: () => Split | null): Judging {
  const asked = $derived(split());
  let subscription: Subscription | null = $state.raw(null);
  let judgement: Judgement | null = $state.raw(null);
  let isStale = $state(true);
  /** What the judgement is of. An edit shows on the page before the engine answers for it. */
  let judgedSet = $state('');
  const set = $derived(sampleKey(session.experiment.data));

  $effect(() => {
    if (asked === null) return;
    const opened = session.subscribe({ stream: 'judgement', split: asked });
    subscription = opened;
    return () => {
      opened.close();
      subscription = null;
      isStale = true;
    };
  });

  $effect(() => {
    const channel = subscription?.channel;
    if (channel === undefined) return;
    let seen: TensorView | undefined;
    const take = (): void => {
      const rows = session.frames.get(channel, 'rows');
      // Until an edit took effect, what arrives is of the data before.
      if (rows === seen || (session.pendingEdit && judgedSet !== set)) return;
      seen = rows;
      const read = readJudgement((name) => session.frames.get(channel, name));
      if (read === null) return;
      judgement = read;
      judgedSet = set;
      isStale = false;
    };
    take();
    return session.frames.onFrame(take);
  });

  const fits = $derived.by(() => {
    const { task, classes } = session.facts;
    if (judgedSet !== set) return false;
    if (judgement?.kind === 'classes') return task === 'classification' && judgement.classes === classes.length;
    return task !== 'classification';
  });
  return {
    get judgement() {
      return fits ? judgement : null;
    },
    get isStale() {
      return isStale;
    },
    get error() {
      return subscription?.error;
    },
  };
}

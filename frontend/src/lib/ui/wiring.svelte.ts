/** What joins the session to the browser: acknowledgements, keys, the address bar, the rows of its data. */
import { untrack } from 'svelte';

import { loop } from '../render/loop';
import { isPlane, setKey } from '../state/data';
import { widthOf } from '../state/layers';
import { lesson } from '../state/lesson.svelte';
import { showLink } from '../state/open';
import type { Plane } from '../state/plane.svelte';
import type { Samples } from '../state/samples.svelte';
import type { Selection } from '../state/selection.svelte';
import type { Session } from '../state/session.svelte';
import { isOwnLink, isPlaygroundLink } from '../state/url';
import { pressed } from './shortcuts';

/** A hidden page paints nothing; it acknowledges this slowly, so that it costs the server little and stays connected. */
const HIDDEN_ACK_MS = 1_000;
/** A slider that is being dragged asks for rows once it rests. */
const SETTLE_MS = 150;

/** A frame is acknowledged once it was painted. */
export function acknowledge(session: Session): void {
  $effect(() => {
    const painted = (): void => session.painted();
    const removeListener = session.frames.onFrame(() => {
      if (document.hidden) setTimeout(painted, HIDDEN_ACK_MS);
      else loop.request();
    });
    const removeAfterPaint = loop.afterPaint(painted);
    // A frame that waits for a paint which no longer comes would hold up all others.
    const settle = (): void => {
      if (document.hidden) painted();
    };
    document.addEventListener('visibilitychange', settle);
    return () => {
      removeListener();
      removeAfterPaint();
      document.removeEventListener('visibilitychange', settle);
    };
  });
}

/** The address bar is a link to the current experiment; another link typed there is opened. */
export function keepAddress(session: Session): void {
  $effect(() => {
    if (session.role !== 'owner' || session.pendingEdit || session.isDraft) return;
    void showLink(session.experiment, lesson.hidden);
  });
  $effect(() => {
    const changed = (): void => void session.openLink(location.hash);
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  });
}

/** Fetch the rows as the data change, and forget a selection that belongs to others. */
export function keepSamples(session: Session, samples: Samples, selection: Selection): void {
  let shownSet = '';
  $effect(() => {
    const { data } = session.experiment;
    if (session.pendingEdit || !session.hasEngine) return;
    const load = (): void => void samples.load(data, session.limits.sample_rows);
    const timer = setTimeout(load, untrack(() => samples.train) === null ? 0 : SETTLE_MS);
    return () => clearTimeout(timer);
  });
  $effect(() => {
    const set = setKey(session.experiment.data);
    if (shownSet !== '' && set !== shownSet) {
      selection.restart();
      if (!isPlane(session.experiment.data)) samples.forget();
    }
    shownSet = set;
  });
  $effect(() => {
    const { neuron } = selection;
    if (neuron === null || neuron.layer === 'output' || neuron.layer === 'x') return;
    const layer = session.experiment.network.layers.find((candidate) => candidate.name === neuron.layer);
    if (!layer || neuron.unit >= (widthOf(layer) ?? Infinity)) selection.neuron = null;
  });
}

/** Ask what the experiment on the board is made of, as it changes. */
export function keepChecks(session: Session): void {
  $effect(() => session.checks.ask(session.experiment));
  $effect(() => () => session.checks.close());
}

/** Fetch where the rows lie as the data or the plane change. */
export function keepPlane(session: Session, plane: Plane): void {
  $effect(() => {
    if (plane.axes === undefined || session.pendingEdit || !session.hasEngine) return;
    void plane.load(session.limits.sample_rows);
  });
}

/** A link that is pasted anywhere but into a field is opened. */
export function listenToPaste(session: Session): void {
  $effect(() => {
    const pasted = (event: ClipboardEvent): void => {
      if ((event.target as Element).closest('input, textarea, [contenteditable], dialog')) return;
      const text = event.clipboardData?.getData('text/plain').trim() ?? '';
      if (/\n/.test(text) || !(isOwnLink(text) || isPlaygroundLink(text))) return;
      event.preventDefault();
      session.openText(text).catch((error: Error) => session.tell(error.message, 'bad'));
    };
    document.addEventListener('paste', pasted);
    return () => document.removeEventListener('paste', pasted);
  });
}

/** What a lesson hides leaves the page, whichever component draws it: it carries its name as `data-control`. */
export function keepLesson(): void {
  const sheet = new CSSStyleSheet();
  $effect(() => {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    };
  });
  $effect(() => {
    const hide = lesson.hidden.map((name) => `[data-control~='${name}'] { display: none !important; }`);
    // The page gives it a row of its own.
    if (lesson.hides('timeline')) hide.push('.app { --bottom: 0px !important; }');
    sheet.replaceSync(hide.join('\n'));
  });
}

export function listenToKeys(session: Session, pin: () => void): void {
  $effect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const showHelp = (): void => document.getElementById('help')?.showPopover();
      if (!event.defaultPrevented && pressed(event, session, { showHelp, pin })) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}

/**
 * Which session this page opens: the one a watch link names, the tab's own after a reload, the experiment of a link, or
 * the first preset. Tokens stay in session storage, never in an address bar.
 */
import type { Catalog, Experiment, PageView, SessionCreated, SessionInfo } from '../schema.gen';
import { ApiError, createSession, getSession, importExperiment, type NewSession } from './api';
import { canonical } from './experiments';
import { hiddenIn, isOwnLink, isPlaygroundLink, readLink, writeLink } from './url';

const KEY = 'neuroglow.session';
/** At full speed the first network would be done learning before anyone has looked; this shows it learn. */
const FIRST_SPEED = 1_000;
const WATCH_PATH = /^\/s\/([^/]+)\/?$/;
const GONE = new Set([401, 403, 404]);

export interface Opened {
  id: string;
  token: string;
  role: 'owner' | 'viewer';
  viewerToken: string | null;
  info: SessionInfo;
  /** Something to tell the person: a link that could not be read, a session that is gone. */
  notice: string | null;
  /** What cannot be the same here as where the experiment comes from. */
  notes: readonly string[];
  /** Names of controls that a lesson hides. */
  hidden: readonly string[];
  view: PageView | null;
}

const PLAIN = { notice: null, notes: [], hidden: [], view: null } as const;

/** What a tab remembers of its own session. `link` is the address bar as this page last wrote it. */
interface Remembered {
  id: string;
  token: string;
  viewerToken: string;
  link: string;
}

export async function openFromAddress(catalog: Catalog, address: Location): Promise<Opened> {
  const watched = WATCH_PATH.exec(address.pathname)?.[1];
  if (watched !== undefined) return watch(decodeURIComponent(watched), address.hash.slice(1));
  const own = remembered();
  if (own && (address.hash === '' || address.hash === own.link)) {
    const again = await attach(own);
    if (again) return again;
  }
  const link = await readLink(address.hash);
  if (link.kind === 'experiment') return { ...(await openExperiment(link.experiment, catalog)), hidden: link.hidden };
  if (link.kind === 'playground') return openOr(() => openText(link.text), catalog);
  const first = await create({ preset: catalog.first_preset, updates_per_second: FIRST_SPEED });
  return link.kind === 'unreadable' ? { ...first, notice: link.message } : first;
}

/** A new session of this experiment; where the server refuses it, the first preset and the reason. */
export function openExperiment(experiment: Experiment, catalog: Catalog): Promise<Opened> {
  return openOr(() => create({ experiment }), catalog);
}

async function openOr(open: () => Promise<Opened>, catalog: Catalog): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    const place = error.field ? ` (at ${error.field})` : '';
    return { ...(await create({ preset: catalog.first_preset })), notice: `The link's experiment is not valid: ${error.message}${place}` };
  }
}

/** A link of ours or of TensorFlow Playground, or the text of an experiment file; throws what the server refuses. */
export async function openText(text: string): Promise<Opened> {
  const format = !isOwnLink(text) && isPlaygroundLink(text) ? 'tensorflow-playground' : 'neuroglow';
  const { experiment, notes, hidden, view } = await importExperiment(format, text);
  return { ...(await create({ experiment })), notes, hidden, view };
}

export async function create(what: NewSession): Promise<Opened> {
  const created = await createSession(what);
  await rememberOwn(created, created.experiment);
  return {
    id: created.id,
    token: created.owner_token,
    role: 'owner',
    viewerToken: created.viewer_token,
    info: infoOf(created),
    ...PLAIN,
  };
}

/** Keep the address bar and the tab's memory at the current experiment, so that a reload comes back to it. */
export async function showLink(experiment: Experiment, hidden: readonly string[]): Promise<void> {
  const link = await writeLink(canonical(experiment), hidden);
  history.replaceState(history.state, '', link);
  const own = remembered();
  if (own) sessionStorage.setItem(KEY, JSON.stringify({ ...own, link }));
}

async function watch(id: string, token: string): Promise<Opened> {
  const info = await getSession(id, token);
  return { id, token, role: 'viewer', viewerToken: null, info, ...PLAIN };
}

async function attach(own: Remembered): Promise<Opened | null> {
  try {
    const info = await getSession(own.id, own.token);
    const hidden = hiddenIn(own.link);
    return { id: own.id, token: own.token, role: 'owner', viewerToken: own.viewerToken, info, ...PLAIN, hidden };
  } catch (error) {
    if (error instanceof ApiError && GONE.has(error.status)) return null;
    throw error;
  }
}

async function rememberOwn(created: SessionCreated, experiment: Experiment): Promise<void> {
  const link = await writeLink(canonical(experiment));
  const own: Remembered = { id: created.id, token: created.owner_token, viewerToken: created.viewer_token, link };
  sessionStorage.setItem(KEY, JSON.stringify(own));
}

function remembered(): Remembered | null {
  try {
    const own = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Partial<Remembered> | null;
    return own && own.id && own.token && own.viewerToken && own.link !== undefined ? (own as Remembered) : null;
  } catch {
    return null;
  }
}

function infoOf({ id, run, revision, state, experiment }: SessionCreated): SessionInfo {
  return { id, run, revision, state, experiment, update: 0, epoch: 0 };
}

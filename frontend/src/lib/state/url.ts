/**
 * The experiment in the address: `#e=VERSION.PAYLOAD`, the payload being base64url of raw-deflated JSON; a lesson's link
 * goes on with `&hide=NAME,NAME`. Reading is total: whatever the address holds, the answer is an experiment to try or a
 * sentence, never an exception.
 */
import type { Experiment } from '../schema.gen';
import { fromBase64, toBase64 } from './base64';

export const LINK_VERSION = '1';
const PREFIX = '#e=';
/** Far above any real experiment; a link that unpacks to more is not one. */
const MAX_UNPACKED_BYTES = 1 << 18;
const MAX_LINK_CHARACTERS = 1 << 17;

export type LinkReading =
  | { kind: 'none' }
  /** What the link holds; the server decides whether it is a valid experiment. */
  | { kind: 'experiment'; experiment: Experiment; hidden: string[] }
  /** A state of TensorFlow Playground, which the server reads. */
  | { kind: 'playground'; text: string }
  | { kind: 'unreadable'; message: string };

/** Some key of the playground's state, or one of its hidden controls. */
const PLAYGROUND =
  /(?:^|[#&\s]|%23|%26)(?:(?:activation|regularization|batchSize|dataset|regDataset|learningRate|regularizationRate|noise|networkShape|seed|showTestData|discretize|percTrainData|x|y|xTimesY|[xy]Squared|cos[XY]|sin[XY]|collectStats|tutorial|problem|initZero|hideText)(?:=|%3D)|[A-Za-z]+_hide(?:=|%3D))/;

/** Whether a text looks like a link of TensorFlow Playground. */
export const isPlaygroundLink = (text: string): boolean => /playground\.tensorflow\.org/i.test(text) || PLAYGROUND.test(text);

/** Whether a text looks like a link of this page. */
export const isOwnLink = (text: string): boolean => /#e=\d+\./.test(text);

/** The controls that a link hides. */
export function hiddenIn(hash: string): string[] {
  const names = /&hide=([a-z0-9_,]*)/.exec(hash)?.[1] ?? '';
  return names.split(',').filter((name) => name !== '');
}

export async function writeLink(experiment: Experiment, hidden: readonly string[] = []): Promise<string> {
  const packed = await pump(new TextEncoder().encode(JSON.stringify(experiment)), new CompressionStream('deflate-raw'));
  const hide = hidden.length > 0 ? `&hide=${hidden.join(',')}` : '';
  return `${PREFIX}${LINK_VERSION}.${toBase64Url(packed)}${hide}`;
}

export async function readLink(hash: string): Promise<LinkReading> {
  if (!hash.startsWith(PREFIX)) return isPlaygroundLink(hash) ? { kind: 'playground', text: hash } : { kind: 'none' };
  if (hash.length > MAX_LINK_CHARACTERS) return unreadable('The link is too long for an experiment');
  const [version, payload, ...rest] = hash.slice(PREFIX.length).replace(/&.*$/, '').split('.');
  if (version !== LINK_VERSION) {
    return /^\d+$/.test(version ?? '')
      ? unreadable('The link was made by a newer Neuroglow; update this one to open it')
      : unreadable('The link is incomplete; copy the whole of it');
  }
  if (!payload || rest.length > 0) return unreadable('The link is incomplete; copy the whole of it');
  try {
    const bytes = await pump(fromBase64Url(payload), new DecompressionStream('deflate-raw'));
    const document: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isExperimentShaped(document)) return { kind: 'experiment', experiment: document, hidden: hiddenIn(hash) };
    return unreadable('The link holds something else than an experiment');
  } catch {
    return unreadable('The link is damaged; copy the whole of it');
  }
}

const unreadable = (message: string): LinkReading => ({ kind: 'unreadable', message });

/** Enough shape for the server to be asked; it validates the rest and names the field. */
function isExperimentShaped(document: unknown): document is Experiment {
  if (typeof document !== 'object' || document === null) return false;
  const { data, network, training } = document as Partial<Record<string, unknown>>;
  return [data, network, training].every((part) => typeof part === 'object' && part !== null && !Array.isArray(part));
}

async function pump(bytes: Uint8Array<ArrayBuffer>, through: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of new Blob([bytes]).stream().pipeThrough(through)) {
    total += chunk.byteLength;
    if (total > MAX_UNPACKED_BYTES) throw new RangeError('Larger than any experiment');
    chunks.push(chunk);
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));

/** The HTTP side of the gateway. Every refusal becomes an `ApiError` that carries the server's sentence. */
import type {
  Catalog,
  Checked,
  DataSheet,
  Experiment,
  FitRequest,
  GenerateRequest,
  Health,
  ImportExperiment,
  ImportedExperiment,
  ModelResult,
  PastedTable,
  SamplesRequest,
  SessionCreated,
  SessionInfo,
  TextWritten,
} from '../schema.gen';
import { decodeTensors, type TensorFile } from '../wire/frame';

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
    /** From `Retry-After`, where the server gave one. */
    readonly retryAfterSecs?: number,
  ) {
    super(message);
  }
}

export type NewSession = ({ experiment: Experiment } | { preset: string }) & { updates_per_second?: number };

export const getCatalog = (): Promise<Catalog> => json('GET', '/api/catalog');

export const getHealth = (): Promise<Health> => json('GET', '/api/health');

export const createSession = (what: NewSession): Promise<SessionCreated> =>
  json('POST', '/api/sessions', { body: { ...what, play: true } });

export const getSession = (id: string, token: string): Promise<SessionInfo> =>
  json('GET', `/api/sessions/${encodeURIComponent(id)}`, { token });

export async function deleteSession(id: string, token: string): Promise<void> {
  await request('DELETE', `/api/sessions/${encodeURIComponent(id)}`, { token });
}

export async function getSamples(ask: SamplesRequest, signal: AbortSignal): Promise<TensorFile> {
  const response = await request('POST', '/api/samples', { body: ask, signal });
  return decodeTensors(await response.arrayBuffer());
}

export const fitModel = (ask: FitRequest, signal: AbortSignal): Promise<ModelResult> =>
  json('POST', '/api/models', { body: ask, signal });

/** Shapes, sizes and all that is wrong, without compiling. */
export const checkExperiment = (experiment: Experiment, signal: AbortSignal): Promise<Checked> =>
  json('POST', '/api/experiments/check', { body: { experiment }, signal });

export const importExperiment = (format: ImportExperiment['format'], text: string): Promise<ImportedExperiment> =>
  json('POST', '/api/experiments/import', { body: { format, text } });

/** What opens a session's files. */
export interface Access {
  id: string;
  token: string;
}

const fileOf = ({ id }: Access, name: string): string => `/api/sessions/${encodeURIComponent(id)}/${name}`;

export async function getWeights(access: Access): Promise<Blob> {
  return (await request('GET', fileOf(access, 'weights'), { token: access.token })).blob();
}

/** Go on from a weight file: as its own experiment, or with its weights in the session's. */
export async function putWeights(access: Access, file: Blob, experiment: 'file' | 'session'): Promise<void> {
  await request('PUT', `${fileOf(access, 'weights')}?experiment=${experiment}`, { token: access.token, file });
}

export async function getCode(access: Access, target: string): Promise<string> {
  return (await request('GET', `${fileOf(access, 'code')}?target=${target}`, { token: access.token })).text();
}

/** The rows of the run as its network reads them: one file of arrays (`.npz`). */
export async function getRows(access: Access): Promise<Blob> {
  return (await request('GET', fileOf(access, 'data'), { token: access.token })).blob();
}

/** The network writes on from a prompt; nothing of the run changes. */
export const generateText = (access: Access, ask: GenerateRequest, signal: AbortSignal): Promise<TextWritten> =>
  json('POST', fileOf(access, 'generate'), { body: ask, token: access.token, signal });

export const pasteTable = (table: PastedTable, signal: AbortSignal): Promise<DataSheet> =>
  json('POST', '/api/datasets', { body: table, signal });

export const getDataSheet = (id: string, signal: AbortSignal): Promise<DataSheet> =>
  json('GET', `/api/datasets/${encodeURIComponent(id)}`, { signal });

/** Fetched by the server from where it is published, the first time; that can take a minute. */
export const getPublicSet = (name: string, signal: AbortSignal): Promise<DataSheet> =>
  json('POST', '/api/datasets/public', { body: { name }, signal });

export function liveUrl(id: string): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${location.host}/api/sessions/${encodeURIComponent(id)}/live`;
}

interface Options {
  body?: unknown;
  /** Sent as it is, in place of a body. */
  file?: Blob;
  token?: string;
  signal?: AbortSignal;
}

async function json<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await request(method, path, options);
  return (await response.json()) as T;
}

async function request(method: string, path: string, { body, file, token, signal }: Options): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  let response: Response;
  try {
    const content = file ?? (body === undefined ? null : JSON.stringify(body));
    response = await fetch(path, { method, headers, body: content, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', 'The server does not answer');
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<ApiError> {
  return refusalOf(response.status, await response.json().catch(() => ({})), response.headers.get('Retry-After'));
}

/** What the server said when it said no; of anything else than its own sentence only the status remains. */
export function refusalOf(status: number, body: unknown, retryAfter: string | null): ApiError {
  const said = (body ?? {}) as { code?: string; message?: string; field?: string };
  const secs = Number(retryAfter ?? NaN);
  return new ApiError(
    status,
    said.code ?? 'unreachable',
    said.message ?? `The server answered ${status}`,
    said.field,
    Number.isFinite(secs) ? secs : undefined,
  );
}

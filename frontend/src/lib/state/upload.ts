/** Sending a file. `fetch` cannot say how much of a body has left, so this is the one XMLHttpRequest of the page. */
import type { DataSheet } from '../schema.gen';
import { ApiError, refusalOf } from './api';

export interface Upload {
  /** Rejects with an `ApiError`; of what was cancelled with the code `CANCELLED`. */
  readonly sheet: Promise<DataSheet>;
  cancel(): void;
}

export const CANCELLED = 'cancelled';

/** `onsent` gets the share of the bytes that have left, 1 once the server reads the file. */
export function uploadFile(file: File, onsent: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const sheet = new Promise<DataSheet>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onsent(total > 0 ? loaded / total : 0);
    request.upload.onload = () => onsent(1);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText) as DataSheet);
      else reject(refusalOf(request.status, said(request.responseText), request.getResponseHeader('Retry-After')));
    };
    request.onerror = () => reject(new ApiError(0, 'unreachable', 'The upload broke off: the server does not answer'));
    request.onabort = () => reject(new ApiError(0, CANCELLED, 'The upload was cancelled'));
  });
  const body = new FormData();
  body.append('file', file);
  request.open('POST', '/api/datasets');
  request.send(body);
  return { sheet, cancel: () => request.abort() };
}

function said(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

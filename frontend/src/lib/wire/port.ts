/** What the page and the wire worker say to each other. */
import type { ClientMessage, ServerMessage } from '../schema.gen';
import type { Address, ConnectionState } from './connection';
import type { Frame } from './frame';

export type ToWorker =
  | { kind: 'open'; address: Address }
  | { kind: 'send'; message: ClientMessage }
  | { kind: 'retry' }
  | { kind: 'close' };

export type FromWorker =
  | { kind: 'connection'; state: ConnectionState }
  | { kind: 'message'; message: ServerMessage }
  /** Its buffers are handed over, not copied. */
  | { kind: 'frame'; frame: Frame }
  | { kind: 'unreadable'; reason: string };

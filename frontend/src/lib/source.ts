/** Where frames and messages come from: a live socket behind the wire worker. Tests put their own source in its place. */
import type { ClientMessage, ServerMessage } from './schema.gen';
import type { Address, ConnectionState } from './wire/connection';
import type { Frame } from './wire/frame';
import type { FromWorker, ToWorker } from './wire/port';

export interface SourceHandlers {
  onConnection(state: ConnectionState): void;
  onMessage(message: ServerMessage): void;
  onFrame(frame: Frame): void;
  /** A frame that could not be decoded; it was dropped. */
  onUnreadable(reason: string): void;
}

export interface Source {
  open(address: Address): void;
  send(message: ClientMessage): void;
  retryNow(): void;
  close(): void;
}

export type MakeSource = (handlers: SourceHandlers) => Source;

export const liveSource: MakeSource = (handlers) => {
  const worker = new Worker(new URL('./wire/worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    switch (data.kind) {
      case 'connection':
        return handlers.onConnection(data.state);
      case 'message':
        return handlers.onMessage(data.message);
      case 'frame':
        return handlers.onFrame(data.frame);
      case 'unreadable':
        return handlers.onUnreadable(data.reason);
    }
  };
  const post = (message: ToWorker): void => worker.postMessage(message);
  return {
    open: (address) => post({ kind: 'open', address }),
    send: (message) => post({ kind: 'send', message }),
    retryNow: () => post({ kind: 'retry' }),
    close: () => {
      post({ kind: 'close' });
      worker.terminate();
    },
  };
};

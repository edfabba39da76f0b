/** The wire worker: owns the socket and decodes frames off the main thread. */
import { Connection } from './connection';
import { buffersOf, decodeFrame, FrameError } from './frame';
import type { FromWorker, ToWorker } from './port';

declare const self: DedicatedWorkerGlobalScope;

const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => self.postMessage(message, transfer);

const connection = new Connection((url) => new WebSocket(url), {
  onState: (state) => post({ kind: 'connection', state }),
  onMessage: (message) => post({ kind: 'message', message }),
  onBytes: (bytes) => {
    try {
      const frame = decodeFrame(bytes);
      post({ kind: 'frame', frame }, buffersOf(frame));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      post({ kind: 'unreadable', reason: error.message });
    }
  },
});

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.kind) {
    case 'open':
      return connection.open(data.address);
    case 'send':
      return connection.send(data.message);
    case 'retry':
      return connection.retryNow();
    case 'close':
      return connection.close();
  }
};

/** Lays rows out off the page's thread; whoever lost interest ends the worker. */
import type { TensorView } from '../../wire/frame';
import { laidOut } from './umap';

export type FromUmap = { kind: 'share'; share: number } | { kind: 'places'; places: Float32Array } | { kind: 'problem'; problem: string };

declare const self: DedicatedWorkerGlobalScope;

const TELL_EVERY = 0.02;

self.onmessage = ({ data: rows }: MessageEvent<TensorView>) => {
  let told = 0;
  const post = (message: FromUmap): void => self.postMessage(message);
  try {
    const places = laidOut(rows, (share) => {
      if (share - told < TELL_EVERY) return;
      told = share;
      post({ kind: 'share', share });
    });
    post({ kind: 'places', places });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    post({ kind: 'problem', problem: error.message });
  }
};

/** Data of the person's own on their way in: one at a time, from the file to the sheet or to a refusal. */
import type { DataSheet } from '../schema.gen';
import { getDataSheet, getPublicSet, pasteTable, type ApiError } from './api';
import { CANCELLED, uploadFile } from './upload';
import { PUBLISHED } from './uploaded';

export type Arrival =
  /** `share` of the bytes have left this machine. */
  | { step: 'sending'; title: string; bytes: number; share: number; sinceMs: number }
  /** The server reads the file, or fetches a published set. */
  | { step: 'reading' | 'fetching'; title: string; sinceMs: number }
  | { step: 'refused'; title: string; code: string; message: string };

/** A set this browser brought in, to be found again. */
export interface KnownSet {
  id: string;
  title: string;
  rows: number;
  columns: number;
}

const KEY = 'neuroglow.datasets';
const MOST_KNOWN = 8;
const GONE = 404;

export class Arrivals {
  now: Arrival | null = $state.raw(null);
  /** What arrived last, until it is used or put away. */
  sheet: DataSheet | null = $state.raw(null);
  known: readonly KnownSet[] = $state.raw([]);
  #cancel: (() => void) | null = null;

  constructor(private readonly memory: Pick<Storage, 'getItem' | 'setItem'>) {
    this.known = readKnown(memory);
  }

  get isBusy(): boolean {
    return this.now !== null && this.now.step !== 'refused';
  }

  upload(file: File): Promise<void> {
    const sinceMs = Date.now();
    const { name: title, size: bytes } = file;
    const upload = uploadFile(file, (share) => {
      if (this.now?.title !== title || !this.isBusy) return;
      this.now = share < 1 ? { step: 'sending', title, bytes, share, sinceMs } : { step: 'reading', title, sinceMs: Date.now() };
    });
    return this.#await({ step: 'sending', title, bytes, share: 0, sinceMs }, upload.sheet, upload.cancel);
  }

  paste(text: string): Promise<void> {
    return this.#ask('reading', 'Pasted table', (signal) => pasteTable({ text, title: 'Pasted table' }, signal));
  }

  fetchPublic(name: string, title: string): Promise<void> {
    return this.#ask('fetching', title, (signal) => getPublicSet(name, signal));
  }

  open({ id, title }: Pick<KnownSet, 'id' | 'title'>): Promise<void> {
    return this.#ask('reading', title, (signal) => getDataSheet(id, signal), id);
  }

  cancel(): void {
    this.#cancel?.();
  }

  /** Put away what arrived or was refused. */
  clear(): void {
    this.cancel();
    this.now = null;
    this.sheet = null;
  }

  #ask(
    step: 'reading' | 'fetching',
    title: string,
    request: (signal: AbortSignal) => Promise<DataSheet>,
    id?: string,
  ): Promise<void> {
    const abort = new AbortController();
    return this.#await({ step, title, sinceMs: Date.now() }, request(abort.signal), () => abort.abort(), id);
  }

  async #await(arrival: Arrival, sheet: Promise<DataSheet>, cancel: () => void, id?: string): Promise<void> {
    this.cancel();
    this.sheet = null;
    this.now = arrival;
    let isCancelled = false;
    const stop = (): void => {
      isCancelled = true;
      this.now = null;
      cancel();
    };
    this.#cancel = stop;
    try {
      const arrived = await sheet;
      if (isCancelled) return;
      this.now = null;
      this.sheet = arrived;
      const { id, title, rows, columns } = arrived;
      // A public set is offered to everybody.
      if (arrived.format === PUBLISHED) return;
      this.#remember([{ id, title, rows, columns: columns.length }, ...this.known.filter((set) => set.id !== id)]);
    } catch (error) {
      const { code, message, status } = error as ApiError;
      if (isCancelled || code === CANCELLED) return;
      this.now = { step: 'refused', title: arrival.title, code, message };
      if (status === GONE) this.#remember(this.known.filter((set) => set.id !== id));
    } finally {
      if (this.#cancel === stop) this.#cancel = null;
    }
  }

  #remember(known: readonly KnownSet[]): void {
    this.known = known.slice(0, MOST_KNOWN);
    this.memory.setItem(KEY, JSON.stringify(this.known));
  }
}

function readKnown(memory: Pick<Storage, 'getItem'>): KnownSet[] {
  try {
    const kept = JSON.parse(memory.getItem(KEY) ?? '[]') as Partial<KnownSet>[];
    return kept.filter((set): set is KnownSet => typeof set.id === 'string' && typeof set.title === 'string').slice(0, MOST_KNOWN);
  } catch {
    return [];
  }
}

/**
 * Decode frames and sample files: safetensors with U8, U32, F16 and F32 tensors (docs/wire.md). Pure and bounds-checked:
 * whatever the bytes are, the answer is a value or a `FrameError`, never a read outside the buffer.
 */

/** F16 is widened to F32 here, so that nothing behind the decoder knows of half floats. */
export type Tensor = Uint8Array | Uint32Array | Float32Array;

export interface TensorView {
  data: Tensor;
  shape: number[];
}

export interface TensorFile {
  metadata: Record<string, string>;
  tensors: Map<string, TensorView>;
}

/** One moment of a session. `time` is the server's clock in milliseconds; tensors are named `CHANNEL/LAYER…`. */
export interface Frame {
  session: string;
  run: string;
  seq: number;
  update: number;
  epoch: number;
  time: number;
  tensors: Map<string, TensorView>;
}

export class FrameError extends Error {}

const LENGTH_BYTES = 8;
const ITEM_BYTES: Record<string, number> = { U8: 1, F16: 2, U32: 4, F32: 4 };

interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  count: number;
}

export function decodeFrame(buffer: ArrayBuffer): Frame {
  const { metadata, tensors } = decodeTensors(buffer);
  const text = (key: string): string => {
    const value = metadata[key];
    if (value === undefined) throw new FrameError(`The frame does not say its ${key}`);
    return value;
  };
  const number = (key: string): number => {
    const value = Number(text(key));
    if (!Number.isFinite(value)) throw new FrameError(`The frame's ${key} is not a number`);
    return value;
  };
  return {
    session: text('session'),
    run: text('run'),
    seq: number('seq'),
    update: number('update'),
    epoch: number('epoch'),
    time: number('time'),
    tensors,
  };
}

/** Any safetensors file. U8, U32 and F32 tensors are views of `buffer`; the F16 ones share one new buffer. */
export function decodeTensors(buffer: ArrayBuffer): TensorFile {
  const headerBytes = readHeaderLength(buffer);
  const start = LENGTH_BYTES + headerBytes;
  const header = parseHeader(new Uint8Array(buffer, LENGTH_BYTES, headerBytes));
  const entries = readEntries(header, buffer.byteLength - start);
  const halves = entries.reduce((sum, entry) => sum + (entry.dtype === 'F16' ? entry.count : 0), 0);
  const widened = new Float32Array(halves);
  const tensors = new Map<string, TensorView>();
  let used = 0;
  for (const entry of entries) {
    let data: Tensor;
    if (entry.dtype === 'F16') {
      data = widened.subarray(used, used + entry.count);
      widen(new DataView(buffer, start + entry.begin, entry.count * 2), data);
      used += entry.count;
    } else {
      data = view(buffer, start + entry.begin, entry);
    }
    tensors.set(entry.name, { data, shape: entry.shape });
  }
  return { metadata: readMetadata(header), tensors };
}

/** The distinct buffers behind a frame, to hand over to another thread without copying. */
export function buffersOf(frame: Frame): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of frame.tensors.values()) buffers.add(data.buffer as ArrayBuffer);
  return [...buffers];
}

function readHeaderLength(buffer: ArrayBuffer): number {
  if (buffer.byteLength < LENGTH_BYTES) throw new FrameError('The file is shorter than its length field');
  const length = new DataView(buffer).getBigUint64(0, true);
  if (length > BigInt(buffer.byteLength - LENGTH_BYTES)) throw new FrameError('The header is longer than the file');
  return Number(length);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new FrameError('The header is not JSON');
  }
  if (!isRecord(parsed)) throw new FrameError('The header is not an object');
  return parsed;
}

function readMetadata(header: Record<string, unknown>): Record<string, string> {
  const found = header.__metadata__;
  if (!isRecord(found)) return {};
  return Object.fromEntries(Object.entries(found).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

function readEntries(header: Record<string, unknown>, dataBytes: number): Entry[] {
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry, dataBytes));
}

function readEntry(name: string, entry: unknown, dataBytes: number): Entry {
  if (!isRecord(entry)) throw new FrameError(`Tensor ${name} is not described`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const itemBytes = typeof dtype === 'string' ? ITEM_BYTES[dtype] : undefined;
  if (typeof dtype !== 'string' || itemBytes === undefined) throw new FrameError(`Tensor ${name} has an unknown type`);
  if (!isCounts(shape)) throw new FrameError(`Tensor ${name} has no valid shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw new FrameError(`Tensor ${name} has no valid place`);
  const [begin, end] = offsets as [number, number];
  const count = shape.reduce((product, size) => product * size, 1);
  if (end > dataBytes || begin > end) throw new FrameError(`Tensor ${name} lies outside the file`);
  if (count * itemBytes !== end - begin) throw new FrameError(`Tensor ${name} does not fill its place`);
  return { name, dtype, shape, begin, count };
}

function view(buffer: ArrayBuffer, offset: number, { dtype, count }: Entry): Tensor {
  if (dtype === 'U8') return new Uint8Array(buffer, offset, count);
  // The format aligns tensors to their size; a file that does not is still read, from a copy.
  const [source, at] = offset % 4 === 0 ? [buffer, offset] : [buffer.slice(offset, offset + count * 4), 0];
  return dtype === 'U32' ? new Uint32Array(source, at, count) : new Float32Array(source, at, count);
}

/** IEEE 754 binary16, little-endian, to binary32. */
function widen(halves: DataView, into: Float32Array): void {
  for (let index = 0; index < into.length; index++) {
    const bits = halves.getUint16(index * 2, true);
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) into[index] = sign * fraction * 2 ** -24;
    else if (exponent === 0x1f) into[index] = fraction ? NaN : sign * Infinity;
    else into[index] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

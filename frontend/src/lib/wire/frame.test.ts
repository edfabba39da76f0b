import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { buffersOf, decodeFrame, decodeTensors, FrameError } from './frame';

const GOLDEN = '../tests/golden/';

const NOT_FINITE: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: NaN };

interface Described {
  metadata: Record<string, string>;
  tensors: Record<string, { shape: number[]; values: (number | string)[] }>;
}

function read(name: string): ArrayBuffer {
  const bytes = readFileSync(`${GOLDEN}${name}`);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

/** A file around a header, for what no honest encoder writes. */
function file(header: unknown, dataBytes = 0): ArrayBuffer {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes.buffer;
}

const names = readdirSync(GOLDEN)
  .filter((name) => name.endsWith('.safetensors'))
  .map((name) => name.replace('.safetensors', ''));

describe('golden frames', () => {
  it.each(names)('%s decodes to its description', (name) => {
    const expected = JSON.parse(readFileSync(`${GOLDEN}${name}.json`, 'utf8')) as Described;
    const frame = decodeFrame(read(`${name}.safetensors`));

    expect({ ...frame, tensors: undefined }).toEqual({
      session: expected.metadata.session,
      run: expected.metadata.run,
      seq: Number(expected.metadata.seq),
      update: Number(expected.metadata.update),
      epoch: Number(expected.metadata.epoch),
      time: Number(expected.metadata.time),
      tensors: undefined,
    });
    expect([...frame.tensors.keys()].sort()).toEqual(Object.keys(expected.tensors).sort());
    for (const [key, described] of Object.entries(expected.tensors)) {
      const tensor = frame.tensors.get(key);
      expect(tensor?.shape).toEqual(described.shape);
      // JSON has no words for what is not finite; Python's are read here. A negative zero stays one.
      const values = described.values.map((value) => (typeof value === 'string' ? NOT_FINITE[value] : value));
      expect(Array.from(tensor?.data ?? [])).toEqual(values);
    }
  });

  it('hands over each buffer once', () => {
    const buffers = buffersOf(decodeFrame(read('maps.safetensors')));
    expect(buffers).toHaveLength(2);
    expect(new Set(buffers).size).toBe(2);
  });
});

describe('files that are not frames', () => {
  const place = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };

  it.each<[string, ArrayBuffer]>([
    ['nothing', new ArrayBuffer(0)],
    ['a length beyond the file', Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255, 1]).buffer],
    ['no JSON', file('{"a":')],
    ['a list', file([1, 2])],
    ['a tensor that is no object', file({ a: 3 })],
    ['an unknown type', file({ a: { ...place, dtype: 'F64' } }, 8)],
    ['a negative shape', file({ a: { ...place, shape: [-2] } }, 8)],
    ['a fractional shape', file({ a: { ...place, shape: [1.5] } }, 8)],
    ['a place outside the file', file({ a: place }, 4)],
    ['a place that ends before it begins', file({ a: { ...place, data_offsets: [8, 0] } }, 8)],
    ['a shape that does not fill its place', file({ a: { ...place, shape: [3] } }, 8)],
    ['a shape whose size overflows', file({ a: { ...place, shape: [2 ** 31, 2 ** 31] } }, 8)],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeTensors(bytes)).toThrow(FrameError);
  });

  it('refuses a frame without its counters', () => {
    expect(() => decodeFrame(file({ __metadata__: { session: 'a', run: 'b' } }))).toThrow('seq');
  });

  it('refuses every truncation of a frame', () => {
    const whole = read('maps.safetensors');
    for (let length = 0; length < whole.byteLength; length += 97) {
      expect(() => decodeFrame(whole.slice(0, length))).toThrow(FrameError);
    }
  });

  it('reads a tensor that is not aligned', () => {
    const header = JSON.stringify({ a: { dtype: 'F32', shape: [1], data_offsets: [1, 5] } });
    const padded = file(header.padEnd(Math.ceil(header.length / 8) * 8), 5);
    new DataView(padded).setFloat32(padded.byteLength - 4, 1.5, true);
    expect(decodeTensors(padded).tensors.get('a')?.data).toEqual(Float32Array.of(1.5));
  });
});

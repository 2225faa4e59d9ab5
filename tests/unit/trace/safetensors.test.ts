/** safetensors: every element type, TensorRT-LLM's tensor a step and layer, and headers that lie. */
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { openTrace } from '../../../src/trace/read/open.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { bytesOf, fixture, flat, open, refusal } from './support.ts';

/** A file of a header as given, without a check, and data. */
function safetensors(header: unknown, data: Uint8Array): Uint8Array {
  const text = bytesOf(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** Arrays of a dtype one behind the other. */
function written(arrays: readonly { name: string; dtype: string; shape: number[]; data: ArrayBufferView<ArrayBuffer> }[]): Uint8Array {
  const header: Record<string, unknown> = {};
  const parts: number[] = [];
  for (const { name, dtype, shape, data } of arrays) {
    header[name] = { dtype, shape, data_offsets: [parts.length, parts.length + data.byteLength] };
    parts.push(...new Uint8Array(data.buffer));
  }
  return safetensors(header, Uint8Array.from(parts));
}

const loads = Array.from({ length: 24 }, (_, i) => (i * 7) % 11);
const axes = { axes: 'steps,layers,experts' };
const shape = [4, 2, 3];
const big = (values: number[]): bigint[] => values.map(BigInt);

describe('element types', () => {
  test.each([
    ['I8', Int8Array.from(loads)], ['I16', Int16Array.from(loads)], ['I32', Int32Array.from(loads)], ['I64', BigInt64Array.from(big(loads))],
    ['U8', Uint8Array.from(loads)], ['U16', Uint16Array.from(loads)], ['U32', Uint32Array.from(loads)], ['U64', BigUint64Array.from(big(loads))],
    ['F32', Float32Array.from(loads)], ['F64', Float64Array.from(loads)],
    // The upper halves of floats; whole numbers up to 256 are exact.
    ['BF16', Uint16Array.from(new Uint32Array(Float32Array.from(loads).buffer), (bits) => bits >>> 16)],
  ])('%s', async (dtype, data) => {
    const { trace } = await open(written([{ name: 'counts', dtype, shape, data }]), 'x.safetensors', axes);
    expect(flat(trace)).toEqual(loads);
    expect(trace).toMatchObject({ kind: 'counts', format: 'safetensors' });
  });

  test('BOOL and F16', async () => {
    const truths = Uint8Array.from(loads, (load) => load % 2);
    expect(flat((await open(written([{ name: 'counts', dtype: 'BOOL', shape, data: truths }]), 'x', axes)).trace)).toEqual(Array.from(truths));
    // 1.5, 0.25, -0 and 2 ** -24 as IEEE 754 binary16.
    const halves = Uint16Array.of(0x3e00, 0x3400, 0x8000, 1);
    const { trace } = await open(written([{ name: 'share', dtype: 'F16', shape: [2, 1, 2], data: halves }]), 'x', axes);
    expect(flat(trace)).toEqual([1.5, 0.25, 0, 2 ** -24]);
  });

  test('an array of a type that is no number is left out with a note, or refused when alone', async () => {
    const scales = { name: 'scale', dtype: 'F8_E8M0', shape: [2], data: Uint8Array.of(1, 2) };
    const { trace, notes } = await open(written([{ name: 'counts', dtype: 'U8', shape, data: Uint8Array.from(loads) }, scales]), 'x', axes);
    expect(flat(trace)).toEqual(loads);
    expect(notes).toContain('1 array of type F8_E8M0 is left out');
    expect((await refusal(written([scales]), 'x')).message).toBe('x: its elements are of type F8_E8M0, which cannot be read');
  });
});

describe('an array a step and layer', () => {
  const vector = (name: string, values: number[]): { name: string; dtype: string; shape: number[]; data: BigInt64Array<ArrayBuffer> } =>
    ({ name, dtype: 'I64', shape: [values.length], data: BigInt64Array.from(big(values)) });

  test('keys "iter_layer" in any order, with layers that start late', async () => {
    const bytes = written([vector('100_3', [5, 6]), vector('20_3', [3, 4]), vector('20_11', [1, 2]), vector('100_11', [7, 8])]);
    const { trace, notes, questions } = await open(bytes, 'rank0.safetensors');
    expect(Array.from(trace.steps)).toEqual([20, 100]);
    expect(trace.layers.map(({ name }) => name)).toEqual(['3', '11']);
    expect(flat(trace)).toEqual([3, 4, 1, 2, 5, 6, 7, 8]);
    expect(trace.format).toBe('safetensors, an array a step and layer');
    expect(notes).toEqual([]);
    expect(questions).toEqual([]);
  });

  test('the layer may be named first, and the step alone is enough', async () => {
    const named = await open(written([vector('layer4/step9', [1, 2]), vector('layer4/step7', [3, 4])]), 'x');
    expect(named.trace.layers.map(({ name }) => name)).toEqual(['4']);
    expect(Array.from(named.trace.steps)).toEqual([7, 9]);
    expect(flat(named.trace)).toEqual([3, 4, 1, 2]);
    const alone = await open(written([vector('step_9', [1, 2]), vector('step_7', [3, 4])]), 'x');
    expect(Array.from(alone.trace.steps)).toEqual([7, 9]);
  });

  test('a wrong load is named with its array', async () => {
    const error = await refusal(written([vector('1_0', [5, 6]), vector('2_0', [3, -4])]), 'x.safetensors');
    expect(error.message).toBe('x.safetensors array 2_0, expert 1: -4 is not a count: it is negative');
  });

  test('thousands are read with few reads of the file, and can be cancelled', async () => {
    const bytes = written(Array.from({ length: 3000 }, (_, i) => vector(`${i >> 2}_${i & 3}`, [i, 1])));
    let reads = 0;
    const inner = bytesSource(bytes, 'x');
    const source = { ...inner, slice: (start: number, end: number) => (reads++, inner.slice(start, end)) };
    const { trace } = await openTrace(source);
    expect(trace.steps).toHaveLength(750);
    expect(reads).toBeLessThan(10);
    const controller = new AbortController();
    const opening = openTrace(source, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  });
});

test('arrays of [layers, experts], one a step, are told from one a layer by their names', async () => {
  const matrix = (name: string, first: number): { name: string; dtype: string; shape: number[]; data: Int32Array<ArrayBuffer> } =>
    ({ name, dtype: 'I32', shape: [2, 2], data: Int32Array.of(first, first + 1, first + 2, first + 3) });
  const steps = await open(written([matrix('step_30', 10), matrix('step_4', 20)]), 'x');
  expect(Array.from(steps.trace.steps)).toEqual([4, 30]);
  expect(flat(steps.trace)).toEqual([20, 21, 22, 23, 10, 11, 12, 13]);
  expect(steps.questions[0]).toMatchObject({ id: 'array', value: 'step_*, a step' });
  const layers = await open(written([matrix('layer_30', 10), matrix('layer_4', 20)]), 'x');
  expect(layers.trace.layers.map(({ name }) => name)).toEqual(['4', '30']);
});

describe('headers that lie', () => {
  const entry = (dtype: string, shape: unknown, offsets: unknown): object => ({ dtype, shape, data_offsets: offsets });
  test.each([
    ['beyond the file', { a: entry('U8', [2, 20], [0, 40]) }, 'x, a: its bytes 0 to 40 do not lie in the file, which has 32 after the header'],
    ['backwards', { a: entry('U8', [2, 2], [8, 4]) }, 'x, a: its bytes 8 to 4 do not lie in the file, which has 32 after the header'],
    ['over each other', { a: entry('U8', [2, 2], [0, 4]), b: entry('U8', [2, 2], [3, 7]) }, 'x, b: it begins at byte 3, inside the array before it'],
    ['a shape of another size', { a: entry('I32', [2, 2], [0, 4]) }, 'x, a: 4 bytes do not hold I32 of shape (2, 2)'],
    ['a huge shape', { a: entry('I32', [1e9, 1e9], [0, 4]) }, 'x, a: 4 bytes do not hold I32 of shape (1000000000, 1000000000)'],
    ['no offsets', { a: { dtype: 'U8', shape: [2] } }, 'x, a: its header entry is {"dtype":"U8","shape":[2]}'],
    ['negative sizes', { a: entry('U8', [-1, -4], [0, 4]) }, 'x, a: its header entry is'],
    ['a list', '{"a":1', 'x: its header is no JSON'],
    ['no tensors', {}, 'x: no array in it has steps and experts; it holds no arrays'],
    ['scalars', { a: entry('U8', [], [0, 1]) }, 'x: no array in it has steps and experts; it holds a ()'],
  ])('%s', async (_, header, message) => {
    const error = await refusal(safetensors(header, new Uint8Array(32)), 'x');
    expect(error.code).toBe('bad-input');
    expect(error.message).toContain(message);
  });

  test.each([12, 100, 20_000, 30_143])('a file cut after %i bytes', async (length) => {
    const error = await refusal(fixture('counts.safetensors').slice(0, length), 'counts.safetensors');
    expect(error).toMatchObject({ code: 'bad-input', remedy: 'the file is cut off or damaged; copy it again' });
  });

  test('any byte of the header changed ends in a trace or in a refusal', async () => {
    const bytes = written([{ name: 'counts', dtype: 'I32', shape, data: Int32Array.from(loads) }]);
    const surprises: unknown[] = [];
    for (let at = 0; at < bytes.length - 96; at++) {
      for (const value of [0, 255, bytes[at] ^ 1, 0x39]) {
        const changed = bytes.slice();
        changed[at] = value;
        await open(changed, 'x.safetensors', axes).catch((error: unknown) => {
          if (!(error instanceof GatecastError)) surprises.push([at, value, error]);
        });
      }
    }
    expect(surprises).toEqual([]);
  });

  test('a load that is not a number', async () => {
    const bytes = written([{ name: 'counts', dtype: 'F32', shape: [2, 1, 2], data: Float32Array.of(1, NaN, 2, 3) }]);
    expect((await refusal(bytes, 'x', axes)).message).toBe('x, counts row 0, layer 0, expert 1: NaN is not a count');
  });
});

/** Element types, byte orders, memory orders and kinds of archives, as NumPy writes them (tests/fixtures/numpy/make.py). */
import { describe, expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import { choppedSource, fixture, flat, open, refusal } from './support.ts';

/** counts[s, l, e] = 7 s + 3 l + e */
const counts = Array.from({ length: 36 }, (_, i) => 7 * Math.floor(i / 6) + 3 * (Math.floor(i / 3) % 2) + (i % 3));
const axes = { axes: 'steps,layers,experts' };

const types = ['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8'];
const names = types.flatMap((type) => (type.endsWith('1') ? [`${type}_little`] : [`${type}_little`, `${type}_big`]));

describe('one array', () => {
  test.each([...names, 'fortran', 'version1', 'version2', 'version3'])('%s.npy reads exactly, in pieces of any size', async (name) => {
    for (const size of [1, 3, 7, 10_000]) {
      const { trace } = await openTrace(choppedSource(fixture(`numpy/${name}.npy`), `${name}.npy`, size), { mapping: axes });
      expect(flat(trace)).toEqual(counts);
      expect(trace.kind).toBe('counts');
    }
  });

  test('bool reads as 0 and 1', async () => {
    const { trace } = await open(fixture('numpy/b1.npy'), 'b1.npy', axes);
    expect(flat(trace)).toEqual(counts.map((count) => count % 2));
  });

  test('a flattened array in Fortran order reads as layers when told so', async () => {
    const { trace } = await open(fixture('numpy/fortran_2d.npy'), 'fortran_2d.npy', { axes: 'steps,experts', layers: '2' });
    expect(flat(trace)).toEqual(counts);
  });

  test('axes can be told in any order', async () => {
    // The array [6, 2, 3] read as [experts, layers, steps]: counts'[s, l, e] = 7 e + 3 l + s.
    const { trace } = await open(fixture('numpy/i4_little.npy'), 'i4.npy', { axes: 'experts,layers,steps' });
    expect(trace.steps).toHaveLength(3);
    expect(trace.layers.map((layer) => layer.experts)).toEqual([6, 6]);
    expect(flat(trace)).toEqual(Array.from({ length: 36 }, (_, i) => 7 * (i % 6) + 3 * (Math.floor(i / 6) % 2) + Math.floor(i / 12)));
    const other = await open(fixture('numpy/i4_little.npy'), 'i4.npy', { axes: 'experts,steps,layers' });
    expect(flat(other.trace)).toEqual(Array.from({ length: 36 }, (_, i) => 7 * (i % 6) + 3 * Math.floor(i / 18) + (Math.floor(i / 6) % 3)));
  });

  test('the longest axis is guessed to be the steps, and unclear shapes ask', async () => {
    const clear = await open(fixture('counts_i32.npy'), 'counts.npy');
    expect(clear.questions).toContainEqual(expect.objectContaining({ id: 'axes', value: 'steps,layers,experts', ambiguous: false }));
    const answered = await open(fixture('numpy/i4_little.npy'), 'i4.npy', { axes: 'layers,steps,experts' });
    expect(answered.trace.steps).toHaveLength(2);
  });

  test('elements that are no numbers are refused by their type', async () => {
    expect((await refusal(fixture('numpy/complex.npy'), 'complex.npy')).message).toContain("'<c8'");
  });

  test('a negative count is refused with its place', async () => {
    // 12 = 7·1 + 3·1 + 2
    const error = await refusal(fixture('numpy/negative.npy'), 'negative.npy', axes);
    expect(error.code).toBe('bad-input');
    expect(error.message).toBe('negative.npy row 1, layer 1, expert 2: -3 is not a count: it is negative');
  });
});

describe('archives', () => {
  test('an array a layer, of unequal experts, with steps and loss', async () => {
    const { trace } = await open(fixture('numpy/layers.npz'), 'layers.npz');
    expect(trace.layers.map(({ name, experts }) => [name, experts])).toEqual([['0', 3], ['1', 3], ['10', 4]]);
    expect(Array.from(trace.steps)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(Array.from(trace.layers[1].values)).toEqual(Array.from({ length: 18 }, (_, i) => 7 * Math.floor(i / 3) + 3 + (i % 3)));
    expect(Array.from(trace.layers[2].values)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(trace.loss?.[5]).toBe(2);
  });

  test('the array with a known name is taken, others can be chosen', async () => {
    const bytes = fixture('numpy/several.npz');
    const guessed = await open(bytes, 'several.npz', axes);
    expect(flat(guessed.trace)).toEqual(counts);
    expect(guessed.questions[0]).toMatchObject({ id: 'array', value: 'tokens_per_expert', ambiguous: false });
    const chosen = await open(bytes, 'several.npz', { ...axes, array: 'dropped' });
    expect(flat(chosen.trace)).toEqual(counts.map((count) => Math.floor(count / 2)));
  });

  test('between arrays that are equally likely it asks', async () => {
    const { questions } = await open(fixture('numpy/unnamed.npz'), 'unnamed.npz', axes);
    expect(questions[0]).toMatchObject({ id: 'array', value: 'first', ambiguous: true });
  });

  test.each(['descriptor.npz', 'zip64.npz'])('%s reads exactly', async (name) => {
    const { trace } = await open(fixture(`numpy/${name}`), name, axes);
    expect(flat(trace)).toEqual(counts);
  });

  test('a flipped bit in packed data is noticed', async () => {
    const bytes = fixture('counts_loss.npz');
    bytes[5000] ^= 16;
    const error = await refusal(bytes, 'counts_loss.npz');
    expect(error.code).toBe('bad-input');
    expect(error.message).toContain('damaged');
  });
});

/** Files that NumPy and pandas wrote read back exactly. */
import { describe, expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import type { Mapping } from '../../../src/trace/read/reader.ts';
import { choppedSource, expectedCounts, fixture, flat, open } from './support.ts';

const files: readonly { name: string; mapping?: Mapping }[] = [
  { name: 'counts_i32.npy' }, { name: 'counts_loss.npz' }, { name: 'counts_i64_2d.npy', mapping: { layers: '3' } },
  { name: 'long.csv' }, { name: 'wide.csv' }, { name: 'steps.jsonl' }, { name: 'array.json' },
  { name: 'counts.safetensors' }, { name: 'dict.pt' }, { name: 'counts.h5' },
];
const expected = Array.from(expectedCounts());

/** Computed in Python by another implementation of the hash, over the canonical form of expected.npy. */
const fingerprint = 'cd495c972501263ca5cf1015c82f2364';

describe.each(files)('$name', ({ name, mapping }) => {
  test('reads exactly to expected.npy', async () => {
    const { trace } = await open(fixture(name), name, mapping);
    expect(trace.kind).toBe('counts');
    expect(trace.steps).toEqual(Float64Array.from({ length: 300 }, (_, step) => step));
    expect(trace.layers.map((layer) => layer.experts)).toEqual([8, 8, 8]);
    expect(trace.layers.map((layer) => layer.name)).toEqual(['0', '1', '2']);
    expect(flat(trace)).toEqual(expected);
    expect(trace.name).toBe(name);
  });

  test.each([1, 7, 61, 4093])('reads the same in pieces of %i bytes', async (size) => {
    const { trace } = await openTrace(choppedSource(fixture(name), name, size), { mapping });
    expect(trace.fingerprint).toBe(fingerprint);
  });

  test('is known by its content alone', async () => {
    const { trace } = await open(fixture(name), 'trace', mapping);
    expect(trace.fingerprint).toBe(fingerprint);
  });
});

test('shares in half floats read as shares that sum to 1', async () => {
  const { trace } = await open(fixture('proportion_f16.npy'), 'proportion_f16.npy');
  expect(trace.kind).toBe('shares');
  const counts = expectedCounts();
  flat(trace).forEach((share, i) => {
    const start = i - (i % 8);
    const total = counts.subarray(start, start + 8).reduce((a, b) => a + b, 0);
    const exact = counts[i] / total;
    // Half floats have 11 significant bits.
    expect(Math.abs(share - exact)).toBeLessThanOrEqual(exact * 2 ** -11 + 1e-7);
  });
});

test('layers that lie behind each other in a row are one layer until told otherwise', async () => {
  const bytes = fixture('counts_i64_2d.npy');
  const one = await open(bytes, 'counts_i64_2d.npy');
  expect(one.trace.layers.map((layer) => layer.experts)).toEqual([24]);
  expect(flat(one.trace)).toEqual(expected);
  expect(one.questions.find((question) => question.id === 'layers')).toMatchObject({ value: '1', ambiguous: true });
  const named = await open(bytes, 'counts-3layers.npy');
  expect(named.questions.find((question) => question.id === 'layers')).toMatchObject({ value: '3', ambiguous: false });
});

test('step numbers and losses are picked up where the file has them', async () => {
  const npz = await open(fixture('counts_loss.npz'), 'counts_loss.npz');
  const jsonl = await open(fixture('steps.jsonl'), 'steps.jsonl');
  expect(npz.trace.loss?.[0]).toBe(Math.fround(10.717926025390625));
  expect(npz.trace.loss).toEqual(jsonl.trace.loss);
  const npy = await open(fixture('counts_i32.npy'), 'counts_i32.npy');
  expect(npy.trace.loss).toBeUndefined();
});

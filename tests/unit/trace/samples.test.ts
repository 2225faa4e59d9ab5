/** The samples unpack to the counts that were recorded: their hashes were taken in Python before packing. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openTrace } from '../../../src/trace/read/open.ts';
import { sampleById, samples } from '../../../src/trace/samples.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { expectedCounts } from './support.ts';

interface Run {
  readonly steps: number;
  readonly n_layers: number;
  readonly n_experts: number;
  readonly top_k: number;
  readonly assignments_per_step_layer: number;
  readonly counts_sha256: string;
  readonly loss_sha256: string;
}

test.each(samples)('$id unpacks to what was recorded', async ({ id, url, steps, layers, experts, routing, assignmentsPerStep }) => {
  const run = JSON.parse(readFileSync(new URL(`../../../samples/${id}.json`, import.meta.url), 'utf8')) as Run;
  const { trace } = await openTrace(bytesSource(readFileSync(new URL(url)), id));
  const counts = new Int32Array(steps * layers * experts);
  trace.layers.forEach(({ values }, layer) => {
    for (let row = 0; row < steps; row++) counts.set(values.subarray(row * experts, (row + 1) * experts), (row * layers + layer) * experts);
  });
  const sha256 = (array: Int32Array | Float32Array): string => createHash('sha256').update(new Uint8Array(array.buffer)).digest('hex');
  expect(sha256(counts)).toBe(run.counts_sha256);
  expect(sha256(trace.loss ?? new Float32Array(0))).toBe(run.loss_sha256);
  expect({ steps, layers, experts, assignmentsPerStep }).toEqual({
    steps: run.steps, layers: run.n_layers, experts: run.n_experts, assignmentsPerStep: run.assignments_per_step_layer,
  });
  expect(routing).toContain(`top-${run.top_k} of ${run.n_experts}`);
  expect(trace.kind).toBe('counts');
});

test('expected.npy is a cut of the default sample', async () => {
  const { trace } = await openTrace(bytesSource(readFileSync(new URL(samples[0].url)), samples[0].id));
  const expected = expectedCounts();
  const cut = Array.from({ length: 300 }, (_, row) => [0, 1, 2].map((layer) => Array.from(trace.layers[layer].values.subarray(row * 16, row * 16 + 8)))).flat(2);
  expect(cut).toEqual(Array.from(expected));
});

test('all samples are under 9 MB, the default one under 2.5 MB', () => {
  const sizes = samples.map(({ url }) => statSync(new URL(url)).size);
  expect(samples[0].id).toBe('gpt-moe-125m-16e');
  expect(sizes[0]).toBeLessThan(2.5e6);
  expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(9e6);
});

test('a sample is found by its id', () => {
  expect(sampleById('gpt-moe-small-8e-top1')).toBe(samples[1]);
  expect(sampleById('no-such-run')).toBeUndefined();
});

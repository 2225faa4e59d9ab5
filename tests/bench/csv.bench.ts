/**
 * Reading speed: `npx vitest bench --project node tests/bench/csv.bench.ts`.
 * Megabytes a second are the size in a title times its hz. Loads are those of the default sample, repeated.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, bench, describe } from 'vitest';
import { openTrace } from '../../src/trace/read/open.ts';
import { samples } from '../../src/trace/samples.ts';
import { bytesSource } from '../../src/trace/read/sources.ts';
import type { Trace } from '../../src/trace/trace.ts';

const longSteps = 20_000;
const wideSteps = 60_000;
let trace: Trace;
let long: Uint8Array;
let wide: Uint8Array;

function text(lines: Iterable<string>): Uint8Array {
  return new TextEncoder().encode([...lines].join('\n'));
}

function* longLines(): Generator<string> {
  yield 'step,layer,expert,tokens';
  for (let step = 0; step < longSteps; step++) {
    const row = (step % trace.steps.length) * 16;
    yield trace.layers.flatMap(({ values }, layer) => Array.from(values.subarray(row, row + 16), (load, expert) => `${step},${layer},${expert},${load}`)).join('\n');
  }
}

function* wideLines(): Generator<string> {
  yield ['step', ...trace.layers.flatMap((_, layer) => Array.from({ length: 16 }, (__, expert) => `layer${layer}_expert${expert}`))].join(',');
  for (let step = 0; step < wideSteps; step++) {
    const row = (step % trace.steps.length) * 16;
    yield `${step},${trace.layers.map(({ values }) => values.subarray(row, row + 16).join(',')).join(',')}`;
  }
}

beforeAll(async () => {
  trace = (await openTrace(bytesSource(readFileSync(new URL(samples[0].url)), samples[0].id))).trace;
  long = text(longLines());
  wide = text(wideLines());
});

describe('CSV of 12 layers × 16 experts', () => {
  bench('long, 20,000 steps, 56 MB', async () => void (await openTrace(bytesSource(long, 'long.csv'))), { iterations: 5, time: 0 });
  bench('wide, 60,000 steps, 52 MB', async () => void (await openTrace(bytesSource(wide, 'wide.csv'))), { iterations: 5, time: 0 });
  bench('the default sample, 1.9 MB packed', async () => void (await openTrace(bytesSource(readFileSync(new URL(samples[0].url)), 'sample'))), { iterations: 5, time: 0 });
});

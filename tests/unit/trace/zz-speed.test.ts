/**
 * Reading speed: `npx vitest bench --project node tests/bench/csv.bench.ts`.
 * Megabytes a second are the size in a title times its hz. Loads are those of the default sample, repeated.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, test, expect } from 'vitest';
import { openTrace } from '../../../src/trace/open.ts';
import { samples } from '../../../src/trace/samples.ts';
import { bytesSource } from '../../../src/trace/sources.ts';
import type { Trace } from '../../../src/trace/trace.ts';

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


test('speed', async () => {
  for (const [n, b] of [['long', long], ['wide', wide]] as const) {
    const wall: number[] = [], cpu: number[] = [];
    for (let i = 0; i < 7; i++) {
      const c = process.cpuUsage(), t = performance.now();
      await openTrace(bytesSource(b, n + '.csv'));
      wall.push(b.length / 1e3 / (performance.now() - t));
      const d = process.cpuUsage(c); cpu.push(b.length / (d.user + d.system));
    }
    const med = (a: number[]) => a.sort((x, y) => x - y)[3];
    console.log(n, (b.length / 1e6).toFixed(1), 'MB; wall MB/s', med(wall).toFixed(0), 'cpu MB/s', med(cpu).toFixed(0));
  }
  const p = readFileSync(new URL(samples[0].url)); const ts = [];
  for (let i = 0; i < 7; i++) { const t = performance.now(); await openTrace(bytesSource(p, 's')); ts.push(performance.now() - t); }
  console.log('sample ms', ts.map((x) => x.toFixed(0)).join(' '));
  expect(1).toBe(1);
}, 120000);

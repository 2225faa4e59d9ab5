/**
 * Reading speed of Parquet beside bare hyparquet, which only decodes: `npx vitest bench --project node tests/bench/frames.bench.ts`.
 * Loads are those of the default sample, repeated: 3.8 million rows.
 */
import { readFileSync } from 'node:fs';
import { parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { beforeAll, bench, describe } from 'vitest';
import { openTrace } from '../../src/trace/read/open.ts';
import { samples } from '../../src/trace/samples.ts';
import { bytesSource } from '../../src/trace/read/sources.ts';
import { traceFormats } from '../../src/trace/write/formats.ts';

const longSteps = 20_000;
let long: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const { trace } = await openTrace(bytesSource(readFileSync(new URL(samples[0].url)), samples[0].id));
  const steps = Float64Array.from({ length: longSteps }, (_, step) => step);
  const layers = trace.layers.map((layer) => ({ ...layer, values: Uint32Array.from({ length: longSteps * layer.experts }, (_, i) => layer.values[i % layer.values.length]) }));
  const pieces = [...traceFormats.parquet.pieces({ ...trace, steps, layers, loss: undefined })];
  long = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    long.set(piece, at);
    at += piece.length;
  }
}, 60_000);

describe('Parquet of 12 layers × 16 experts, long, 20,000 steps', () => {
  bench('read as a trace', async () => void (await openTrace(bytesSource(long, 'long.parquet'))), { iterations: 3, time: 0 });
  bench('decoded by hyparquet', () => parquetRead({ file: long.buffer, compressors, onChunk: () => {} }), { iterations: 3, time: 0 });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import { finishTrace } from '../../../src/trace/build/finish.ts';
import { samples } from '../../../src/trace/samples.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { traceFormats, type TraceFormatName } from '../../../src/trace/write/formats.ts';
import { open } from './support.ts';

const names = Object.keys(traceFormats) as TraceFormatName[];

function written(trace: Trace, format: TraceFormatName): Uint8Array {
  const pieces = [...traceFormats[format].pieces(trace)];
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const readBack = async (trace: Trace, format: TraceFormatName): Promise<Trace> => (await open(written(trace, format), `trace${traceFormats[format].extension}`)).trace;

async function traceOf(layers: readonly { readonly name: string; readonly loads: readonly (readonly number[])[] }[], kind: Trace['kind'] = 'counts', loss?: readonly number[]): Promise<Trace> {
  const rows = layers[0].loads.length;
  const result = await finishTrace({
    name: 'made', format: 'made', kind, questions: [], notes: [],
    steps: Float64Array.from({ length: rows }, (_, row) => 100 + 10 * row),
    layers: layers.map(({ name, loads }) => ({ name, experts: loads[0].length, values: (kind === 'counts' ? Uint32Array : Float32Array).from(loads.flat()) })),
    ...(loss ? { loss: Float32Array.from(loss) } : {}),
  });
  return result.trace;
}

describe.each(names)('a trace that is written as %s', (format) => {
  test.each(samples.map(({ id }) => id))('reads back the same: %s', async (id) => {
    const { trace } = await open(new Uint8Array(readFileSync(new URL(`../../../samples/${id}.npz`, import.meta.url))), `${id}.npz`);
    const back = await readBack(trace, format);
    expect(back.fingerprint).toBe(trace.fingerprint);
    expect(back.layers.map(({ name }) => name)).toEqual(trace.layers.map(({ name }) => name));
    expect(back.loss).toEqual(trace.loss);
  }, 30_000);

  test('reads back the same with unequal layers, counts over two billion, and shares', async () => {
    const unequal = await traceOf([{ name: '0', loads: [[1, 2], [3, 4], [5, 6]] }, { name: '1', loads: [[1, 2, 3], [0, 0, 4], [7, 8, 9]] }]);
    const large = await traceOf([{ name: '0', loads: [[4_000_000_000, 2], [3, 4], [1, 1]] }, { name: '1', loads: [[1, 2], [3, 4], [2, 2]] }]);
    const shares = await traceOf([{ name: '0', loads: [[0.1, 0.9], [1 / 3, 2 / 3], [0, 1]] }], 'shares', [3.5, NaN, 2.25]);
    for (const trace of [unequal, large, shares]) {
      const back = await readBack(trace, format);
      expect(back.fingerprint).toBe(trace.fingerprint);
      expect(back.loss).toEqual(trace.loss);
    }
  });

  test('reads back the same whatever is in it', async () => {
    const count = fc.oneof(fc.nat(3000), fc.nat(2 ** 32 - 2));
    const loads = fc.tuple(fc.integer({ min: 3, max: 8 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 })).chain(([rows, layers, experts]) => (
      fc.array(fc.array(fc.array(count, { minLength: experts, maxLength: experts }), { minLength: rows, maxLength: rows }), { minLength: layers, maxLength: layers })
    ));
    await fc.assert(fc.asyncProperty(loads, async (layers) => {
      const trace = await traceOf(layers.map((rows, layer) => ({ name: String(layer), loads: rows })));
      const bytes = written(trace, format);
      const { trace: back } = await open(bytes, `trace${traceFormats[format].extension}`, { axes: 'steps,layers,experts' });
      expect(back.fingerprint).toBe(trace.fingerprint);
    }), { numRuns: 60 });
  });

  test('is the same file whenever it is written', async () => {
    const trace = await traceOf([{ name: '0', loads: [[1, 2], [3, 4]] }]);
    expect(written(trace, format)).toEqual(written(trace, format));
  });
});

test.each(['csv', 'parquet'] as const)('names of layers are kept in a table: %s', async (format) => {
  const trace = await traceOf([{ name: 'decoder, "first"', loads: [[1, 2], [3, 4]] }, { name: 'mtp.0', loads: [[5, 6], [7, 8]] }]);
  const back = await readBack(trace, format);
  expect(back.layers.map(({ name }) => name)).toEqual(['decoder, "first"', 'mtp.0']);
  expect(back.fingerprint).toBe(trace.fingerprint);
});

const python = process.env['PYTHON'] ?? 'python3';
const has = (module: string): boolean => {
  try {
    execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

test('hyparquet reads the table', async () => {
  const trace = await traceOf([{ name: '0', loads: [[1, 2], [3, 4]] }, { name: 'last', loads: [[5, 6], [7, 8]] }], 'counts', [0.5, 0.25]);
  const rows = await parquetReadObjects({ file: written(trace, 'parquet').slice().buffer, compressors });
  expect(rows.slice(0, 3)).toEqual([
    { step: 100n, layer: '0', expert: 0, tokens: 1, loss: 0.5 }, { step: 100n, layer: '0', expert: 1, tokens: 2, loss: 0.5 }, { step: 100n, layer: 'last', expert: 0, tokens: 5, loss: 0.5 },
  ]);
  expect(rows).toHaveLength(8);
});

test.runIf(has('pyarrow'))('pyarrow reads the table', async () => {
  const trace = await traceOf([{ name: '0', loads: [[1, 2], [3, 4]] }, { name: 'last', loads: [[5, 6], [7, 8]] }], 'counts', [0.5, 0.25]);
  const path = join(mkdtempSync(join(tmpdir(), 'gatecast-')), 'trace.parquet');
  writeFileSync(path, written(trace, 'parquet'));
  const script = `import pyarrow.parquet as pq; t = pq.read_table(${JSON.stringify(path)}, page_checksum_verification=True); print(t.schema.types, t.to_pydict())`;
  const said = execFileSync(python, ['-c', script], { encoding: 'utf8' });
  expect(said.trim()).toBe("[DataType(int64), DataType(string), DataType(int32), DataType(int32), DataType(float)] {'step': [100, 100, 100, 100, 110, 110, 110, 110], 'layer': ['0', '0', 'last', 'last', '0', '0', 'last', 'last'], 'expert': [0, 1, 0, 1, 0, 1, 0, 1], 'tokens': [1, 2, 5, 6, 3, 4, 7, 8], 'loss': [0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]}");
});

test.runIf(has('numpy'))('NumPy reads the archive', async () => {
  const trace = await traceOf([{ name: '0', loads: [[1, 2], [3, 4]] }, { name: '1', loads: [[5, 6], [7, 8]] }], 'counts', [0.5, 0.25]);
  const path = join(mkdtempSync(join(tmpdir(), 'gatecast-')), 'trace.npz');
  writeFileSync(path, written(trace, 'npz'));
  const said = execFileSync(python, ['-c', `import numpy as np; z = np.load(${JSON.stringify(path)}); print(z["counts"].dtype, z["counts"].tolist(), z["step"].tolist(), z["loss"].tolist())`], { encoding: 'utf8' });
  expect(said.trim()).toBe('int32 [[[1, 2], [5, 6]], [[3, 4], [7, 8]]] [100, 110] [0.5, 0.25]');
});

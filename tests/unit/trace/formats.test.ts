/** One trace, one fingerprint, whatever it is written in. A fixture that is not in the table fails the last test. */
import { readdirSync } from 'node:fs';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Mapping } from '../../../src/trace/read/reader.ts';
import { bytesOf, expectedCounts, fixture, open } from './support.ts';

/** Computed in Python by another implementation of the hash, over the canonical form of expected.npy. */
const fingerprint = 'cd495c972501263ca5cf1015c82f2364';

/** What the file is, as the trace says it; the file; answers to what its shape alone does not say. */
const files: readonly { readonly format: string; readonly name: string; readonly mapping?: Mapping }[] = [
  { format: 'NPY', name: 'counts_i32.npy' },
  { format: 'NPY', name: 'expected.npy' },
  { format: 'NPY', name: 'counts_i64_2d.npy', mapping: { layers: '3' } },
  { format: 'NPZ', name: 'counts_loss.npz' },
  { format: 'safetensors', name: 'counts.safetensors' },
  { format: 'PyTorch', name: 'dict.pt' },
  { format: 'HDF5', name: 'counts.h5' },
  { format: 'Parquet, long', name: 'long_snappy.parquet' },
  { format: 'Parquet, long', name: 'long_zstd.parquet' },
  { format: 'Parquet, wide', name: 'wide_snappy.parquet' },
  { format: 'Arrow, long', name: 'long_lz4.arrow' },
  { format: 'TensorBoard', name: 'tb/events.out.tfevents.1795455436.vm.407.0' },
  { format: 'CSV, long', name: 'long.csv' },
  { format: 'CSV, long', name: 'long.csv.gz' },
  { format: 'CSV, long', name: 'long.csv.zst' },
  { format: 'CSV, long', name: 'frames.csv.zst' },
  { format: 'CSV, wide', name: 'wide.csv' },
  { format: 'JSON lines', name: 'steps.jsonl' },
  { format: 'JSON', name: 'array.json' },
];

/** Fixtures that hold something else of the trace. */
const others = ['proportion_f16.npy', 'list_of_tensors.pt', 'README.md'];

test.each(files)('$format: $name', async ({ format, name, mapping }) => {
  const { trace } = await open(fixture(name), name, mapping);
  expect({ fingerprint: trace.fingerprint, kind: trace.kind, format: trace.format }).toEqual({ fingerprint, kind: 'counts', format });
});

describe('layouts that training tools write, made of the same trace', () => {
  const counts = expectedCounts();
  const steps = Array.from({ length: 300 }, (_, step) => Array.from({ length: 3 }, (__, layer) => Array.from(counts.subarray((3 * step + layer) * 8, (3 * step + layer + 1) * 8))));
  const lines = (records: readonly unknown[]): string => records.map((record) => JSON.stringify(record)).join('\n');
  const named = (name: (layer: number, expert: number) => string, loads: readonly (readonly number[])[]): [string, number][] => loads.flatMap((own, layer) => own.map((load, expert): [string, number] => [name(layer, expert), load]));
  const cells = steps.flatMap((loads, step) => loads.flatMap((own, layer) => own.map((count, expert) => ({ step, layer, expert, count }))));

  test.each([
    ['vLLM’s load_history', 'x.json', JSON.stringify({ load_history: steps.map((loads) => ({ logical_expert_load: loads })) })],
    ['SGLang’s logical_count', 'x.json', JSON.stringify({ rank: 0, logical_count: steps })],
    ['layers by name', 'x.json', JSON.stringify(Object.fromEntries([0, 1, 2].map((layer) => [`layer${layer}`, steps.map((loads) => loads[layer])])))],
    ['columns by name', 'x.json', JSON.stringify(Object.fromEntries([0, 1, 2].flatMap((layer) => Array.from({ length: 8 }, (_, expert) => [`layer${layer}_expert${expert}`, steps.map((loads) => loads[layer][expert])]))))],
    ['records of pandas', 'x.json', JSON.stringify(cells)],
    ['lines of pandas', 'x.jsonl', lines(cells)],
    ['W&B’s flat keys', 'x.jsonl', lines(steps.map((loads, _step) => ({ _step, ...Object.fromEntries(named((layer, expert) => `train/TokensTotal/layer${layer}/expert${expert}`, loads)) })))],
    ['Megatron-LM’s lines', 'x.jsonl', lines(steps.flatMap((loads, iter) => loads.map((own, layer) => ({ iter, layer, tpe: [own, own.map(() => 0)] }))))],
    ['an indented document', 'x.json', JSON.stringify({ counts: steps }, null, 2)],
    ['NeMo’s columns', 'x.csv', [['step', ...named((layer, expert) => `moe-expert/gpt_layer${layer}_expert${expert}`, steps[0]).map(([name]) => name)].join(), ...steps.map((loads, step) => [step, ...loads.flat()].join())].join('\n')],
  ])('%s', async (_, name, text) => {
    for (const bytes of [bytesOf(text), gzipSync(bytesOf(text)), zipSync({ [name]: bytesOf(text) })]) {
      const { trace } = await open(bytes, name);
      expect({ fingerprint: trace.fingerprint, kind: trace.kind }).toEqual({ fingerprint, kind: 'counts' });
    }
  });
});

test('every fixture of the trace is in the table', () => {
  const folder = (name: string): string[] => readdirSync(new URL(`../../fixtures/${name}`, import.meta.url), { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => (name === '' ? '' : `${name}/`) + entry.name);
  const known = new Set([...files.map(({ name }) => name), ...others]);
  expect([...folder(''), ...folder('tb')].filter((name) => !known.has(name))).toEqual([]);
});

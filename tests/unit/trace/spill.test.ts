/** Traces larger than what may be held: read through a scratch file, they are what they are without one. */
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { CellStore, type ScratchFile } from '../../../src/trace/cell-store.ts';
import { describeTrace } from '../../../src/trace/describe.ts';
import { openTrace, openTraces } from '../../../src/trace/open.ts';
import type { Mapping, ReadResult } from '../../../src/trace/reader.ts';
import { bytesSource } from '../../../src/trace/sources.ts';
import { StoredLayer, rowsOf } from '../../../src/trace/stored-layer.ts';
import { openStored, storedBytes, storedParts } from '../../../src/trace/stored.ts';
import { bytesOf, choppedSource, fixture, npyBytes, open } from './support.ts';

interface MemoryScratch extends ScratchFile {
  readonly written: { bytes: number; writes: number };
  readonly read: { bytes: number };
}

/** A scratch file in memory. Being made, it answers no for a few times, as one on the disk does. */
function memoryScratch(mostBytes = Infinity, answersNo = 2): MemoryScratch {
  let content = new Uint8Array(1 << 16);
  let asked = 0;
  const full = (needed: number): GatecastError => new GatecastError({ code: 'storage-full', message: `reading needs ${needed} bytes` });
  const scratch: MemoryScratch = {
    written: { bytes: 0, writes: 0 },
    read: { bytes: 0 },
    isReady(neededBytes) {
      if (neededBytes > mostBytes) throw full(neededBytes);
      return ++asked > answersNo;
    },
    write(at, bytes) {
      scratch.written.bytes += bytes.length;
      scratch.written.writes++;
      if (at + bytes.length > content.length) {
        const larger = new Uint8Array(2 * (at + bytes.length));
        larger.set(content);
        content = larger;
      }
      content.set(bytes, at);
    },
    readNow(start, end) {
      scratch.read.bytes += end - start;
      return content.slice(start, end);
    },
  };
  return scratch;
}

const tiny = 10_000;

async function spilled(content: Uint8Array | string, name: string, { mapping, heldBytes = tiny, scratch = memoryScratch() }: { mapping?: Mapping; heldBytes?: number; scratch?: MemoryScratch } = {}): Promise<ReadResult> {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  const result = await openTrace(choppedSource(bytes, name, 3000), { mapping, store: new CellStore(scratch, heldBytes) });
  expect(scratch.written.bytes).toBeGreaterThan(0);
  return result;
}

/** All of a result that is not a class with a file behind it. */
function plain({ trace, ...rest }: ReadResult): unknown {
  return { ...rest, trace: { ...trace, layers: trace.layers.map(({ name, experts, values }) => ({ name, experts, values })) } };
}

/** The same, in all ways to ask. */
function expectSame(stored: ReadResult, memory: ReadResult): void {
  expect(stored.trace.layers.every((layer) => layer instanceof StoredLayer)).toBe(true);
  expect(describeTrace(stored)).toEqual(describeTrace(memory));
  expect(plain(stored)).toEqual(plain(memory));
  const rows = memory.trace.steps.length;
  for (const [index, layer] of memory.trace.layers.entries()) {
    for (const [from, to] of [[0, 1], [Math.floor(rows / 3), Math.ceil(rows / 2)], [rows - 1, rows]]) {
      expect(rowsOf(stored.trace.layers[index], from, to)).toEqual(rowsOf(layer, from, to));
    }
  }
}

async function expectSameAsInMemory(content: Uint8Array | string, name: string, mapping?: Mapping, heldBytes?: number): Promise<ReadResult> {
  const memory = await open(content, name, mapping);
  const stored = await spilled(content, name, { mapping, heldBytes });
  expectSame(stored, memory);
  return memory;
}

describe('a result larger than what is held', () => {
  test.each([
    'counts_i32.npy', 'counts_i64_2d.npy', 'proportion_f16.npy', 'counts_loss.npz', 'long.csv', 'wide.csv', 'steps.jsonl', 'array.json', 'counts.h5',
    'counts.safetensors', 'dict.pt', 'list_of_tensors.pt', 'tb/events.out.tfevents.1795455436.vm.407.0', 'long.csv.gz', 'long.csv.zst',
  ])('%s is read as in memory', async (name) => {
    await expectSameAsInMemory(fixture(name), name);
  });

  test('layers of unequal length in an NPZ, and a ring of rows, are read as in memory', async () => {
    await expectSameAsInMemory(fixture('numpy/layers.npz'), 'layers.npz', undefined, 100);
    for (const number of [1, 2, 3]) await expectSameAsInMemory(fixture(`torch/expert_distribution_recorder_${number}.pt`), `expert_distribution_recorder_${number}.pt`, undefined, 100);
  });

  test('one that fits stays in memory, and nothing is written', async () => {
    const scratch = memoryScratch();
    for (const name of ['counts_i32.npy', 'long.csv']) {
      const result = await openTrace(bytesSource(fixture(name), name), { store: new CellStore(scratch, 100_000) });
      expect(result).toEqual(await open(fixture(name), name));
    }
    expect(scratch.written.bytes).toBe(0);
  });

  test('without a disk it stays in memory', async () => {
    const store = new CellStore(memoryScratch(Infinity, Infinity), tiny);
    const result = await openTrace(bytesSource(fixture('counts_i32.npy'), 'counts_i32.npy'), { store });
    expectSame(result, await open(fixture('counts_i32.npy'), 'counts_i32.npy'));
  });
});

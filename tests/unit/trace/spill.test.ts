/** Traces larger than what may be held: read through a scratch file, they are what they are without one. */
import { describe, expect, test } from 'vitest';
import { GatecastError } from '../../../src/errors.ts';
import { CellStore, type ScratchFile } from '../../../src/trace/build/cell-store.ts';
import { describeTrace } from '../../../src/trace/describe.ts';
import { openTrace, openTraces } from '../../../src/trace/read/open.ts';
import type { Mapping, ReadResult } from '../../../src/trace/read/reader.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { StoredLayer, rowsOf } from '../../../src/trace/kept/stored-layer.ts';
import { openStored, storedBytes, storedParts } from '../../../src/trace/kept/stored.ts';
import { bytesOf, choppedSource, fixture, npyBytes, open } from './support.ts';

interface MemoryScratch extends ScratchFile {
  readonly written: { bytes: number; writes: number };
  readonly wasRead: { bytes: number };
}

/** A scratch file in memory. Being made, it answers no for a few times, as one on the disk does. */
function memoryScratch(mostBytes = Infinity, answersNo = 2): MemoryScratch {
  let content = new Uint8Array(1 << 16);
  let asked = 0;
  const full = (needed: number): GatecastError => new GatecastError({ code: 'storage-full', message: `reading needs ${needed} bytes` });
  const scratch: MemoryScratch = {
    written: { bytes: 0, writes: 0 },
    wasRead: { bytes: 0 },
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
    read(at, into) {
      scratch.wasRead.bytes += into.length;
      into.set(content.subarray(at, at + into.length));
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

/** 120 kB of loads: 120 steps × 5 layers × 50 experts, in the order of the axes that is asked for. */
function npyOf(axes: readonly ('steps' | 'layers' | 'experts')[], load: (step: number, layer: number, expert: number) => number, fractional = false): Uint8Array {
  const lengths = { steps: 120, layers: 5, experts: 50 };
  const shape = axes.map((axis) => lengths[axis]);
  const values = fractional ? new Float64Array(120 * 5 * 50) : new Uint16Array(120 * 5 * 50);
  let at = 0;
  const index = { steps: 0, layers: 0, experts: 0 };
  for (index[axes[0]] = 0; index[axes[0]] < shape[0]; index[axes[0]]++) {
    for (index[axes[1]] = 0; index[axes[1]] < shape[1]; index[axes[1]]++) {
      for (index[axes[2]] = 0; index[axes[2]] < shape[2]; index[axes[2]]++) values[at++] = load(index.steps, index.layers, index.experts);
    }
  }
  return npyBytes(fractional ? '<f8' : '<u2', shape, new Uint8Array(values.buffer));
}

const someLoad = (step: number, layer: number, expert: number): number => (step * 7919 + layer * 104_729 + expert * 31 + ((step * expert) % 17)) % 60_000;

describe('whatever the order in the file', () => {
  const orders = [
    ['steps', 'layers', 'experts'], ['steps', 'experts', 'layers'], ['layers', 'steps', 'experts'],
    ['layers', 'experts', 'steps'], ['experts', 'layers', 'steps'], ['experts', 'steps', 'layers'],
  ] as const;
  const inMemory = npyOf(orders[0], someLoad);

  test.each(orders)('%s, %s, %s: nothing is written or read more than a few times', async (...axes) => {
    const mapping = { axes: axes.join(',') };
    const memory = await open(npyOf(axes, someLoad), 'x.npy', mapping);
    for (const heldBytes of [2000, 20_000, 80_000]) {
      const scratch = memoryScratch();
      const stored = await spilled(npyOf(axes, someLoad), 'x.npy', { mapping, heldBytes, scratch });
      const bytes = 120 * 5 * 50 * 4;
      expect(scratch.written.bytes).toBeLessThanOrEqual(bytes);
      expect(scratch.wasRead.bytes).toBeLessThan(2 * bytes);
      expectSame(stored, memory);
    }
    expect(memory.trace.fingerprint).toBe((await open(inMemory, 'x.npy')).trace.fingerprint);
  });

  test.each(orders)('%s, %s, %s: counts that turn to fractions at the end', async (...axes) => {
    const last = { steps: 119, layers: 4, experts: 49 };
    const load = (step: number, layer: number, expert: number): number => someLoad(step, layer, expert) + (step === last.steps && layer === last.layers && expert === last.experts ? 0.5 : 0);
    const content = npyOf(axes, load, true);
    const mapping = { axes: axes.join(',') };
    const { trace } = await expectSameAsInMemory(content, 'x.npy', mapping, 20_000);
    expect(trace.kind).toBe('shares');
  });

  /** Lines of a long table, sorted by some of its columns. */
  function longTable(by: readonly ('step' | 'layer' | 'expert')[], load = someLoad): string {
    const lines = [];
    for (let step = 0; step < 600; step++) for (let layer = 0; layer < 3; layer++) for (let expert = 0; expert < 6; expert++) lines.push({ step, layer, expert });
    lines.sort((a, b) => by.reduce((order, column) => order || a[column] - b[column], 0));
    return ['step,layer,expert,tokens', ...lines.map(({ step, layer, expert }) => `${step},${layer},${expert},${load(step, layer, expert)}`)].join('\n');
  }

  test.each([['layer', 'expert', 'step'], ['expert', 'layer', 'step'], ['expert', 'step', 'layer'], ['step', 'layer', 'expert']] as const)('a table sorted by %s, %s, %s', async (...by) => {
    const table = longTable(by);
    const memory = await open(table, 'x.csv');
    const scratch = memoryScratch();
    const stored = await spilled(table, 'x.csv', { scratch });
    expectSame(stored, memory);
    const bytes = 600 * 3 * 6 * 4;
    // Loads that come for what was written already are noted, with their place; so each is written twice and again put in.
    expect(scratch.written.bytes).toBeLessThan(6 * bytes);
    // Some loads were noted as counts before, others are noted as fractions after.
    for (const expert of [1, 3, 5]) {
      const { trace } = await expectSameAsInMemory(longTable(by, (...at) => someLoad(...at) + (at[2] === expert && at[0] === 310 ? 0.25 : 0)), 'x.csv');
      expect(trace.kind).toBe('shares');
    }
  });
});

describe('a table', () => {
  const line = (step: number, layer: number, loads: readonly number[]): string => loads.map((load, expert) => `${step},${layer},${expert},${load}\n`).join('');
  const head = 'step,layer,expert,tokens\n';
  const steps = Array.from({ length: 900 }, (_, step) => step);
  const loads = (step: number): number[] => [step, 2, (step * 37) % 100, 4];

  test('whose counts turn to fractions after most were written', async () => {
    for (const odd of [0, 300, 899]) {
      const text = head + steps.map((step) => line(step, 0, loads(step)) + line(step, 1, step === 899 ? [1, 2.25, 3, 4] : loads(step))).join('') + `${odd},0,1,0.5\n`;
      const { trace } = await expectSameAsInMemory(text, 'x.csv');
      expect(trace.kind).toBe('shares');
    }
  });

  test('whose rows come out of order, and some twice', async () => {
    const shuffled = steps.map((step) => (step * 577) % 900);
    const text = head + [...shuffled, 5, 899, 400].map((step, i) => line(step, 0, i < 900 ? loads(step) : [9, 9, 9, step])).join('');
    const memory = await expectSameAsInMemory(text, 'x.csv');
    expect(memory.repeatedSteps).toBe(3);
  });

  test('whose experts grow in number after most were written, which leaves out what is 0, and which numbers them from 1', async () => {
    const wide = head + steps.map((step) => line(step, 0, step < 700 ? [1, 2] : loads(step))).join('') + line(3, 0, [7, 7, 7, 7, 7, 7, 7]) + line(4, 1, [1]);
    await expectSameAsInMemory(wide, 'x.csv');
    const fromOne = head + steps.map((step) => loads(step).map((load, expert) => `${step},0,${expert + 1},${load}\n`).join('')).join('');
    const memory = await expectSameAsInMemory(fromOne, 'x.csv');
    expect(memory.notes).toContain('experts are numbered from 1 in the file and from 0 here');
    // One that comes at the very end, for a row that was written long before, is expert 0.
    const one = await expectSameAsInMemory(`${fromOne}2,0,0,5\n`, 'x.csv');
    expect(one.trace.layers[0].experts).toBe(5);
    // And so is one that was written with the first rows.
    expect((await expectSameAsInMemory(fromOne.replace('\n0,0,1', '\n0,0,0,5\n0,0,1'), 'x.csv')).trace.layers[0].values[0]).toBe(5);
  });
});

describe('several files', () => {
  test('that continue one another are one trace, read when it is asked for', async () => {
    const part = (from: number, to: number, load: number): string => 'step,layer,expert,tokens\n' + Array.from({ length: to - from }, (_, i) => [0, 1, 2].map((expert) => `${from + i},0,${expert},${load + expert + (i % 9)}`).join('\n')).join('\n');
    const texts = [part(0, 700, 1), part(600, 1500, 0.5), part(1500, 2500, 3)];
    const sources = texts.map((text, i) => bytesSource(bytesOf(text), `log-${i}.csv`));
    const memory = await openTraces(sources, 'log');
    const scratch = memoryScratch();
    const stored = await openTraces(sources, 'log', { store: new CellStore(scratch, tiny) });
    expect(scratch.written.bytes).toBeGreaterThan(0);
    expectSame(stored, memory);
    expect(memory.trace.steps.length).toBe(2500);
  });
});

describe('afterwards', () => {
  test('it is kept layer by layer, as from memory', async () => {
    for (const name of ['counts_loss.npz', 'long.csv', 'proportion_f16.npy']) {
      const memory = await open(fixture(name), name);
      const stored = await spilled(fixture(name), name);
      const parts = (result: ReadResult): unknown => Array.from(storedParts(result), ({ at, bytes }) => ({ at, bytes: [...bytes] }));
      expect(storedBytes(stored)).toBe(storedBytes(memory));
      expect(parts(stored)).toEqual(parts(memory));
      const file = new Uint8Array(storedBytes(stored));
      for (const { at, bytes } of storedParts(stored)) file.set(bytes, at);
      expect((await openStored((start, end) => file.slice(start, end), file.length)).trace).toEqual(memory.trace);
    }
  });
});

describe('a scratch file', () => {
  test.each(['counts_i32.npy', 'long.csv', 'steps.jsonl', 'counts_loss.npz'])('without room ends the reading of %s, saying how much it needs', async (name) => {
    const store = new CellStore(memoryScratch(12_000), tiny);
    await expect(openTrace(bytesSource(fixture(name), name), { store })).rejects.toMatchObject({ code: 'storage-full' });
  });

  test('is asked for all that a whole array needs before anything is written', async () => {
    const scratch = memoryScratch(28_000);
    await expect(openTrace(bytesSource(fixture('counts_i32.npy'), 'counts_i32.npy'), { store: new CellStore(scratch, tiny) }))
      .rejects.toMatchObject({ message: 'reading needs 28800 bytes' });
    expect(scratch.written.bytes).toBe(0);
  });

  test('that fails in the middle ends the reading', async () => {
    const failing = memoryScratch();
    const { write } = failing;
    failing.write = (at, bytes) => {
      if (failing.written.writes === 2) throw new GatecastError({ code: 'storage-full', message: 'no more' });
      write(at, bytes);
    };
    await expect(openTrace(choppedSource(fixture('long.csv'), 'long.csv', 3000), { store: new CellStore(failing, tiny) })).rejects.toMatchObject({ code: 'storage-full', message: 'no more' });
  });

  test('is no longer written once the reading is cancelled', async () => {
    const controller = new AbortController();
    const scratch = memoryScratch();
    const { write } = scratch;
    scratch.write = (at, bytes) => {
      write(at, bytes);
      controller.abort();
    };
    await expect(openTrace(choppedSource(fixture('long.csv'), 'long.csv', 3000), { signal: controller.signal, store: new CellStore(scratch, tiny) })).rejects.toMatchObject({ code: 'cancelled' });
    // What came with the piece that was being read.
    expect(scratch.written.writes).toBeLessThan(5);
  });
});

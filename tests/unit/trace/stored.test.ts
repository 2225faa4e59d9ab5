/** Our own file of a trace: whole, and with its layers read one by one. */
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../../src/trace/fingerprint.ts';
import { describeTrace } from '../../../src/trace/describe.ts';
import { heatmapPicture } from '../../../src/trace/pictures/pictures.ts';
import type { ReadResult } from '../../../src/trace/read/reader.ts';
import { openStored, storedBytes, storedDescription, storedParts, keptValues } from '../../../src/trace/kept/stored.ts';
import { StoredLayer, heldValues, rowsOf, type ReadNow } from '../../../src/trace/kept/stored-layer.ts';
import { csvPieces } from '../../../src/trace/write/csv.ts';
import { npzPieces } from '../../../src/trace/write/npz.ts';
import { fixture, open } from './support.ts';

function written(result: ReadResult): Uint8Array {
  const file = new Uint8Array(storedBytes(result));
  for (const part of storedParts(result)) file.set(part.bytes, part.at);
  return file;
}

/** Reads a file in memory, and counts what was read. */
function reading(file: Uint8Array): { readonly readNow: ReadNow; readonly byteLength: number; bytes: number } {
  const counter = {
    bytes: 0,
    byteLength: file.length,
    readNow(start: number, end: number) {
      const bytes = new Uint8Array(file.slice(start, end));
      counter.bytes += bytes.length;
      return bytes;
    },
  };
  return counter;
}

/** A trace of 3 layers × 4 experts × 5,000 rows, every tenth row of one layer empty. */
function long(): ReadResult {
  const rows = 5000;
  const layers = [0, 1, 2].map((layer) => ({
    name: String(layer), experts: 4,
    values: Uint32Array.from({ length: rows * 4 }, (_, i) => (layer === 1 && (i >> 2) % 10 === 0 ? 0 : (i * 2_654_435_761) % (100 * (layer + 1)))),
  }));
  const steps = Float64Array.from({ length: rows }, (_, row) => 3 * row);
  return { trace: { name: 'long', format: 'CSV', kind: 'counts', steps, layers, fingerprint: fingerprint({ kind: 'counts', steps, layers }) }, questions: [], notes: ['one'], repeatedSteps: 2 };
}

/** The same trace with its layers in a file. */
function onDisk(result: ReadResult): { readonly result: ReadResult; readonly file: Uint8Array; readonly counter: ReturnType<typeof reading> } {
  const file = written(result);
  const counter = reading(file);
  const held = heldValues();
  const layers = result.trace.layers.map((layer) => StoredLayer.inMemory(layer, held));
  const moved = { ...result, trace: { ...result.trace, layers } };
  const description = storedDescription(counter.readNow, counter.byteLength);
  if (!description) throw new Error('no description');
  for (const [index, places] of keptValues(description, counter.readNow).entries()) layers[index].moveTo(places);
  counter.bytes = 0;
  return { result: moved, file, counter };
}

describe('a stored trace', () => {
  test.each(['counts_loss.npz', 'proportion_f16.npy'])('%s comes back as it was', async (name) => {
    const result = await open(fixture(name), name);
    const { readNow, byteLength } = reading(written(result));
    const back = await openStored(readNow, byteLength);
    expect(back.trace).toEqual(result.trace);
    expect(back.notes).toEqual(result.notes);
    expect(fingerprint(back.trace)).toBe(result.trace.fingerprint);
    expect(describeTrace(back)).toEqual({ ...describeTrace(result), questions: [] });
    expect(storedDescription(readNow, byteLength)).toMatchObject({ name, fingerprint: result.trace.fingerprint });
  });

  test('a file whose head was not written yet is none, and so is a cut one', async () => {
    const result = await open(fixture('counts_loss.npz'), 'counts_loss.npz');
    for (const file of [written(result).fill(0, 0, 16), written(result).slice(0, 9000)]) {
      const { readNow, byteLength } = reading(file);
      expect(storedDescription(readNow, byteLength)).toBeNull();
      await expect(openStored(readNow, byteLength)).rejects.toMatchObject({ code: 'bad-input' });
    }
  });

  test('a changed bit anywhere in the arrays is found', async () => {
    const result = await open(fixture('counts_loss.npz'), 'counts_loss.npz');
    const whole = written(result);
    // In a step, in a sum of a row, and in the first and the last layer.
    for (const at of [20, 5000, whole.length >> 1, Math.floor(0.9 * whole.length)]) {
      const changed = whole.slice();
      changed[at] ^= 1;
      const { readNow, byteLength } = reading(changed);
      await expect(openStored(readNow, byteLength)).rejects.toMatchObject({ code: 'bad-input' });
    }
  });

  test('the head is written last, so that a file is valid only when whole', async () => {
    const result = await open(fixture('counts_loss.npz'), 'counts_loss.npz');
    const parts = [...storedParts(result)];
    expect(parts.at(-1)?.at).toBe(0);
    expect(Math.max(...parts.map((part) => part.at + part.bytes.length))).toBe(storedBytes(result));
  });
});

describe('layers on the disk', () => {
  test('are the layers that were in memory, whole and in rows', () => {
    const memory = long();
    const { result } = onDisk(memory);
    memory.trace.layers.forEach((layer, index) => {
      const stored = result.trace.layers[index];
      expect(rowsOf(stored, 17, 30)).toEqual(rowsOf(layer, 17, 30));
      expect(stored.values).toEqual(layer.values);
      expect(rowsOf(stored, 4990, 5000)).toEqual(rowsOf(layer, 4990, 5000));
    });
  });

  test('a value that changed on the disk is found before it is used', () => {
    const { result, file } = onDisk(long());
    // The first value of the last layer: the arrays before it are steps, sums of rows and of late rows, and two layers.
    file[16 + 8 * 5000 + 3 * (8 * 5000 + 8 * 4) + 2 * 4 * 4 * 5000] ^= 1;
    expect(() => rowsOf(result.trace.layers[2], 100, 110)).toThrow('damaged');
    expect(() => result.trace.layers[2].values).toThrow('damaged');
    expect(result.trace.layers[1].values.length).toBe(20_000);
  });

  test('a long span is drawn from a sixteenth of the bytes, and as it is', () => {
    const memory = long();
    const { result, counter } = onDisk(memory);
    // 5,000 rows in 125 columns of 40 rows: 2.5 blocks each.
    for (const layer of [0, 1, 2]) {
      const request = { layer, columns: 125, fromStep: 0, toStep: 15_000 };
      // Sums of rows are known where the trace was described; here they are read once.
      heatmapPicture(result.trace, request);
      counter.bytes = 0;
      const drawn = heatmapPicture(result.trace, request);
      expect(counter.bytes).toBe(Math.ceil(5000 / 16) * 4 * 4);
      const exact = heatmapPicture(memory.trace, request);
      expect(drawn.columnSteps).toEqual(exact.columnSteps);
      const sum = (shares: Float32Array, column: number): number => [0, 1, 2, 3].reduce((total, expert) => total + shares[expert * 125 + column], 0);
      let difference = 0;
      exact.shares.forEach((share, i) => {
        difference += Math.abs(share - drawn.shares[i]) / exact.shares.length;
      });
      expect(sum(drawn.shares, 60)).toBeCloseTo(1, 5);
      // Even columns begin and end with a block, odd ones blur half a block at one side.
      expect(drawn.shares[0]).toBeCloseTo(exact.shares[0], 1);
      expect(difference).toBeLessThan(0.01);
    }
  });

  test('columns that are whole blocks are exact', () => {
    const memory = long();
    const { result } = onDisk(memory);
    const request = { layer: 1, columns: 100, fromStep: 0, toStep: 3 * 3200 };
    const drawn = heatmapPicture(result.trace, request);
    heatmapPicture(memory.trace, request).shares.forEach((share, i) => expect(drawn.shares[i]).toBeCloseTo(share, 6));
  });

  test('a narrow span is drawn from the values', () => {
    const memory = long();
    const { result } = onDisk(memory);
    const request = { layer: 2, columns: 100, fromStep: 300, toStep: 3000 };
    expect(heatmapPicture(result.trace, request)).toEqual(heatmapPicture(memory.trace, request));
  });

  test.each([['NPZ', npzPieces], ['CSV', csvPieces]] as const)('%s is written as from memory', (_, pieces) => {
    const memory = long();
    const bytes = (result: ReadResult): number[] => [...pieces(result.trace)].flatMap((piece) => [...piece]);
    expect(bytes(onDisk(memory).result)).toEqual(bytes(memory));
  });
});

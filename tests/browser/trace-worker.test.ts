/** The trace worker in a real browser: samples, files, what stays open after a failure, and traces kept on disk. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { samples } from '../../src/trace/samples.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { OpenRequest, TraceInfo, TraceWorkerApi } from '../../workers/contract.ts';

let client: WorkerClient<TraceWorkerApi>;

beforeEach(async () => {
  client = new WorkerClient<TraceWorkerApi>(() => new Worker(new URL('../../workers/trace.worker.ts', import.meta.url), { type: 'module' }));
  for (const { fingerprint } of await client.call('kept', {})) await client.call('forget', { fingerprint });
});

afterEach(() => client.kill());

const small = 'step,layer0_expert0,layer0_expert1,layer1_expert0,layer1_expert1\n10,1,3,2,2\n20,3,1,4,0\n30,2,2,1,3\n';

function file(content: BlobPart, name: string): File {
  return new File([content], name);
}

function openFile(content: BlobPart, name: string): Promise<TraceInfo> {
  return client.call('open', { origin: { kind: 'files', files: [file(content, name)], name } });
}

/** Layers, experts, rows: 65 MB of bytes become 262 MB of counts, over what is held. */
const largeShape = [16, 256, 16_000] as const;

/** @param place in a row, `layer * experts + expert`, or in the whole array */
function loadAt(place: number): number {
  return (place * 31 + (place >> 12)) & 127;
}

function largeFile(): File {
  const [layers, experts, rows] = largeShape;
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows}, ${layers}, ${experts}), }`;
  const header = new Uint8Array(128).fill(0x20);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  header.set(new TextEncoder().encode(text), 10);
  header[127] = 0x0a;
  const loads = new Uint8Array(rows * layers * experts);
  for (let i = 0; i < loads.length; i++) loads[i] = loadAt(i);
  return new File([header, loads], 'large.npy');
}

/** Asks for the large trace. */
let large: OpenRequest;

beforeAll(() => {
  large = { origin: { kind: 'files', files: [largeFile()], name: 'large.npy' } };
});

async function scratchFiles(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('traces', { create: true });
  const names: string[] = [];
  for await (const name of folder.keys()) if (name.endsWith('.scratch')) names.push(name);
  return names;
}

describe('opening', () => {
  test('the default sample opens from its address, with progress in bytes', async () => {
    const done: number[] = [];
    const { id, url, steps, layers, experts } = samples[0];
    const info = await client.call('open', { origin: { kind: 'sample', id, url } }, { onProgress: (progress) => done.push(progress.done) });
    expect(info).toMatchObject({ name: id, format: 'NPZ, packed', kind: 'counts', rows: steps, firstStep: 0, lastStep: steps - 1, strideSteps: 1, hasLoss: true });
    expect(info.layers).toHaveLength(layers);
    expect(info.layers[0]).toMatchObject({ experts, total: { minimum: 16_384, median: 16_384, maximum: 16_384 } });
    expect(done.length).toBeGreaterThan(1);
  });

  test('a file opens, and its layers and histories come as they are', async () => {
    const info = await openFile(small, 'small.csv');
    const block = await client.call('layerBlock', { layer: 1 });
    expect(block).toEqual({ fingerprint: info.fingerprint, layer: 1, experts: 2, steps: Float64Array.of(10, 20, 30), values: Uint32Array.of(2, 2, 4, 0, 1, 3) });
    // Twice, since arrays that were given away must be copies.
    expect(await client.call('layerBlock', { layer: 1 })).toEqual(block);
    const [history] = await client.call('binnedHistories', { layers: [0], originStep: 30, grainSteps: 20 });
    expect(history).toMatchObject({ bins: 1, shares: Float32Array.of(0.5, 0.5) });
  });

  test('pictures and states come from the open trace', async () => {
    await openFile(small, 'small.csv');
    const span = { fromStep: 0, toStep: 31 };
    const heatmap = await client.call('heatmap', { layer: 0, columns: 3, ...span });
    expect(Array.from(heatmap.shares)).toEqual([0.25, 0.75, 0.5, 0.75, 0.25, 0.5]);
    const lines = await client.call('lines', { layer: 1, experts: [0], columns: 3, smoothingSteps: 1, ...span });
    expect(Array.from(lines.mean)).toEqual([0.5, 1, 0.25]);
    const imbalance = await client.call('imbalance', { layers: [0, 1], measure: 'max-over-mean', columns: 3, ...span });
    expect(Array.from(imbalance.mean)).toEqual([1.5, 1.5, 1, 1, 2, 1.5]);
  });

  test('a mapping changes how a file is understood', async () => {
    const origin = { kind: 'files', files: [file('step,expert,tokens,capacity\n0,0,1,9\n0,1,2,8\n', 'x.csv')], name: 'x.csv' } as const;
    await client.call('open', { origin, mapping: { 'column.load': 'capacity' } });
    expect((await client.call('layerBlock', { layer: 0 })).values).toEqual(Uint32Array.of(9, 8));
  });

  test.each([
    ['a wrong file', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'x.png', 'unknown-format'],
    ['an empty file', '', 'x.csv', 'bad-input'],
    ['a word in the place of a number', small.replace('3,1,4', '3,abc,4'), 'x.csv', 'bad-input'],
  ])('after %s what was open stays', async (_, content, name, code) => {
    const before = await openFile(small, 'small.csv');
    await expect(openFile(content, name)).rejects.toMatchObject({ code });
    expect((await client.call('layerBlock', { layer: 0 })).fingerprint).toBe(before.fingerprint);
  });

  test('a cancelled opening ends, and what was open stays', async () => {
    const before = await openFile(small, 'small.csv');
    const rows = Array.from({ length: 1_500_000 }, (_, step) => `${step},100,200\n`);
    const controller = new AbortController();
    const reading = client.call('open', { origin: { kind: 'files', files: [file(`step,expert_0,expert_1\n${rows.join('')}`, 'large.csv')], name: 'large.csv' } }, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    // Asked after the cancel, answered from the worker: the reading does not hold it up.
    expect((await client.call('layerBlock', { layer: 0 })).fingerprint).toBe(before.fingerprint);
  });

  test('of two openings the later one counts', async () => {
    const first = client.call('open', { origin: { kind: 'sample', id: samples[0].id, url: samples[0].url } });
    const second = openFile(small, 'small.csv');
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect((await client.call('layerBlock', { layer: 0 })).fingerprint).toBe((await second).fingerprint);
  });

  test('asking before anything is open says so', async () => {
    await expect(client.call('layerBlock', { layer: 0 })).rejects.toMatchObject({ code: 'bad-setting', message: 'no trace is open' });
  });
});

describe('keeping', () => {
  test('a kept trace survives the worker, opens again, and can be forgotten', async () => {
    const info = await openFile(small, 'small.csv');
    const stored = await client.call('keep', {});
    expect(stored).toMatchObject({ fingerprint: info.fingerprint, name: 'small.csv' });
    const later = await client.call('keep', {});
    expect(later).toEqual({ ...stored, openedAt: later.openedAt });
    client.kill();
    expect(await client.call('kept', {})).toEqual([later]);
    const again = await client.call('open', { origin: { kind: 'stored', fingerprint: info.fingerprint } });
    // Only the file can be understood in another way; the copy holds what was understood.
    expect(again).toEqual({ ...info, questions: [] });
    await client.call('forget', { fingerprint: info.fingerprint });
    expect(await client.call('kept', {})).toEqual([]);
    await expect(client.call('open', { origin: { kind: 'stored', fingerprint: info.fingerprint } })).rejects.toMatchObject({ code: 'bad-input' });
    await client.call('forget', { fingerprint: info.fingerprint });
  });

  test('an unfinished file is no kept trace and goes away', async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('traces', { create: true });
    const name = `${'0'.repeat(32)}.trace`;
    const unfinished = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await unfinished.write(new Uint8Array(100));
    await unfinished.close();
    expect(await client.call('kept', {})).toEqual([]);
    await expect(folder.getFileHandle(name)).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  test('what was opened last comes first', async () => {
    const first = await openFile(small, 'first.csv');
    await client.call('keep', {});
    await new Promise((done) => { setTimeout(done, 20); });
    const second = await openFile(small.replace('10,1,3', '10,2,2'), 'second.csv');
    await client.call('keep', {});
    expect((await client.call('kept', {})).map(({ fingerprint }) => fingerprint)).toEqual([second.fingerprint, first.fingerprint]);
    await new Promise((done) => { setTimeout(done, 20); });
    await client.call('open', { origin: { kind: 'stored', fingerprint: first.fingerprint } });
    expect((await client.call('kept', {})).map(({ name }) => name)).toEqual(['first.csv', 'second.csv']);
  });

  test('a trace too large to be held is read layer by layer once it is kept, and says so when its copy is gone', async () => {
    const [, experts, rows] = largeShape;
    const info = await client.call('open', large);
    // Some of it did not fit in memory while it was read.
    expect(await scratchFiles()).toHaveLength(1);
    const [before, heat] = await Promise.all([client.call('layerBlock', { layer: 7 }), client.call('heatmap', { layer: 3, columns: 100, fromStep: 0, toStep: rows })]);
    const sameAsBefore = async (): Promise<boolean> => {
      const { values } = await client.call('layerBlock', { layer: 7 });
      return values.length === before.values.length && values.every((value, i) => value === before.values[i]);
    };
    await client.call('keep', {});
    expect(await scratchFiles()).toEqual([]);
    expect(await sameAsBefore()).toBe(true);
    const again = await client.call('heatmap', { layer: 3, columns: 100, fromStep: 0, toStep: rows });
    // 160 rows a column: ten whole blocks of 16.
    again.shares.forEach((share, i) => { if (Math.abs(share - heat.shares[i]) > 1e-6) throw new Error(`cell ${i}: ${share} was ${heat.shares[i]}`); });
    client.kill();
    expect(await client.call('open', { origin: { kind: 'stored', fingerprint: info.fingerprint } })).toEqual({ ...info, questions: [] });
    expect(await sameAsBefore()).toBe(true);
    const root = await navigator.storage.getDirectory();
    await (await root.getDirectoryHandle('traces')).removeEntry(`${info.fingerprint}.trace`);
    await expect(client.call('layerBlock', { layer: 8 })).rejects.toMatchObject({ code: 'bad-input', remedy: 'open the file again' });
    // What was read before is still held.
    expect((await client.call('layerBlock', { layer: 7 })).experts).toBe(experts);
  }, 60_000);

  test('what does not fit in memory goes when another trace opens, when the reading is cancelled, and when its worker died', async () => {
    await client.call('open', large);
    expect(await scratchFiles()).toHaveLength(1);
    // Read from there, since it is not kept.
    const { values } = await client.call('layerBlock', { layer: 3 });
    expect(values[5]).toBe(loadAt(3 * largeShape[1] + 5));
    await openFile(small, 'small.csv');
    await expect.poll(scratchFiles).toEqual([]);

    const controller = new AbortController();
    const cancelled = client.call('open', large, { signal: controller.signal });
    await expect.poll(scratchFiles, { interval: 2, timeout: 10_000 }).toHaveLength(1);
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(scratchFiles).toEqual([]);

    await client.call('open', large);
    client.kill();
    expect(await scratchFiles()).toHaveLength(1);
    await expect.poll(async () => {
      await openFile(small, 'small.csv');
      client.kill();
      return scratchFiles();
    }).toEqual([]);
  }, 60_000);

  test('without room for what does not fit in memory it says how much that is, and leaves nothing', async () => {
    const { origin } = location;
    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 50_000_000 });
    try {
      const error: unknown = await client.call('open', large).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'storage-full' });
      expect(String(error)).toMatch(/large\.npy is too large to be held in memory: reading it needs 262 MB of the browser’s storage; the browser has no room for it/);
      expect(await scratchFiles()).toEqual([]);
    } finally {
      await cdp().send('Storage.overrideQuotaForOrigin', { origin });
    }
  }, 60_000);

  test('without room it says how much is needed, and keeps nothing', async () => {
    await client.call('open', { origin: { kind: 'sample', id: samples[0].id, url: samples[0].url } });
    const { origin } = location;
    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    try {
      const error: unknown = await client.call('keep', {}).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'storage-full' });
      expect(String(error)).toMatch(/keeping gpt-moe-125m-16e needs 7\.4 MB; the browser has/);
      expect(await client.call('kept', {})).toEqual([]);
    } finally {
      await cdp().send('Storage.overrideQuotaForOrigin', { origin });
    }
  });
});

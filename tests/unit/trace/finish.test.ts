/** The end of a reading: layers are gone through once more, which takes seconds for a trace of gigabytes. */
import { expect, test } from 'vitest';
import type { Progress } from '../../../src/progress.ts';
import { finishTrace, type TraceParts } from '../../../src/trace/build/finish.ts';
import { fingerprint } from '../../../src/trace/fingerprint.ts';
import { StoredLayer, heldValues } from '../../../src/trace/kept/stored-layer.ts';

const rows = 1000;
const experts = 150;
const count = 20;

/** Layers on a slow disk: each takes longer to read than messages are to wait. */
function slowParts(onRead: (layer: number) => void): TraceParts {
  const held = heldValues(0);
  const layers = Array.from({ length: count }, (_, layer) => StoredLayer.from({ name: String(layer), experts }, {
    checked: true,
    whole() {
      onRead(layer);
      const end = performance.now() + 15;
      while (performance.now() < end);
      return new Uint32Array(rows * experts).fill(layer + 1);
    },
    rows: () => new Uint32Array(),
  }, held));
  return { name: 'slow', format: 'NPY', kind: 'counts', steps: Float64Array.from({ length: rows }, (_, row) => row), layers, questions: [], notes: [] };
}

test('each layer is read once, with progress, and the fingerprint is that of the values', async () => {
  const read: number[] = [];
  const told: Progress[] = [];
  const { trace } = await finishTrace(slowParts((layer) => read.push(layer)), { onProgress: (progress) => told.push(progress) });
  expect(read).toEqual(Array.from({ length: count }, (_, layer) => layer));
  expect(told.at(-1)).toEqual({ done: rows * experts * count, total: rows * experts * count, unit: 'loads', label: 'checking slow' });
  const done = told.map((progress) => progress.done);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(trace.fingerprint).toBe(fingerprint({ ...trace, layers: trace.layers.map(({ name }, layer) => ({ name, experts, values: new Uint32Array(rows * experts).fill(layer + 1) })) }));
});

test('messages are let in between layers, and a cancel ends it there', async () => {
  const controller = new AbortController();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => controller.abort();
  let read = 0;
  const finishing = finishTrace(slowParts(() => {
    if (++read === 3) port2.postMessage('cancel');
  }), { signal: controller.signal });
  await expect(finishing).rejects.toMatchObject({ code: 'cancelled' });
  port1.close();
  expect(read).toBeLessThan(6);
});

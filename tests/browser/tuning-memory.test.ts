import { deleteDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { browserTuningMemory } from '../../workers/lstm/webgpu/tuning-memory.ts';

test('a tuned variant is remembered by the browser, for its card and shape alone', async () => {
  await deleteDB('gatecast-tuning');
  expect(await browserTuningMemory().read('card a, shape 1')).toBeUndefined();
  await browserTuningMemory().write('card a, shape 1', 'quads 256, 8 rows');
  await browserTuningMemory().write('card a, shape 1', 'quads 256, 16 rows');
  expect(await browserTuningMemory().read('card a, shape 1')).toBe('quads 256, 16 rows');
  expect(await browserTuningMemory().read('card b, shape 1')).toBeUndefined();
});

test('without storage, nothing is remembered and nothing fails', async () => {
  const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('no storage in a private window', 'SecurityError');
  });
  try {
    const memory = browserTuningMemory();
    await memory.write('card a, shape 1', 'quads 256, 8 rows');
    expect(await memory.read('card a, shape 1')).toBeUndefined();
  } finally {
    open.mockRestore();
  }
});

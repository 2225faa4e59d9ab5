/** The LSTM as it ships, on recorded traces: what a newcomer sees after Run. `node tests/bench/lstm-quality.mjs` measures more origins. */
import { beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../workers/lstm/engine.ts';
import { createWasmEngine } from '../../../workers/lstm/wasm/engine.ts';
import { lstmSettings, measureAt, openSample } from '../../bench/lstm-quality.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createWasmEngine();
});

test.each([
  { id: 'gpt-moe-125m-16e', origins: [4000, 6000], most: 1 },
  { id: 'gpt-moe-small-8e-top1', origins: [2000, 4000, 6000], most: 1 },
  { id: 'gpt-moe-small-64e-top6-lossfree', origins: [4000], most: 0.7 },
])('on $id it errs less than $most times what the average does whose window was chosen on the past', async ({ id, origins, most }) => {
  const trace = await openSample(id);
  let lstm = 0;
  let chosen = 0;
  for (const origin of origins) {
    const measured = await measureAt(trace, origin, 1000, lstmSettings(), engine);
    lstm += measured.lstm;
    chosen += measured.chosen;
    expect(measured.ms).toBeLessThan(15_000);
  }
  expect(lstm).toBeLessThan(most * chosen);
}, 60_000);

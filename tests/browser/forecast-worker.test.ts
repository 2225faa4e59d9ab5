/** The forecast worker in a real browser: what takes long neither holds up other questions nor goes on when it is given up. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { random } from '../../src/random.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { ForecastRequest, ForecastWorkerApi } from '../../workers/contract.ts';

const experts = 32;
const rows = 4000;
let client: WorkerClient<ForecastWorkerApi>;

beforeEach(async () => {
  client = new WorkerClient<ForecastWorkerApi>(() => new Worker(new URL('../../workers/forecast.worker.ts', import.meta.url), { type: 'module' }));
  const next = random(1);
  const values = Float32Array.from({ length: rows * experts }, () => 1 + next());
  await client.call('loadLayer', { fingerprint: 'a', layer: 0, experts, steps: Float64Array.from({ length: rows }, (_, row) => row), values });
});

afterEach(() => client.kill());

const request = (id: string, originStep = 3000): ForecastRequest => ({
  fingerprint: 'a', layer: 0, forecaster: { kind: 'cheap', id, values: {} }, originStep, horizonSteps: 500, coldShare: 0.005,
  drawn: { fromStep: 2000, toStep: 3500, experts: [0], columns: 10, smoothingSteps: 1 },
});

test('ARIMA reports each expert, and a cheap forecast asked meanwhile is answered before it', async () => {
  const order: string[] = [];
  let reports = 0;
  let started = (): void => {};
  const first = new Promise<void>((resolve) => (started = resolve));
  const slow = client.call('forecast', request('arima'), {
    onProgress() {
      reports++;
      started();
    },
  });
  void slow.then(() => order.push('arima'));
  await first;
  await client.call('forecast', request('last-value'));
  order.push('last value');
  const picture = await slow;
  expect(order).toEqual(['last value', 'arima']);
  expect(reports).toBe(experts);
  expect(picture.mean).toHaveLength(experts);
});

test('ARIMA that is given up stops', async () => {
  const alone = await client.call('forecast', request('arima', 3000));
  await Promise.all(Array.from({ length: 5 }, async (_, i) => {
    const controller = new AbortController();
    const slow = client.call('forecast', request('arima', 2900 + i), { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(slow).rejects.toMatchObject({ code: 'cancelled' });
  }));
  // Had they gone on, their fits would lie between those of this one, which would take six times as long.
  const after = await client.call('forecast', request('arima', 2950));
  expect(after.elapsedMs).toBeLessThan(3 * alone.elapsedMs);
});

test('a band reports each earlier forecast, is given up between two, and lets other questions in', async () => {
  const { mean, blocks } = await client.call('forecast', request('theta'));
  const band = { fingerprint: 'a', layer: 0, forecaster: request('theta').forecaster, originStep: 3000, horizonSteps: 500, coverage: 0.9, forecast: { blocks, mean } };
  const order: string[] = [];
  const done: number[] = [];
  const slow = client.call('band', band, { onProgress: (progress) => void done.push(progress.done) });
  void slow.then(() => order.push('band'));
  await client.call('forecast', request('last-value'));
  order.push('last value');
  expect(await slow).toMatchObject({ missing: null, resolved: 6, held: expect.any(Number) as number });
  expect(order).toEqual(['last value', 'band']);
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const controller = new AbortController();
  await expect(client.call('band', band, { signal: controller.signal, onProgress: () => controller.abort() })).rejects.toMatchObject({ code: 'cancelled' });
});

import { describe, expect, it } from 'vitest';
import { forecastWithRecovery, trainWithRecovery } from '../../../src/app/train-run.ts';
import { GatecastError, type ErrorCode } from '../../../src/errors.ts';
import type { WorkerClient } from '../../../workers/client.ts';
import type { Checkpoint, DeviceInfo, GpuWorkerApi, TrainRequest, TrainResult } from '../../../workers/contract.ts';

const checkpoint = (iteration: number): Checkpoint => ({
  version: 2, model: 0, iteration, weights: {}, bestWeights: {}, bestLoss: 1, bestIteration: 0, rateScale: 1, cutAt: 0, diverged: false, moments: {}, losses: [],
});
const info: DeviceInfo = { backend: 'webgpu', engine: 'fused', fallbackAdapter: false, selfCheck: { state: 'passed', elapsedMs: 1 } };
const done: TrainResult = { device: info, models: [] };
const request: TrainRequest = { models: [], histories: [], horizonSteps: 1 };

/** A GPU worker that fails as often as there are codes, each time after a checkpoint; keeps what it was asked. */
function failing(codes: readonly ErrorCode[]) {
  const asked: { prefer: unknown[]; resume: number[][]; killed: number } = { prefer: [], resume: [], killed: 0 };
  let attempt = 0;
  const client = {
    async call(method: string, given: { prefer?: string; resume?: readonly Checkpoint[] }, { onProgress }: { onProgress?: (report: unknown) => void }) {
      if (method === 'probe') {
        asked.prefer.push(given.prefer);
        return info;
      }
      asked.resume.push((given.resume ?? []).toSorted((a, b) => a.model - b.model).map(({ iteration }) => iteration));
      const code = codes[attempt++];
      onProgress?.({ checkpoints: [{ ...checkpoint(attempt), model: 1 }, checkpoint(attempt * 10)] });
      onProgress?.({ checkpoints: [] });
      if (code) throw new GatecastError({ code, message: code });
      return done;
    },
    kill() {
      asked.killed++;
    },
  };
  return { client: client as unknown as WorkerClient<GpuWorkerApi>, asked };
}

function run(codes: readonly ErrorCode[], signal = new AbortController().signal) {
  const { client, asked } = failing(codes);
  const notices: string[] = [];
  const result = trainWithRecovery(client, request, { prefer: 'auto', signal, onDevice: () => {}, onProgress: () => {}, onRecovered: (notice) => notices.push(notice) });
  return { result, asked, notices };
}

describe('training that loses its device', () => {
  it('goes on from the last checkpoint of each model on a new worker', async () => {
    const { result, asked, notices } = run(['device-lost']);
    expect(await result).toBe(done);
    expect(asked).toEqual({ prefer: ['auto', 'auto'], resume: [[], [10, 1]], killed: 1 });
    expect(notices).toEqual(['The GPU was lost: going on from the last checkpoint']);
  });

  it('goes to the CPU after the second loss, and says so', async () => {
    const { result, asked, notices } = run(['device-lost', 'worker-died']);
    expect(await result).toBe(done);
    expect(asked.prefer).toEqual(['auto', 'auto', 'wasm']);
    expect(asked.resume).toEqual([[], [10, 1], [20, 2]]);
    expect(notices[1]).toMatch(/on the CPU/);
  });

  it('ends at the third', async () => {
    await expect(run(['device-lost', 'device-lost', 'device-lost']).result).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('passes other errors on at once', async () => {
    const { result, asked } = run(['bad-setting']);
    await expect(result).rejects.toMatchObject({ code: 'bad-setting' });
    expect(asked.killed).toBe(0);
  });

  it('does not begin again when it was cancelled meanwhile', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(run(['device-lost'], controller.signal).result).rejects.toMatchObject({ code: 'device-lost' });
  });
});

describe('forecasting with loaded weights', () => {
  it('goes on on a new worker where the device is lost, and passes other errors on', async () => {
    const again = failing(['device-lost']);
    const asked = { models: [], histories: [], horizonSteps: 1, weights: [] };
    const options = { prefer: 'auto' as const, signal: new AbortController().signal, onDevice: () => {} };
    expect(await forecastWithRecovery(again.client, asked, options)).toBe(done);
    expect(again.asked).toMatchObject({ prefer: ['auto', 'auto'], killed: 1 });
    await expect(forecastWithRecovery(failing(['bad-setting']).client, asked, options)).rejects.toMatchObject({ code: 'bad-setting' });
  });
});

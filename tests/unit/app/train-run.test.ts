import { describe, expect, it } from 'vitest';
import { forecastWithRecovery, trainWithRecovery } from '../../../src/app/train-run.ts';
import { GatecastError, type ErrorCode } from '../../../src/errors.ts';
import type { WorkerClient } from '../../../workers/client.ts';
import type { Checkpoint, DeviceInfo, GpuWorkerApi, ModelReport, TrainRequest, TrainResult } from '../../../workers/contract.ts';

const checkpoint = (iteration: number): Checkpoint => ({
  version: 2, model: 0, iteration, weights: {}, bestWeights: {}, bestLoss: 1, bestIteration: 0, rateScale: 1, cutAt: 0, diverged: false, moments: {}, losses: [],
});
/** What a worker tells of model 0: points at these iterations, after as many that it told before. */
const told = (firstPoint: number, ...iterations: readonly number[]): ModelReport => ({
  model: 0, iteration: 0, firstPoint, losses: iterations.map((iteration) => ({ iteration, train: 1, validation: 1, parts: [] })), forecasts: [], ended: null,
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
      const models = [told(0, attempt, 2 * attempt), { ...told(0, 7), model: 1 }];
      onProgress?.({ models, checkpoints: [{ ...checkpoint(attempt), model: 1 }, checkpoint(attempt * 10)] });
      onProgress?.({ models: [told(2, 3 * attempt), { ...told(1), model: 1 }], checkpoints: [] });
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
  /** Iterations of all points that each report told of, by model. */
  const points: number[][][] = [];
  const result = trainWithRecovery(client, request, {
    prefer: 'auto', signal, onDevice: () => {}, onRecovered: (notice) => notices.push(notice),
    onProgress: ({ models }) => points.push(models.map(({ losses }) => losses.map(({ iteration }) => iteration))),
  });
  return { result, asked, notices, points };
}

describe('training that loses its device', () => {
  it('goes on from the last checkpoint of each model on a new worker', async () => {
    const { result, asked, notices } = run(['device-lost']);
    expect(await result).toBe(done);
    expect(asked).toEqual({ prefer: ['auto', 'auto'], resume: [[], [10, 1]], killed: 1 });
    expect(notices).toEqual(['The GPU was lost: going on from the last checkpoint']);
  });

  it('tells of all loss points so far, of which a worker tells each once, and of those of a new worker from the first on', async () => {
    const { result, points } = run(['device-lost']);
    await result;
    expect(points).toEqual([[[1, 2], [7]], [[1, 2, 3], [7]], [[2, 4], [7]], [[2, 4, 6], [7]]]);
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

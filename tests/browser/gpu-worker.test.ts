/** The GPU worker in a real browser. Its WebGPU is mostly software here (SwiftShader), so models are tiny. */
import { afterEach, describe, expect, test } from 'vitest';
import { trainWithRecovery } from '../../src/app/train-run.ts';
import { gaussian, random } from '../../src/random.ts';
import { checkedLstmSettings, type LstmSettings } from '../../src/forecast/lstm.ts';
import { WorkerClient } from '../../workers/client.ts';
import type { BackendName, BinnedHistory, DeviceInfo, GpuWorkerApi, TrainedModel, TrainRequest } from '../../workers/contract.ts';

const clients: WorkerClient<GpuWorkerApi>[] = [];

function startClient(): WorkerClient<GpuWorkerApi> {
  const client = new WorkerClient<GpuWorkerApi>(() => new Worker(new URL('../../workers/gpu.worker.ts', import.meta.url), { type: 'module' }));
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.kill();
});

function history(): BinnedHistory {
  const [experts, bins] = [4, 60];
  const next = random(3);
  const shares = new Float32Array(bins * experts);
  for (let grain = 0; grain < bins; grain++) {
    const row = Array.from({ length: experts }, (_, expert) => 1 + 0.5 * Math.sin((2 * Math.PI * (grain + 5 * expert)) / 20) + 0.05 * gaussian(next));
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((value, expert) => {
      shares[grain * experts + expert] = value / sum;
    });
  }
  return { layer: 0, experts, originStep: 3000, grainSteps: 50, bins, shares };
}

function request(settings: Partial<LstmSettings> = {}): TrainRequest {
  return {
    models: [{
      seed: 1, layers: [0],
      settings: {
        ...checkedLstmSettings({}), windowSteps: 100, binSteps: 100, hiddenUnits: 4, iterations: 20, batchSize: 16,
        learningRate: 0.01, patience: 20, ...settings,
      },
    }],
    histories: [history()],
    horizonSteps: 500,
  };
}

describe('the device', () => {
  test('a software adapter is found, named and left alone: WebAssembly is faster', async () => {
    const info = await startClient().call('probe', { prefer: 'auto' });
    expect(info).toMatchObject({ backend: 'wasm', engine: 'simd', fallbackAdapter: true, selfCheck: { state: 'passed' } });
    expect(info.adapter).toMatch(/swiftshader/i);
    expect(info.why).toContain('software');
    expect(info.remedy).toContain('hardware acceleration');
  });

  test.each([['webgpu', 'fused'], ['wasm', 'simd']] as const)('%s agrees with the CPU to within float32', async (prefer, name) => {
    const { backend, engine, selfCheck, why } = await startClient().call('probe', { prefer });
    expect(backend).toBe(prefer);
    expect(engine).toBe(name);
    expect(selfCheck.state).toBe('passed');
    expect(selfCheck.relativeError).toBeGreaterThan(0);
    expect(selfCheck.relativeError).toBeLessThan(1e-4);
    expect(why === undefined).toBe(prefer === 'webgpu');
  });

  test('the CPU needs no check, and keeps the answer for the life of its worker', async () => {
    const client = startClient();
    const info = await client.call('probe', { prefer: 'cpu' });
    expect(info).toMatchObject({ backend: 'cpu', engine: 'reference', selfCheck: { state: 'not-needed' } });
    expect(await client.call('probe', { prefer: 'webgpu' })).toEqual(info);
  });
});

describe('training', () => {
  test('gives the same forecast on WebGPU, WebAssembly and the CPU, to a thousandth of a share', async () => {
    const forecasts: Partial<Record<BackendName, Float64Array>> = {};
    for (const prefer of ['webgpu', 'wasm', 'cpu'] as const) {
      const client = startClient();
      await client.call('probe', { prefer });
      const { device, models } = await client.call('train', request({ iterations: 10, patience: 10 }));
      expect(device.backend).toBe(prefer);
      forecasts[prefer] = models[0].forecasts[0].mean;
    }
    const cpu = forecasts.cpu!;
    for (const one of [forecasts.webgpu!, forecasts.wasm!]) {
      cpu.forEach((share, expert) => expect(Math.abs(one[expert] - share)).toBeLessThan(1e-3));
    }
  }, 60_000);

  test('cancelled, is answered at once, and the worker is free again within 300 ms', async () => {
    const client = startClient();
    await client.call('probe', { prefer: 'wasm' });
    const controller = new AbortController();
    let reports = 0;
    const running = client.call('train', request({ iterations: 5000, patience: 1000, hiddenUnits: 64, batchSize: 512, windowSteps: 1000 }), {
      signal: controller.signal,
      onProgress: () => {
        reports++;
      },
    });
    await expect.poll(() => reports, { timeout: 10_000 }).toBeGreaterThan(2);
    const asked = performance.now();
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await client.call('probe', { prefer: 'wasm' });
    expect(performance.now() - asked).toBeLessThan(300);
    const seen = reports;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(reports).toBe(seen);
  });

  test('a model a layer, on several cores, gives each layer what it gets alone', async () => {
    const client = startClient();
    await client.call('probe', { prefer: 'wasm' });
    const asked = request({ form: 'joint', windowSteps: 400 });
    const layers = [0, 1, 2];
    const histories = layers.map((layer) => ({ ...history(), layer, shares: history().shares.map((_, i, shares) => shares[(i + 40 * layer) % shares.length]) }));
    const models = layers.map((layer) => ({ ...asked.models[0], layers: [layer] }));
    const together = await client.call('train', { ...asked, histories, models });
    expect(together.models.map(({ forecasts }) => forecasts.map(({ layer }) => layer))).toEqual([[0], [1], [2]]);
    const alone = await client.call('train', { ...asked, histories, models: [models[2]] });
    expect(together.models[2].forecasts).toEqual(alone.models[0].forecasts);
    expect(together.models[2].losses).toEqual(alone.models[0].losses);
    expect(together.models[0].forecasts[0].mean).not.toEqual(together.models[2].forecasts[0].mean);
  });

  test.each(['webgpu', 'wasm', 'cpu'] as const)('pauses on %s, in the midst of models that do not, and goes on to the same numbers in another worker', async (prefer) => {
    const train = async (asked: TrainRequest): Promise<readonly TrainedModel[]> => {
      const client = startClient();
      await client.call('probe', { prefer });
      const { models } = await client.call('train', asked);
      return models.map((model) => ({ ...model, elapsedMs: 0 }));
    };
    const [model] = request({ iterations: 30, patience: 30, rateSchedule: 'cosine' }).models;
    const asked = { ...request(), models: [model, { ...model, seed: 2 }] };
    const straight = await train(asked);
    const [paused, other] = await train({ ...asked, models: [{ ...model, pauseAt: 15 }, asked.models[1]] });
    expect([paused.ended, paused.checkpoint.iteration]).toEqual(['paused', 20]);
    expect(other).toEqual(straight[1]);
    expect(await train({ ...asked, resume: [paused.checkpoint, other.checkpoint] })).toEqual(straight);
  }, 120_000);

  test('says what to change when the history is too short', async () => {
    const client = startClient();
    await client.call('probe', { prefer: 'cpu' });
    const short = { ...history(), bins: 8, shares: history().shares.slice(0, 32) };
    await expect(client.call('train', { ...request(), histories: [short] })).rejects.toMatchObject({
      code: 'bad-setting', message: 'the LSTM has 400 steps before the origin and needs 900',
    });
  });

  test('exports a model that names its weights file, reads it back, and forecasts with it as it did', async () => {
    const client = startClient();
    await client.call('probe', { prefer: 'wasm' });
    const asked = request({ iterations: 20, patience: 20 });
    const { models: [{ checkpoint, forecasts }] } = await client.call('train', asked);
    const exported = { spec: asked.models[0], experts: 4, horizonSteps: 500, checkpoint };
    const { modelJson, weights } = await client.call('exportModel', exported);
    const numbers = Object.values(checkpoint.bestWeights).reduce((sum, { values }) => sum + values.length, 0);
    expect(weights.byteLength).toBe(4 * numbers);
    expect(modelJson).toContain('weights.bin');
    const back = await client.call('importModel', { modelJson, weights });
    expect(back).toMatchObject({ spec: exported.spec, experts: 4, horizonSteps: 500, checkpoint: { bestWeights: checkpoint.bestWeights } });
    const again = await client.call('forecastWith', { ...asked, weights: [back.checkpoint.bestWeights] });
    expect(again).toMatchObject({ device: { engine: 'simd' }, models: [forecasts] });
    await expect(client.call('importModel', { modelJson: '{}', weights })).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('a lost GPU', () => {
  test('ends what runs with device-lost, and everything after it', async () => {
    const client = startClient();
    await client.call('probe', { prefer: 'webgpu' });
    let lost: Promise<null> | undefined;
    const running = client.call('train', request({ iterations: 1000, patience: 1000 }), {
      onProgress() {
        lost ??= client.call('loseDevice', {});
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'device-lost' });
    await lost;
    await expect(client.call('train', request())).rejects.toMatchObject({ code: 'device-lost' });
  });

  test('is replaced: training goes on from the last checkpoint, after a second loss with WebAssembly', async () => {
    const client = startClient();
    const devices: DeviceInfo[] = [];
    const notices: string[] = [];
    /** Iterations of each device's first report, and of the checkpoint that the next one goes on from. */
    const starts: number[] = [];
    const kept: number[] = [];
    let generation = 0;
    const asked = request({ iterations: 5000, patience: 5000 });
    const result = await trainWithRecovery(client, asked, {
      prefer: 'webgpu',
      signal: new AbortController().signal,
      onDevice: (device) => devices.push(device),
      onRecovered: (notice) => notices.push(notice),
      onProgress({ checkpoints: [checkpoint], models: [model] }) {
        if (client.generation > starts.length) starts.push(model.iteration);
        if (!checkpoint || client.generation === generation) return;
        generation = client.generation;
        kept.push(checkpoint.iteration);
        if (generation < 3) void client.call('loseDevice', {}).catch(() => null);
      },
    });
    expect(devices.map(({ backend }) => backend)).toEqual(['webgpu', 'webgpu', 'wasm']);
    expect(notices).toHaveLength(2);
    expect(starts[1]).toBeGreaterThanOrEqual(kept[0]);
    expect(starts[2]).toBeGreaterThanOrEqual(kept[1]);
    expect(kept[1]).toBeGreaterThan(kept[0]);
    expect(result.device.backend).toBe('wasm');
    expect(result.models[0].checkpoint.iteration).toBe(5000 + 50);
    expect(result.models[0].forecasts[0].mean.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  }, 120_000);
});

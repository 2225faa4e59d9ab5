/**
 * The fused engine against the plain one, on the WebGPU adapter that the browser has: software (SwiftShader) in ordinary
 * runs, a real GPU where there is one. Kernels take seconds to compile in software, so shapes are small.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { findAdapter, requestDevice } from '../../workers/lstm/adapter.ts';
import type { GpuDevice } from '../../workers/lstm/backends.ts';
import type { Advance, Engine } from '../../workers/lstm/engine.ts';
import { emptyBatch, gather } from '../../workers/lstm/examples.ts';
import { toTensors } from '../../workers/lstm/reference/step.ts';
import { createWebGpuEngine, deviceLimits } from '../../workers/lstm/webgpu/engine.ts';
import type { Member } from '../../workers/lstm/webgpu/blocks.ts';
import { Group } from '../../workers/lstm/webgpu/group.ts';
import { standingOf } from '../../workers/lstm/webgpu/jobs.ts';
import { planLaunches } from '../../workers/lstm/webgpu/launches.ts';
import { layersModelOnGpu } from '../../workers/lstm/webgpu/layers-model.ts';
import { Pipelines } from '../../workers/lstm/webgpu/pipelines.ts';
import { candidates, type DeviceLimits } from '../../workers/lstm/webgpu/plan.ts';
import { Reader } from '../../workers/lstm/webgpu/read.ts';
import { WebGpuSession } from '../../workers/lstm/webgpu/session.ts';
import { Stepping } from '../../workers/lstm/webgpu/stepping.ts';
import { createTuner, type Tuner } from '../../workers/lstm/webgpu/tune.ts';
import type { Task } from '../../workers/lstm/webgpu/wgsl/piece.ts';
import { distance, phaseOf, runOut } from '../unit/lstm/entries.ts';
import { grid, gridEntries, trainGrid, type GridCase } from '../unit/lstm/engine-grid.ts';
import { expectAgreement, testEngine } from '../unit/lstm/engine-suite.ts';
import { testPauses } from '../unit/lstm/pause-suite.ts';

const found = await findAdapter();
let gpu: GpuDevice;
let pipelines: Pipelines;
const problems: string[] = [];

beforeAll(async () => {
  await tf.setBackend('cpu');
  if (!found.found) return;
  gpu = await requestDevice(found.adapter);
  gpu.device.addEventListener('uncapturederror', ({ error }) => problems.push(error.message));
  pipelines = new Pipelines(gpu.device);
});

afterAll(() => gpu?.device.destroy());

/** The engine, made to cut launches in the first way that `wanted` accepts, on a device of other limits; `changed`: a little otherwise. */
function cutting(wanted: (task: Task) => boolean, limits: Partial<DeviceLimits> = {}, changed: (task: Task) => Task = (task) => task): Engine {
  const tuner: Tuner = {
    async choose(tasks) {
      const task = tasks.find(wanted);
      if (!task) throw new Error(`none of ${tasks.length} ways to cut the launch is the wanted one`);
      return changed(task);
    },
  };
  return { open: async (entries) => new WebGpuSession(gpu.device, pipelines, { ...deviceLimits(gpu), ...limits }, entries, tuner) };
}

describe.skipIf(!found.found)(`on ${found.found ? found.name : 'no adapter'}, the fused engine`, () => {
  testEngine(() => createWebGpuEngine(gpu));

  test('without a complaint of the GPU', () => expect(problems).toEqual([]));
});

describe.skipIf(!found.found)('a pause on the fused engine', () => {
  let engine: Engine;
  beforeAll(() => {
    engine = createWebGpuEngine(gpu);
  });
  afterEach(() => void vi.restoreAllMocks());

  testPauses(() => engine);

  test('makes room in the launch: models that paused take no further steps', async () => {
    const entries = Array.from({ length: 3 }, () => gridEntries({ network: { inputs: 1, targets: 1, hidden: 4 } })[0]);
    const step = vi.spyOn(Group.prototype, 'step');
    const session = await engine.open(entries);
    try {
      entries.forEach(({ examples }, model) => session.begin(model, phaseOf(examples, { until: [10, 2000, 20][model], patience: null }), false));
      await runOut(session);
    } finally {
      session.close();
    }
    const counts = step.mock.calls.map(([, count]) => count);
    expect(counts.length).toBe(2000);
    // They leave after the block in which they paused, and no block has so many steps.
    expect([counts[0], counts.at(-1)]).toEqual([3, 1]);
  }, 120_000);
});

describe.skipIf(!found.found)('the fused engine agrees with the plain one', () => {
  const hard: GridCase = { network: { inputs: 3, targets: 1, layers: 2, hidden: 12, statics: 2, dense: 4 }, updates: [{ inputDropout: 0.3, layerDropout: 0.4 }, {}] };
  const sixteen: GridCase = { ...hard, network: { ...hard.network, hidden: 16 } };
  const plain: GridCase = { network: { inputs: 2, targets: 2, hidden: 16, bins: 5 }, updates: [{}, { clipNorm: 0 }] };
  const hardware: Partial<DeviceLimits> = { software: false };

  test('with matrices in registers, all in one kernel, rows of a GPU', async () => {
    await expectAgreement(cutting(({ variant }) => variant.merged && variant.rows === 2, hardware), plain);
  }, 120_000);

  test('with matrices in registers, both ways apart', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ forward: { kind } }) => kind === 'registers') && !variant.merged, hardware), plain);
  }, 120_000);

  test('with matrices in registers, shared by the lanes of quads', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ forward: { kind } }) => kind === 'quads'), hardware), plain);
  }, 120_000);

  test('with matrices shared by quads, two layers with dropout', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ forward: { kind } }) => kind === 'quads'), hardware), sixteen);
  }, 120_000);

  test('with matrices read through the cache, one layer', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ forward: { kind } }) => kind === 'streaming')), plain);
  }, 120_000);

  test('with matrices read through the cache, two layers with dropout', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ forward: { kind } }) => kind === 'streaming')), hard);
  }, 120_000);

  /** Registers as scarce as a large matrix finds them: most of it is read at every bin. */
  const scarce = (task: Task): Task => ({
    ...task,
    variant: {
      ...task.variant,
      layers: task.variant.layers.map(({ forward, backward }) => ({
        forward: forward.kind === 'registers' ? { ...forward, kept: 4 } : forward,
        backward: backward.kind === 'chain' ? { ...backward, kept: 1 } : backward,
      })),
    },
  });
  const isChain = ({ variant }: Task): boolean => variant.layers.every(({ forward, backward }) => forward.kind === 'registers' && forward.rows > 4 && backward.kind === 'chain' && backward.backUnits > 1);

  test('with a part of the matrix in registers and the rest read at every bin', async () => {
    await expectAgreement(cutting(isChain, hardware, scarce), plain);
  }, 120_000);

  test('with a part of the matrices in registers, two layers with dropout', async () => {
    await expectAgreement(cutting(isChain, hardware, scarce), sixteen);
  }, 120_000);

  test('without subgroups', async () => {
    await expectAgreement(cutting(({ variant }) => variant.merged && variant.lanes === 0, { ...hardware, lanes: 0 }), plain);
  }, 120_000);

  test('when models and tiles have to take turns on a device with small bindings', async () => {
    const two: GridCase = { network: { inputs: 2, targets: 2, layers: 2, hidden: 8 }, updates: [{}, { clipNorm: 0 }] };
    await expectAgreement(cutting(({ chunk, tiles, slots }) => slots === 1 && chunk < tiles, { maxStorageBufferBindingSize: 20_000 }), two);
  }, 120_000);
});

describe.skipIf(!found.found)('the fused engine', () => {
  const small: GridCase = { network: { inputs: 1, targets: 1, hidden: 4 } };

  test('gives its weights to TensorFlow.js on the same device as an ordinary layers model, without reading them back', async () => {
    const [entry] = gridEntries(grid['the pooled form: statics and a tanh layer']);
    const session = new WebGpuSession(gpu.device, pipelines, deviceLimits(gpu), [entry], null);
    session.begin(0, { samples: entry.examples.training, schedule: { kind: 'constant' }, from: 0, until: 10, patience: 1000 }, false);
    while ((await session.advance()).length > 0);
    const forecast = await session.forecast(0);
    const model = await layersModelOnGpu(gpu, session, 0);
    session.close();
    expect(tf.getBackend()).toBe('webgpu');
    const { network, examples } = entry;
    const batch = emptyBatch(network, examples.queries.length);
    gather(network, examples, examples.queries, batch, false);
    const { windows, statics } = toTensors(network, batch);
    const predicted = await (model.predict([windows, statics!]) as tf.Tensor).data();
    expect(distance(predicted, forecast)).toBeLessThan(1e-5);
    await tf.setBackend('cpu');
  }, 120_000);

  test('measures a few ways to cut a launch once, and remembers the fastest', async () => {
    const kept = new Map<string, string>();
    let asked = 0;
    const tuner = createTuner('a card', {
      read: async (key) => kept.get(key),
      write: async (key, variant) => {
        asked++;
        kept.set(key, variant);
      },
    });
    for (let n = 0; n < 2; n++) await trainGrid(createWebGpuEngine(gpu, tuner), gridEntries(small));
    expect(asked).toBe(1);
    expect([...kept.values()][0]).toMatch(/registers|streaming/);
  }, 180_000);

  test('submits blocks ahead to the last bit as block by block, also when models end on the way, begin anew and are looked at', async () => {
    const entries = gridEntries({ ...small, updates: [{ learningRate: 0.3 }, { learningRate: 0.002 }, { learningRate: 0.02 }, { learningRate: 0.2 }], batchSize: 2 });
    const train = async (ahead: boolean) => {
      const session = new WebGpuSession(gpu.device, pipelines, deviceLimits(gpu), entries, null);
      const told: Advance[][] = entries.map(() => []);
      const forecasts: Float32Array[] = [];
      for (const model of entries.keys()) await session.look(model);
      // The first and the last end by their patience, of which the first begins anew; the third has more looks than a history holds.
      entries.forEach(({ examples }, model) => session.begin(model, phaseOf(examples, { until: [20_000, 700, 2700, 20_000][model], patience: [200, 20_000, 20_000, 200][model] }), false));
      let [blocks, waiting, mostWaiting] = [0, 0, 0];
      const read = GPUBuffer.prototype.mapAsync;
      vi.spyOn(GPUBuffer.prototype, 'mapAsync').mockImplementation(async function wait(this: GPUBuffer, mode) {
        mostWaiting = Math.max(mostWaiting, ++waiting);
        await read.call(this, mode);
        waiting--;
      });
      for (let advances = await session.advance(ahead); advances.length > 0; advances = await session.advance(ahead)) {
        blocks++;
        for (const advance of advances) {
          told[advance.model].push(advance);
          if (advance.end === 'patience' && advance.model === 0) session.begin(advance.model, { ...phaseOf(entries[0].examples, { until: advance.iteration + 500, patience: 20_000 }), from: advance.iteration }, true);
        }
        if (blocks % 7 === 0) forecasts.push(await session.forecast(0));
      }
      vi.restoreAllMocks();
      const states = await Promise.all(entries.map((_, model) => session.state(model)));
      session.close();
      expect(mostWaiting).toBe(ahead ? 2 : 1);
      return { states, forecast: forecasts.at(-1), told: told.map((own) => ({ ends: own.filter(({ end }) => end !== 'running').map(({ iteration, end, bestLoss, bestIteration }) => ({ iteration, end, bestLoss, bestIteration })), looks: own.flatMap(({ looks }) => looks) })) };
    };
    const plain = await train(false);
    expect(await train(true)).toEqual(plain);
    expect(plain.told.map(({ ends }) => ends.map(({ end }) => end))).toEqual([['patience', 'limit'], ['limit'], ['limit'], ['patience']]);
    expect(plain.told[2].looks).toHaveLength(270);
  }, 240_000);

  test('submits nothing more of a launch that is put away, and still tells what was done', async () => {
    const entries = gridEntries({ ...small, batchSize: 2 });
    const limits = deviceLimits(gpu);
    const group = await Group.create(gpu.device, pipelines, candidates(planLaunches(entries, limits)[0].launching, limits)[0], entries);
    const members: Member[] = [{ entry: entries[0], phase: null, standing: standingOf(entries[0].state), waits: false }];
    const stepping = new Stepping(gpu.device, new Reader(gpu.device), [0], members);
    stepping.begin(0, phaseOf(entries[0].examples, { until: 100_000, patience: 100_000 }));
    let told = 0;
    for (let block = 0; block < 4; block++) [{ iteration: told }] = await stepping.block(() => Promise.resolve(group), true);
    await stepping.settle();
    group.destroy();
    const submits = vi.spyOn(GPUQueue.prototype, 'submit');
    const [{ iteration, looks }] = await stepping.block(() => Promise.reject(new Error('no group is needed')), true);
    expect(submits).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    expect(iteration).toBe(members[0].standing.iteration);
    expect(iteration).toBeGreaterThan(told);
    expect(looks.at(-1)?.iteration).toBeGreaterThan(told);
  }, 120_000);

  test('reads into buffers that were read before, as many side by side as are asked for, and leaves none behind', async () => {
    const create = vi.spyOn(gpu.device, 'createBuffer');
    const destroy = vi.spyOn(GPUBuffer.prototype, 'destroy');
    const numbers = Uint32Array.from({ length: 5000 }, (_, i) => 7 * i);
    const buffer = gpu.device.createBuffer({ size: numbers.byteLength, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    gpu.device.queue.writeBuffer(buffer, 0, numbers);
    const reader = new Reader(gpu.device);
    const slice = async (from: number, count: number) => [...new Uint32Array((await reader.read([{ buffer, from: 4 * from, size: 4 * count }]))[0])];
    const right = (from: number, count: number) => [...numbers.subarray(from, from + count)];
    create.mockClear();
    for (let n = 0; n < 5; n++) expect(await slice(100 * n, 10 + n)).toEqual(right(100 * n, 10 + n));
    expect(create).toHaveBeenCalledTimes(1);
    expect(await Promise.all([slice(0, 1000), slice(1000, 1000), slice(2000, 3000)])).toEqual([right(0, 1000), right(1000, 1000), right(2000, 3000)]);
    expect(create).toHaveBeenCalledTimes(3);
    expect(await slice(4990, 10)).toEqual(right(4990, 10));
    expect(create).toHaveBeenCalledTimes(3);
    // One that is under way when the reader closes still comes.
    const last = slice(4000, 500);
    reader.close();
    expect(await last).toEqual(right(4000, 500));
    expect(destroy).toHaveBeenCalledTimes(3);
    vi.restoreAllMocks();
    buffer.destroy();
  });

  test('answers what is asked of many models with one read, to the last bit as when each is asked alone', async () => {
    const updates = Array.from({ length: 5 }, (_, n) => ({ learningRate: 0.01 * (n + 1) }));
    const trained = async () => {
      const entries = gridEntries({ ...small, updates });
      const session = new WebGpuSession(gpu.device, pipelines, deviceLimits(gpu), entries, null);
      entries.forEach(({ examples }, model) => session.begin(model, phaseOf(examples, { until: 10, patience: 1000 }), false));
      await runOut(session);
      return session;
    };
    const models = updates.map((_, model) => model);
    const [alone, together] = [await trained(), await trained()];
    const ask = async (session: WebGpuSession, model: number) => ({ look: await session.look(model), forecast: await session.forecast(model), state: await session.state(model) });
    const one = [];
    for (const model of models) one.push(await ask(alone, model));
    const reads = vi.spyOn(GPUBuffer.prototype, 'mapAsync');
    const submits = vi.spyOn(GPUQueue.prototype, 'submit');
    const all = await Promise.all(models.map((model) => ask(together, model)));
    expect([reads.mock.calls.length, submits.mock.calls.length]).toEqual([3, 3]);
    vi.restoreAllMocks();
    expect(all).toEqual(one);
    expect(new Set(all.map(({ forecast }) => forecast.join())).size).toBe(models.length);
    alone.close();
    together.close();
  }, 120_000);
});

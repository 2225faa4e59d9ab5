/**
 * The fused engine against the plain one, on the WebGPU adapter that the browser has: software (SwiftShader) in ordinary
 * runs, a real GPU where there is one. Kernels take seconds to compile in software, so shapes are small.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAdapter, requestDevice } from '../../workers/lstm/adapter.ts';
import type { GpuDevice } from '../../workers/lstm/backends.ts';
import type { Engine, Entry } from '../../workers/lstm/engine.ts';
import { emptyBatch, gather } from '../../workers/lstm/examples.ts';
import { referenceEngine } from '../../workers/lstm/reference/engine.ts';
import { toTensors } from '../../workers/lstm/reference/step.ts';
import { createWebGpuEngine, deviceLimits } from '../../workers/lstm/webgpu/engine.ts';
import { layersModelOnGpu } from '../../workers/lstm/webgpu/layers-model.ts';
import { Pipelines } from '../../workers/lstm/webgpu/pipelines.ts';
import type { DeviceLimits } from '../../workers/lstm/webgpu/plan.ts';
import { WebGpuSession } from '../../workers/lstm/webgpu/session.ts';
import { createTuner, type Tuner } from '../../workers/lstm/webgpu/tune.ts';
import type { Task } from '../../workers/lstm/webgpu/wgsl/piece.ts';
import { distance } from '../unit/lstm/entries.ts';
import { agreement, grid, gridEntries, trainGrid, type GridCase, type Trained } from '../unit/lstm/engine-grid.ts';

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

/** The engine, made to cut launches in the first way that `wanted` accepts, on a device of other limits. */
function cutting(wanted: (task: Task) => boolean, limits: Partial<DeviceLimits> = {}): Engine {
  const tuner: Tuner = {
    async choose(tasks) {
      const task = tasks.find(wanted);
      if (!task) throw new Error(`none of ${tasks.length} ways to cut the launch is the wanted one`);
      return task;
    },
  };
  return { open: async (entries) => new WebGpuSession(gpu.device, pipelines, { ...deviceLimits(gpu), ...limits }, entries, tuner) };
}

const known = new Map<GridCase, readonly Trained[]>();
async function reference(one: GridCase): Promise<readonly Trained[]> {
  const trained = known.get(one) ?? await trainGrid(referenceEngine, gridEntries(one));
  known.set(one, trained);
  return trained;
}

async function expectAgreement(engine: Engine, one: GridCase): Promise<void> {
  const right = await reference(one);
  const mine = await trainGrid(engine, gridEntries(one));
  mine.forEach((trained, model) => {
    const { gradient, weights, bestWeights, forecast, losses } = agreement(trained, right[model]);
    expect(gradient).toBeLessThan(1e-6);
    expect(weights).toBeLessThan(1e-4);
    expect(bestWeights).toBeLessThan(1e-4);
    expect(forecast).toBeLessThan(1e-4);
    expect(losses).toBeLessThan(1e-6);
    expect(trained.last.bestIteration).toBe(right[model].last.bestIteration);
  });
  expect(problems).toEqual([]);
}

describe.skipIf(!found.found)(`on ${found.found ? found.name : 'no adapter'}, the fused engine agrees with the plain one`, () => {
  test.each(Object.keys(grid))('%s', async (name) => {
    await expectAgreement(createWebGpuEngine(gpu), grid[name]);
  }, 120_000);

  const hard: GridCase = { network: { inputs: 3, targets: 1, layers: 2, hidden: 12, statics: 2, dense: 4 }, updates: [{ inputDropout: 0.3, layerDropout: 0.4 }, {}] };
  const plain: GridCase = { network: { inputs: 2, targets: 2, hidden: 16, bins: 5 }, updates: [{}, { clipNorm: 0 }] };
  const hardware: Partial<DeviceLimits> = { software: false };

  test('with matrices in registers, all in one kernel, rows of a GPU', async () => {
    await expectAgreement(cutting(({ variant }) => variant.merged && variant.rows === 2, hardware), plain);
  }, 120_000);

  test('with matrices in registers, both ways apart', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ kind }) => kind === 'registers') && !variant.merged, hardware), plain);
  }, 120_000);

  test('with matrices in registers, shared by the lanes of quads', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ kind }) => kind === 'quads'), hardware), plain);
  }, 120_000);

  test('with matrices shared by quads, two layers with dropout', async () => {
    const two: GridCase = { ...hard, network: { ...hard.network, hidden: 16 } };
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ kind }) => kind === 'quads'), hardware), two);
  }, 120_000);

  test('with matrices read through the cache, one layer', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ kind }) => kind === 'streaming')), plain);
  }, 120_000);

  test('with matrices read through the cache, two layers with dropout', async () => {
    await expectAgreement(cutting(({ variant }) => variant.layers.every(({ kind }) => kind === 'streaming')), hard);
  }, 120_000);

  test('without subgroups', async () => {
    await expectAgreement(cutting(({ variant }) => variant.merged && !variant.lanes, { ...hardware, subgroups: false }), plain);
  }, 120_000);

  test('when models and tiles have to take turns on a device with small bindings', async () => {
    const two: GridCase = { network: { inputs: 2, targets: 2, layers: 2, hidden: 8 }, updates: [{}, { clipNorm: 0 }] };
    await expectAgreement(cutting(({ chunk, tiles, slots }) => slots === 1 && chunk < tiles, { maxStorageBufferBindingSize: 20_000 }), two);
  }, 120_000);
});

describe.skipIf(!found.found)('a session of the fused engine', () => {
  const one: GridCase = { network: { inputs: 1, targets: 1, hidden: 4 } };
  const many = (count: number): Entry[] => {
    const [entry] = gridEntries(one);
    return Array.from({ length: count }, (_, i) => ({ ...entry, drawing: { ...entry.drawing, seed: 100 + i } }));
  };

  test('trains a model alone and among 64 others to the same weights, bit for bit', async () => {
    const entries = many(65);
    const alone = await trainGrid(createWebGpuEngine(gpu), [entries[40]]);
    const among = await trainGrid(createWebGpuEngine(gpu), entries);
    expect(among[40].last.weights).toEqual(alone[0].last.weights);
    expect(among[40].looks).toEqual(alone[0].looks);
    expect(among[41].last.weights).not.toEqual(alone[0].last.weights);
  }, 120_000);

  test('gives the same weights twice', async () => {
    const [first] = await trainGrid(createWebGpuEngine(gpu), many(1));
    const [again] = await trainGrid(createWebGpuEngine(gpu), many(1));
    expect(again.last).toEqual(first.last);
    expect(again.forecast).toEqual(first.forecast);
  }, 120_000);

  test('trains models of different networks in turns', async () => {
    const other: GridCase = { network: { inputs: 2, targets: 2, hidden: 4 } };
    const right = [...await reference(one), ...await reference(other)];
    const mine = await trainGrid(createWebGpuEngine(gpu), [...gridEntries(one), ...gridEntries(other)]);
    mine.forEach((trained, model) => expect(agreement(trained, right[model]).weights).toBeLessThan(1e-4));
  }, 120_000);

  test('ends phases as the plain engine does: by patience, by their last step, and never leaves the best weights', async () => {
    const run = async (engine: Engine): Promise<unknown> => {
      const entries = many(3).map((entry, i) => ({ ...entry, update: { ...entry.update, learningRate: [0.3, 0.001, 0.05][i] } }));
      const session = await engine.open(entries);
      try {
        const ends: unknown[] = [];
        for (const [model, { examples }] of entries.entries()) {
          await session.look(model);
          session.begin(model, { samples: examples.training, schedule: { kind: 'plateau', factor: 0.5, patience: 10 }, from: 0, until: [200, 25, 60][model], patience: [20, 1000, 30][model] }, false);
        }
        for (let advances = await session.advance(); advances.length > 0; advances = await session.advance()) {
          for (const { model, iteration, end, bestIteration } of advances) if (end !== 'running') ends.push({ model, iteration, end, bestIteration });
        }
        // Then the best weights again, on a falling rate, without validation.
        entries.forEach(({ examples }, model) => session.begin(model, { samples: examples.all, schedule: { kind: 'linear' }, from: 300, until: 315, patience: null }, true));
        session.keep(1);
        return ends;
      } finally {
        session.close();
      }
    };
    const mine = await run(createWebGpuEngine(gpu)) as { readonly model: number }[];
    const right = await run(referenceEngine) as { readonly model: number }[];
    const sorted = (ends: { readonly model: number }[]): unknown => ends.toSorted((a, b) => a.model - b.model);
    expect(sorted(mine)).toEqual(sorted(right));
  }, 120_000);

  test('stops a model whose numbers break, says so, and leaves the others alone', async () => {
    const entries = many(2).map((entry, i) => (i === 0 ? { ...entry, update: { ...entry.update, learningRate: 1e38, clipNorm: 0 } } : entry));
    const session = await createWebGpuEngine(gpu).open(entries);
    try {
      const ends = new Map<number, string>();
      for (const [model, { examples }] of entries.entries()) {
        await session.look(model);
        session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from: 0, until: 30, patience: 1000 }, false);
      }
      for (let advances = await session.advance(); advances.length > 0; advances = await session.advance()) for (const { model, end } of advances) ends.set(model, end);
      expect(ends).toEqual(new Map([[0, 'diverged'], [1, 'limit']]));
      const broken = await session.state(0);
      expect(broken.bestWeights.every(Number.isFinite)).toBe(true);
      expect(broken.bestLoss).toBeLessThan(Infinity);
      const [alone] = await trainGrid(createWebGpuEngine(gpu), [entries[1]]);
      expect(alone.last.iteration).toBe(11);
    } finally {
      session.close();
    }
  }, 120_000);

  test('goes on from a state that it gave away to the same numbers', async () => {
    const [entry] = many(1);
    const phase = { samples: entry.examples.training, schedule: { kind: 'cosine', floor: 0.1 }, from: 0, until: 40, patience: 1000 } as const;
    const run = async (from: Entry, until: number): Promise<Entry> => {
      const session = await createWebGpuEngine(gpu).open([from]);
      try {
        session.begin(0, phase, false);
        let iteration = from.state.iteration;
        while (iteration < until) for (const advance of await session.advance()) iteration = advance.iteration;
        return { ...from, state: await session.state(0) };
      } finally {
        session.close();
      }
    };
    const whole = await run(entry, 40);
    // A block ends where it likes; what it gave is gone on from.
    const part = await run(entry, 10);
    const rest = await run(part, 40);
    expect(part.state.iteration).toBeGreaterThanOrEqual(10);
    expect(rest.state.weights).toEqual(whole.state.weights);
    expect(rest.state.bestLoss).toBe(whole.state.bestLoss);
  }, 120_000);

  test('closed in the middle of a block, says that nothing more comes', async () => {
    const [entry] = many(1);
    const session = await createWebGpuEngine(gpu).open([entry]);
    session.begin(0, { samples: entry.examples.training, schedule: { kind: 'constant' }, from: 0, until: 1000, patience: 1000 }, false);
    const advancing = session.advance();
    session.close();
    expect(await advancing).toEqual([]);
  }, 120_000);

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
    for (let n = 0; n < 2; n++) await trainGrid(createWebGpuEngine(gpu, tuner), many(1));
    expect(asked).toBe(1);
    expect([...kept.values()][0]).toMatch(/registers|streaming/);
  }, 180_000);
});

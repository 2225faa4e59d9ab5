import { describe, expect, test } from 'vitest';
import { VALIDATE_EVERY } from '../../../workers/lstm/engine.ts';
import { initialWeights, weightCount } from '../../../workers/lstm/network.ts';
import { scratchBytes } from '../../../workers/lstm/webgpu/buffers.ts';
import { blockSteps } from '../../../workers/lstm/webgpu/blocks.ts';
import { collect, places, scatter } from '../../../workers/lstm/webgpu/layout.ts';
import { planLaunches } from '../../../workers/lstm/webgpu/launches.ts';
import { candidates, type DeviceLimits, type Launching } from '../../../workers/lstm/webgpu/plan.ts';
import { shapeOf } from '../../../workers/lstm/webgpu/shape.ts';
import { createTuner, type Trial } from '../../../workers/lstm/webgpu/tune.ts';
import { hasProduct, variantName } from '../../../workers/lstm/webgpu/variant.ts';
import { kernelsOf } from '../../../workers/lstm/webgpu/wgsl/index.ts';
import type { Task } from '../../../workers/lstm/webgpu/wgsl/piece.ts';
import { gridEntries } from './engine-grid.ts';
import { networkOf } from './entries.ts';

/** What every WebGPU adapter gives. */
const least: DeviceLimits = {
  maxStorageBufferBindingSize: 128 * 2 ** 20, maxComputeWorkgroupStorageSize: 16_384, maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256, maxComputeWorkgroupsPerDimension: 65_535, lanes: 0, software: false,
};
const large: DeviceLimits = { ...least, maxStorageBufferBindingSize: 2 ** 31 - 4, maxComputeWorkgroupStorageSize: 49_152, maxComputeInvocationsPerWorkgroup: 1024, maxComputeWorkgroupSizeX: 1024, lanes: 32 };

const launchingOf = (network: Parameters<typeof networkOf>[0], rest: Partial<Launching> = {}): Launching => (
  { shape: shapeOf(networkOf(network)), batchSize: 64, models: 1, normed: true, dropping: false, validations: 64, parts: 1, ...rest }
);

describe('places of weights on the GPU', () => {
  test.each([
    { inputs: 1, hidden: 5, statics: 3, dense: 6, targets: 1 }, { inputs: 6, hidden: 9, targets: 12 },
    { inputs: 3, hidden: 33, layers: 2 as const, targets: 3 }, { inputs: 1, hidden: 8, candidates: 5, targets: 2 },
  ])('are one for each weight, and give back what was put there: %o', (part) => {
    const network = networkOf(part);
    const shape = shapeOf(network);
    const map = places(shape);
    expect(map).toHaveLength(weightCount(network));
    expect(new Set(map).size).toBe(map.length);
    expect(Math.max(...map)).toBeLessThan(shape.quads * 4);
    const weights = initialWeights(network, 5);
    const numbers = new Float32Array(shape.quads * 4);
    scatter(map, weights, numbers);
    expect(collect(map, numbers, new Float32Array(map.length))).toEqual(weights);
  });

  test('keep the four gates of a unit together', () => {
    const network = networkOf({ inputs: 2, hidden: 4, targets: 2 });
    const map = places(shapeOf(network));
    // Row 1 of the kernel, unit 2: columns 2, 6, 10 and 14.
    expect([2, 6, 10, 14].map((column) => map[16 + column])).toEqual([24, 25, 26, 27]);
  });
});

describe('a launch on what every adapter gives', () => {
  const sizes = [4, 7, 16, 33, 64, 100, 128, 200, 256];
  test.each(sizes)('fits with %i hidden units, whatever else is asked for', (hidden) => {
    for (const inputs of [1, 3, 16, 128, 512]) {
      for (const layers of [1, 2] as const) {
        for (const [bins, batchSize] of [[4, 1], [64, 256], [1024, 2048]]) {
          const found = candidates(launchingOf({ inputs, hidden, layers, bins, targets: inputs }, { batchSize }), least);
          expect(found.length, `${inputs} inputs, ${layers} layers, ${bins} bins, batch ${batchSize}`).toBeGreaterThan(0);
          for (const task of found) {
            for (const bytes of Object.values(scratchBytes(task))) expect(bytes).toBeLessThanOrEqual(least.maxStorageBufferBindingSize);
          }
        }
      }
    }
  });

  test('needs no more than eight storage buffers a kernel', () => {
    for (const layers of [1, 2] as const) {
      for (const limits of [least, large]) {
        for (const task of candidates(launchingOf({ inputs: 16, hidden: 32, layers, targets: 16, statics: 3, dense: 8 }, { dropping: true, models: 12 }), limits)) {
          const { main, step, listed, look, written } = kernelsOf(task);
          for (const { kernel } of [...main, ...step, ...listed, ...look, ...written]) expect(kernel.uses.length, `kernel ${kernel.label}`).toBeLessThanOrEqual(8);
        }
      }
    }
  });

  test('takes turns where all models have no room at once', () => {
    const [task] = candidates(launchingOf({ inputs: 16, hidden: 64, bins: 64, targets: 16 }, { batchSize: 256, models: 192 }), least);
    expect(task.slots).toBeGreaterThan(1);
    expect(task.slots).toBeLessThan(192);
    expect(task.chunk).toBe(task.tiles);
  });

  test('carries a batch through in chunks of rows where one model is too large', () => {
    const [task] = candidates(launchingOf({ inputs: 16, hidden: 256, bins: 1024, targets: 16 }, { batchSize: 256 }), least);
    expect(task.slots).toBe(1);
    expect(task.chunk).toBeLessThan(task.tiles);
  });
});

describe('ways to cut a launch', () => {
  test('differ from each other, and use what the adapter gives', () => {
    const names = candidates(launchingOf({ inputs: 16, hidden: 64, bins: 64, targets: 16 }, { batchSize: 256, models: 12 }), large).map(({ variant }) => JSON.stringify(variant));
    expect(new Set(names).size).toBe(names.length);
    expect(names.some((name) => name.includes('quads'))).toBe(true);
  });

  test('without subgroups exchange nothing between lanes', () => {
    for (const { variant } of candidates(launchingOf({ inputs: 16, hidden: 64, targets: 16 }), { ...large, lanes: 0 })) {
      expect(variant.lanes).toBe(0);
      expect(variant.layers.some(({ forward: { kind } }) => kind === 'quads')).toBe(false);
    }
  });

  test('leave the matrix gradient to a product of its own where a matrix is larger than the registers', () => {
    const found = candidates(launchingOf({ inputs: 64, hidden: 256, targets: 64 }, { batchSize: 256 }), large);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ variant }) => hasProduct(variant.layers[0].backward))).toBe(true);
  });
});

describe('models that train in one launch', () => {
  const [entry] = gridEntries({ network: { inputs: 1, targets: 1, hidden: 8 } });

  test('share network and batch size; their other settings may differ', () => {
    const others = [
      entry, { ...entry, update: { ...entry.update, learningRate: 1 }, drawing: { ...entry.drawing, seed: 9, order: 'shuffled' as const } },
      { ...entry, drawing: { ...entry.drawing, batchSize: 7 } }, ...gridEntries({ network: { inputs: 1, targets: 1, hidden: 9 } }), entry,
    ];
    expect(planLaunches(others, least).map(({ models }) => models)).toEqual([[0, 1, 4], [2], [3]]);
  });

  test('are no more than the bindings hold', () => {
    const many = Array.from({ length: 10 }, () => entry);
    const moments = shapeOf(entry.network).quads * 32;
    expect(planLaunches(many, { maxStorageBufferBindingSize: 4 * moments }).map(({ models }) => models.length)).toEqual([4, 4, 2]);
  });

  test('are refused by name when one model’s history is larger than a binding', () => {
    expect(() => planLaunches([entry], { maxStorageBufferBindingSize: 100 })).toThrow(/reads 0 MB at once/);
  });
});

describe('a block of steps', () => {
  test('is one step where nothing is known of its time', () => {
    expect(blockSteps(0, 0, 300)).toBe(1);
  });

  test('ends with a look where one is near, so that phases begin together', () => {
    for (const since of [0, 3, 9]) {
      for (const stepMs of [0.01, 0.5, 1, 4]) expect((since + blockSteps(stepMs, since, 10_000)) % VALIDATE_EVERY).toBe(0);
    }
  });

  test('stays short on a slow device', () => {
    expect(blockSteps(40, 0, 300)).toBe(3);
    expect(blockSteps(5000, 4, 300)).toBe(1);
  });

  test('never goes past the last step', () => {
    expect(blockSteps(0.01, 0, 35)).toBe(35);
    expect(blockSteps(0.01, 5, 2)).toBe(2);
  });
});

describe('tuning', () => {
  const tasks = candidates(launchingOf({ inputs: 4, hidden: 16, targets: 4 }, { batchSize: 256 }), large);
  const plain = tasks.find(({ variant }) => variant.lanes === 0)!;
  const right = Float32Array.of(1, 2, 3);
  const memory = (): { readonly kept: Map<string, string>; read(key: string): Promise<string | undefined>; write(key: string, variant: string): Promise<void> } => {
    const kept = new Map<string, string>();
    return { kept, read: async (key) => kept.get(key), write: async (key, variant) => void kept.set(key, variant) };
  };

  test('takes the fastest of those that run, and asks the memory first the next time', async () => {
    const tuner = createTuner('a card', memory());
    const tried: Task[] = [];
    const attempt = async (task: Task): Promise<Trial> => {
      tried.push(task);
      if (task === tasks[0]) throw new Error('this one does not run');
      return { stepMs: task === tasks[2] ? 1 : 2, gradient: right };
    };
    expect(await tuner.choose(tasks, attempt)).toBe(tasks[2]);
    expect(tried.length).toBeGreaterThan(2);
    tried.length = 0;
    expect(await tuner.choose(tasks, attempt)).toBe(tasks[2]);
    expect(tried).toEqual([]);
  });

  test('never takes a variant whose gradient is another than that of the one without exchange between lanes', async () => {
    const { kept, ...rest } = memory();
    const attempt = async (task: Task): Promise<Trial> => (
      task === plain ? { stepMs: 5, gradient: right } : { stepMs: 1, gradient: task === tasks[1] ? Float32Array.of(1, NaN, 3) : Float32Array.of(2, 1, 3) }
    );
    expect(await createTuner('a card', rest).choose(tasks, attempt)).toBe(plain);
    expect([...kept.values()]).toEqual([variantName(plain.variant)]);
  });

  test('in a hurry takes the likeliest once it is right, and after three shapes unseen', async () => {
    const tried: Task[] = [];
    const of = (gradient: Float32Array) => async (task: Task): Promise<Trial> => {
      tried.push(task);
      return { stepMs: task === tasks[0] ? 5 : 1, gradient: task === plain ? right : gradient };
    };
    const { kept, ...rest } = memory();
    const tuner = createTuner('a card', rest);
    expect(await tuner.choose(tasks, of(Float32Array.of(1, 2, 4)), true)).toBe(plain);
    for (let shape = 0; shape < 3; shape++) expect(await tuner.choose(tasks, of(right), true)).toBe(tasks[0]);
    expect(tried).toEqual([plain, tasks[0], plain, tasks[0], plain, tasks[0], plain, tasks[0]]);
    expect(await tuner.choose(tasks, of(right), true)).toBe(tasks[0]);
    expect(tried).toHaveLength(8);
    expect(kept.size).toBe(0);
  });

  test('takes the one without exchange between lanes when none can be tried, and remembers nothing', async () => {
    const { kept, ...rest } = memory();
    expect(await createTuner('a card', rest).choose(tasks, async () => { throw new Error('lost'); })).toBe(plain);
    expect(kept.size).toBe(0);
  });
});

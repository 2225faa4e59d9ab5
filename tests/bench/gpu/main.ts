/** What `tests/bench/gpu-engine.mjs` calls in the browser, one table each. */
import { findAdapter, requestDevice } from '../../../workers/lstm/adapter.ts';
import { useCpu, type GpuDevice } from '../../../workers/lstm/backends.ts';
import { referenceEngine } from '../../../workers/lstm/reference/engine.ts';
import { checkNumbers, relativeError } from '../../../workers/lstm/self-check.ts';
import { createWebGpuEngine, deviceLimits } from '../../../workers/lstm/webgpu/engine.ts';
import { Pipelines } from '../../../workers/lstm/webgpu/pipelines.ts';
import { cutAgreement, gridAgreement } from './agreement.ts';
import { median, tasksOf, timeTask, warmUp, type Bench, type Timing } from './measure.ts';
import { axes, entriesOf, flopsOf, middle, rows, shapeName, type BenchShape } from './shapes.ts';
import { sweepRounds } from './sweep.ts';

type Print = (line: string) => void;
const print: Print = (line) => console.log(line);

async function open(): Promise<Bench & { readonly gpu: GpuDevice; readonly name: string; readonly check: () => Promise<number> }> {
  const found = await findAdapter();
  if (!found.found) throw new Error(found.why);
  const gpu = await requestDevice(found.adapter);
  gpu.device.addEventListener('uncapturederror', (event) => print(`GPU error: ${event.error.message}`));
  return {
    gpu, device: gpu.device, pipelines: new Pipelines(gpu.device), limits: deviceLimits(gpu), name: `${found.name}${found.software ? ' (software)' : ''}`,
    async check() {
      await useCpu();
      return relativeError(await checkNumbers(createWebGpuEngine(gpu)), await checkNumbers(referenceEngine));
    },
  };
}

/** The first `most` ways to cut a shape of those that the engine takes, or of all. */
async function bestOf(bench: Bench, shape: BenchShape, most: number, wide: boolean, options: Parameters<typeof timeTask>[3] = {}): Promise<{ readonly best: Timing; readonly all: readonly Timing[] }> {
  const entries = entriesOf(shape);
  await warmUp(bench);
  const tasks = tasksOf(entries, bench, wide).slice(0, most);
  const all: Timing[] = [];
  for (const task of tasks) {
    try {
      all.push(await timeTask(bench, task, entries, options));
    } catch (error) {
      print(`    ${shapeName(shape)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { best: all.reduce((a, b) => (b.stepMs < a.stepMs ? b : a)), all };
}

/** The table of shapes: median ms a step of the fastest variant, against its goal; `wide`: all ways to cut that there are. */
async function table(which = rows.map((_, i) => i), { most = 10, blockMs = 60, wide = false } = {}): Promise<unknown> {
  const bench = await open();
  print(`adapter ${bench.name}; self-check within ${(await bench.check()).toExponential(1)}`);
  const results: unknown[] = [];
  for (const i of which) {
    const { goalMs, ...shape } = rows[i];
    const { best, all } = await bestOf(bench, shape, wide ? Infinity : most, wide, { blockMs, apart: true });
    print(`${shapeName(shape)}: ${best.stepMs.toFixed(4)} ms (goal ${goalMs}), ${(flopsOf(shape) / best.stepMs / 1e9).toFixed(1)} TFLOP/s, ${best.variant}, ${best.megabytes.toFixed(0)} MB, compiled in ${Math.max(...all.map(({ compileMs }) => compileMs)).toFixed(0)} ms`);
    for (const { variant, stepMs, kernels } of all.toSorted((a, b) => a.stepMs - b.stepMs)) {
      print(`    ${stepMs.toFixed(4)}  ${variant}: ${Object.entries(kernels).map(([name, ms]) => `${name} ${ms.toFixed(4)}`).join(', ')}`);
    }
    results.push({ ...shape, goalMs, ...best, all: all.map(({ variant, stepMs }) => [variant, stepMs]) });
  }
  return results;
}

/** Cost against one axis at a time, with a line through the points (least squares). */
async function cost(most = 4, blockMs = 40): Promise<unknown> {
  const bench = await open();
  const results: Record<string, unknown> = {};
  for (const [axis, values] of Object.entries(axes)) {
    const points: [number, number][] = [];
    for (const value of values) {
      const { best } = await bestOf(bench, { ...middle, [axis]: value }, most, false, { blockMs, blocks: 3 });
      points.push([value, best.stepMs]);
    }
    const mean = (pick: (point: [number, number]) => number): number => points.reduce((sum, point) => sum + pick(point), 0) / points.length;
    const [x, y] = [mean(([value]) => value), mean(([, ms]) => ms)];
    const slope = points.reduce((sum, [value, ms]) => sum + (value - x) * (ms - y), 0) / points.reduce((sum, [value]) => sum + (value - x) ** 2, 0);
    print(`${axis}: ${points.map(([value, ms]) => `${value} ${ms.toFixed(4)}`).join(', ')} ms; line ${(y - slope * x).toFixed(4)} + ${slope.toExponential(3)} · ${axis}`);
    results[axis] = { points, slope, start: y - slope * x };
  }
  return results;
}

/** Trains as the page does, through a session: overhead beyond the kernels, 192 models against one. */
async function sessions(shape: BenchShape = { B: 64, T: 64, F: 16, H: 64, M: 192 }, steps = 2000): Promise<unknown> {
  const found = await findAdapter();
  if (!found.found) throw new Error(found.why);
  const engine = createWebGpuEngine(await requestDevice(found.adapter));
  const run = async (M: number): Promise<number> => {
    const entries = entriesOf({ ...shape, M });
    const session = await engine.open(entries);
    await session.look(0);
    const began = performance.now();
    entries.forEach(({ examples }, model) => session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from: 0, until: steps, patience: steps }, false));
    while ((await session.advance()).length > 0);
    const seconds = (performance.now() - began) / 1000;
    session.close();
    return seconds;
  };
  await run(1);
  const [one, many] = [median([await run(1), await run(1), await run(1)]), await run(shape.M)];
  print(`${shapeName(shape)}, ${steps} steps with a validation every 10: one model ${one.toFixed(2)} s, ${shape.M} models ${many.toFixed(2)} s (${(many / one).toFixed(1)} times)`);
  return { one, many };
}

/** A rung of a sweep: what it takes beyond its kernels, median of `runs`. */
async function sweep(shape: BenchShape = { B: 64, T: 64, F: 16, H: 64, M: 192 }, steps = 2000, runs = 3): Promise<unknown> {
  const bench = await open();
  print(`adapter ${bench.name}`);
  if (!bench.limits.software) await warmUp(bench);
  const result = await sweepRounds(bench, shape, steps, runs, print);
  const { variant, total, kernels, overhead } = result;
  print(`${shapeName(shape)}, a rung of ${steps} steps: ${total.toFixed(2)} s, kernels ${kernels.toFixed(2)} s, beyond them ${overhead.toFixed(1)} % (medians of ${runs}), ${variant}`);
  return result;
}

/** Many short trainings after each other: buffers that are left behind would show as failures or as growing time. */
async function repeated(count = 1000, shape: BenchShape = { B: 64, T: 16, F: 4, H: 16, M: 4 }): Promise<unknown> {
  const found = await findAdapter();
  if (!found.found) throw new Error(found.why);
  const engine = createWebGpuEngine(await requestDevice(found.adapter));
  const entries = entriesOf(shape);
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const began = performance.now();
    const session = await engine.open(entries);
    entries.forEach(({ examples }, model) => session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from: 0, until: 10, patience: 10 }, false));
    while ((await session.advance()).length > 0);
    session.close();
    times.push(performance.now() - began);
  }
  const tenth = Math.max(1, Math.floor(count / 10));
  const heap = (performance as Performance & { readonly memory?: { readonly usedJSHeapSize: number } }).memory?.usedJSHeapSize;
  print(`${count} trainings: first tenth ${median(times.slice(0, tenth)).toFixed(2)} ms each, last tenth ${median(times.slice(-tenth)).toFixed(2)} ms; JavaScript heap ${heap === undefined ? 'unknown' : `${(heap / 1e6).toFixed(0)} MB`}`);
  return { first: median(times.slice(0, tenth)), last: median(times.slice(-tenth)), heap };
}

/** Whether the numbers are right on this GPU, by every way to cut. */
async function agreements(): Promise<void> {
  const bench = await open();
  print(`adapter ${bench.name}`);
  await gridAgreement(bench.gpu, print);
  await cutAgreement(bench, print);
}

Object.assign(globalThis, { bench: { table, cost, sessions, sweep, repeated, agreements } });

/** Times a launch as the engine cuts it: whole steps in blocks, and each kernel by itself. */
import type { Phase } from '../../../workers/lstm/course.ts';
import type { Entry } from '../../../workers/lstm/engine.ts';
import { Group } from '../../../workers/lstm/webgpu/group.ts';
import { standingOf } from '../../../workers/lstm/webgpu/jobs.ts';
import { planLaunches } from '../../../workers/lstm/webgpu/launches.ts';
import { inPieces } from '../../../workers/lstm/webgpu/pieces.ts';
import type { Pipelines } from '../../../workers/lstm/webgpu/pipelines.ts';
import { MANY_ROWS, chainsOf, quadsOf, registersOf, streamChainsOf, streamingOf } from '../../../workers/lstm/webgpu/cuts.ts';
import { candidates, taskOf, withLanes, type DeviceLimits, type Launching } from '../../../workers/lstm/webgpu/plan.ts';
import { variantName } from '../../../workers/lstm/webgpu/variant.ts';
import { entriesOf } from './shapes.ts';
import type { Task } from '../../../workers/lstm/webgpu/wgsl/piece.ts';

export interface Bench {
  readonly device: GPUDevice;
  readonly pipelines: Pipelines;
  readonly limits: DeviceLimits;
}

export interface Timing {
  readonly variant: string;
  /** Median of the blocks, ms a step. */
  readonly stepMs: number;
  readonly compileMs: number;
  /** By kernel, ms: timestamp queries around many runs of each alone. */
  readonly kernels: Readonly<Record<string, number>>;
  readonly megabytes: number;
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Ways to cut the launch of these models, the likeliest first; `wide`: every way that fits the device. */
export function tasksOf(entries: readonly Entry[], { limits }: Bench, wide: boolean): readonly Task[] {
  const [{ launching }] = planLaunches(entries, limits);
  return wide ? everyTask(launching, limits) : candidates(launching, limits);
}

function everyTask(launching: Launching, limits: DeviceLimits): readonly Task[] {
  const rows = launching.models * launching.batchSize < MANY_ROWS ? [1, 2, 4, 8] : [4, 8, 12, 16, 24, 32];
  const cuts = [
    ...rows.flatMap((count) => [1, 2, 4, 8, 16].flatMap((splits) => [true, false].map((split) => registersOf(launching, count, splits, split)))),
    ...rows.filter((count) => count % 4 === 0).flatMap((count) => [1, 2, 4].flatMap((units) => [2, 4].map((splits) => quadsOf(launching, count, units, splits)))),
    ...rows.flatMap((count) => [2, 4, 8].flatMap((splits) => [2, 4, 8].map((back) => chainsOf(launching, count, splits, back)))),
    ...rows.flatMap((count) => [4, 8, 12, 16].map((each) => streamingOf(launching, count, each))),
    ...rows.flatMap((count) => [4, 8, 12].flatMap((each) => [2, 4].map((back) => streamChainsOf(launching, count, each, back)))),
  ];
  return cuts.flatMap((cut) => {
    if (!cut || cut.rows > launching.batchSize) return [];
    const task = taskOf(launching, withLanes(cut, limits), limits);
    return task ? [task] : [];
  });
}

/** A GPU idles at a low clock: gives it work for a while. */
export async function warmUp(bench: Bench): Promise<void> {
  const entries = entriesOf({ B: 256, T: 64, F: 16, H: 64, M: 12 });
  await timeTask(bench, tasksOf(entries, bench, false)[0], entries, { blockMs: 100, blocks: 4 });
}

/** @param blockMs time of a block of steps, ms @param blocks blocks of which the median is taken */
export async function timeTask(bench: Bench, task: Task, entries: readonly Entry[], { blockMs = 60, blocks = 5, apart = false } = {}): Promise<Timing> {
  const { device, pipelines } = bench;
  const began = performance.now();
  const group = await Group.create(device, pipelines, task, entries);
  const compileMs = performance.now() - began;
  try {
    const all = entries.map((_, at) => at);
    const endless = (at: number): Phase => ({ samples: entries[at].examples.training, schedule: { kind: 'constant' }, from: 0, until: 2 ** 31, patience: null });
    group.writeSlots(all, (at) => ({ phase: endless(at), standing: standingOf(entries[at].state) }));
    const run = async (steps: number, stepMs = 0): Promise<number> => {
      const start = performance.now();
      const encoder = inPieces(device, steps, stepMs, (pass) => { group.step(pass, all.length); });
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - start) / steps;
    };
    await run(1);
    const rough = await run(3);
    const some = Math.max(1, Math.round(10 / rough));
    const warm = await run(some, rough);
    const steps = Math.max(1, Math.round(blockMs / warm));
    await run(steps, warm);
    const times: number[] = [];
    for (let block = 0; block < blocks; block++) times.push(await run(steps, warm));
    const kernels: Record<string, number> = {};
    if (apart && device.features.has('timestamp-query')) {
      for (const label of group.stepKernels) kernels[label] = await timeKernel(bench, group, label, all.length, Math.max(1, Math.round(steps / 2)));
    }
    return { variant: variantName(task.variant), stepMs: median(times), compileMs, kernels, megabytes: group.bytes / 1e6 };
  } finally {
    group.destroy();
  }
}

/** Milliseconds of one run of a kernel, by the GPU's own clock. */
async function timeKernel({ device }: Bench, group: Group, label: string, slots: number, runs: number): Promise<number> {
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } });
    for (let n = 0; n < runs; n++) group.alone(pass, label, slots);
    pass.end();
    encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const [from, to] = new BigUint64Array(staging.getMappedRange());
    return Number(to - from) / 1e6 / runs;
  } finally {
    querySet.destroy();
    resolved.destroy();
    staging.destroy();
  }
}

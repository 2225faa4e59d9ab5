/** Times a launch as the engine cuts it: whole steps in blocks, and each kernel by itself. */
import type { Phase } from '../../../workers/lstm/course.ts';
import type { Entry } from '../../../workers/lstm/engine.ts';
import { Group } from '../../../workers/lstm/webgpu/group.ts';
import { standingOf } from '../../../workers/lstm/webgpu/jobs.ts';
import { planLaunches } from '../../../workers/lstm/webgpu/launches.ts';
import type { Pipelines } from '../../../workers/lstm/webgpu/pipelines.ts';
import { candidates, type DeviceLimits } from '../../../workers/lstm/webgpu/plan.ts';
import { variantName } from '../../../workers/lstm/webgpu/variant.ts';
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

/** Ways to cut the launch of these models, the likeliest first. */
export function tasksOf(entries: readonly Entry[], { limits }: Bench): readonly Task[] {
  const [{ launching }] = planLaunches(entries, limits);
  return candidates(launching, limits);
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
    const run = async (steps: number): Promise<number> => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let n = 0; n < steps; n++) group.step(pass, all.length);
      pass.end();
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - start) / steps;
    };
    await run(1);
    const rough = await run(3);
    const steps = Math.max(1, Math.min(400, Math.round(blockMs / Math.max(0.005, rough))));
    await run(steps);
    const times: number[] = [];
    for (let block = 0; block < blocks; block++) times.push(await run(steps));
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

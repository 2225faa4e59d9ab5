/** The fused engine: WGSL kernels that carry many models through whole training steps, and judge them, on the GPU. */
import { isSoftware } from '../adapter.ts';
import type { GpuDevice } from '../backends.ts';
import type { Engine } from '../engine.ts';
import { Pipelines } from './pipelines.ts';
import type { DeviceLimits } from './plan.ts';
import { WebGpuSession } from './session.ts';
import { createTuner, type Tuner } from './tune.ts';
import { browserTuningMemory } from './tuning-memory.ts';
import { variantName } from './variant.ts';

/** What the device gives to kernels. */
export function deviceLimits({ device, info }: GpuDevice): DeviceLimits {
  const { limits } = device;
  return {
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    lanes: device.features.has('subgroups') ? 2 ** Math.floor(Math.log2(Math.min(32, Math.max(1, info.subgroupMinSize ?? 4)))) : 0,
    software: isSoftware(info),
  };
}

/** @param tuner null: the likeliest variant of each shape, unmeasured */
export function createWebGpuEngine(gpu: GpuDevice, tuner: Tuner | null = null): Engine {
  const pipelines = new Pipelines(gpu.device);
  const limits = deviceLimits(gpu);
  const run = new Set<string>();
  const noting: Tuner = {
    async choose(tasks, attempt, quick) {
      const task = tuner ? await tuner.choose(tasks, attempt, quick) : tasks[0];
      run.add(variantName(task.variant));
      return task;
    },
  };
  return { open: async (entries) => new WebGpuSession(gpu.device, pipelines, limits, entries, noting), variants: () => [...run] };
}

/** Tries a few ways to cut a launch the first time that this card sees its shape, and remembers the fastest. */
export function measuredTuner(card: string): Tuner {
  return createTuner(card, browserTuningMemory());
}

/** How much of a launch fits on the device at a time, and which ways to cut it are worth trying. */
import { scratchBytes } from './buffers.ts';
import type { Shape } from './shape.ts';
import { hardwareCuts, registersOf, softwareCuts } from './cuts.ts';
import { hasProduct, variantName, type Variant } from './variant.ts';
import { kernelsOf } from './wgsl/index.ts';
import { gradientTiles, pairsAtOnce } from './wgsl/matrix-gradient.ts';
import type { Task } from './wgsl/piece.ts';
import { outputsShared } from './wgsl/head.ts';

export interface DeviceLimits {
  readonly maxStorageBufferBindingSize: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupSizeX: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  /** Fewest threads of a subgroup, a power of 2 up to 32; 0 without the feature. */
  readonly lanes: number;
  /** Software wants few threads and many rows a workgroup. */
  readonly software: boolean;
}

export interface Launching {
  readonly shape: Shape;
  readonly batchSize: number;
  /** Models that train side by side. */
  readonly models: number;
  readonly normed: boolean;
  readonly dropping: boolean;
  /** Most samples that validate, rounded up to a power of 2 so that shapes compile once, and most parts of their loss. */
  readonly validations: number;
  readonly parts: number;
}

/** Most bytes of one scratch buffer, though the adapter may give more: other pages use the GPU as well. */
const MOST_SCRATCH = 2 ** 30;

/** Workgroups that fill a large card: slices of a matrix gradient are made until there are as many; fewer for one model, which has less to sum. */
const MANY_GROUPS = 1056;
const ONE_MODELS_GROUPS = 528;
const MOST_SLICES = 64;

/** A launch cut by a variant, sized to the device; null where it does not fit. */
export function taskOf({ shape, models, ...rest }: Launching, variant: Variant, limits: DeviceLimits): Task | null {
  const { rows } = variant;
  const { bins } = shape;
  const tiles = Math.ceil(rest.batchSize / rows);
  const most = Math.min(limits.maxStorageBufferBindingSize, MOST_SCRATCH);
  const slicesFor = (slots: number, chunk: number): number[] => variant.layers.map(({ backward }, layer) => {
    if (!hasProduct(backward)) return chunk;
    const enough = Math.ceil((slots === 1 ? ONE_MODELS_GROUPS : MANY_GROUPS) / (gradientTiles({ shape }, layer, backward) * slots));
    return Math.max(1, Math.min(MOST_SLICES, Math.ceil((chunk * bins) / pairsAtOnce(backward, rows)), enough));
  });
  const fits = (slots: number, chunk: number): Task | null => {
    const slices = slicesFor(slots, chunk);
    const bytes = Object.values(scratchBytes({ shape, variant, slots, chunk, slices }));
    if (bytes.some((one) => one > most) || chunk > limits.maxComputeWorkgroupsPerDimension) return null;
    return { ...rest, shape, variant, tiles, chunk, slots, slices };
  };
  let task: Task | null = null;
  for (let slots = Math.min(models, limits.maxComputeWorkgroupsPerDimension); slots >= 1 && !task; slots = Math.floor(slots / 2)) task = fits(slots, tiles);
  // Not even one model at once: its tiles take turns.
  for (let chunk = Math.ceil(tiles / 2); !task; chunk = Math.ceil(chunk / 2)) {
    task = fits(1, chunk);
    if (chunk === 1) break;
  }
  return task && withinWorkgroup(task, limits) ? task : null;
}

function withinWorkgroup(task: Task, limits: DeviceLimits): boolean {
  const { variant: { rows, lanes }, shape } = task;
  if (lanes > limits.lanes || task.variant.layers.some(({ forward: { kind, threads } }) => kind === 'quads' && (lanes < 4 || threads % lanes !== 0))) return false;
  if (shape.network.candidates > 0 && !outputsShared(shape, rows)) return false;
  const { main, step, listed, look } = kernelsOf(task);
  return [...main, ...step, ...listed, ...look].every(({ kernel: { threads, shared } }) => (
    threads <= limits.maxComputeInvocationsPerWorkgroup && threads <= limits.maxComputeWorkgroupSizeX && shared <= limits.maxComputeWorkgroupStorageSize
  )) && task.variant.layers.every(({ forward, backward }) => forward.threads >= rows && backward.threads >= rows);
}

/** Ways to cut a launch, the likeliest first; those that do not fit the device are left out. */
export function candidates(launching: Launching, limits: DeviceLimits): readonly Task[] {
  const cuts = limits.software ? softwareCuts(launching) : hardwareCuts(launching);
  // What runs on the default limits, whatever the size; the last one exchanges nothing between lanes.
  const small = [2, 1, 1].map((rows) => registersOf(launching, rows, 1, true));
  return [...cuts, ...small]
    .filter((variant) => variant !== null)
    // More rows than the batch has, padded to tiles, would idle.
    .filter(({ rows }) => rows <= Math.max(4, 2 ** Math.ceil(Math.log2(launching.batchSize))))
    .map((variant, i, all) => taskOf(launching, i < all.length - 1 && !limits.software ? withLanes(variant, limits) : variant, limits))
    .filter((task, i, all): task is Task => task !== null && all.findIndex((one) => one && variantName(one.variant) === variantName(task.variant)) === i);
}

/** A variant that exchanges numbers lane to lane where the device can. */
export function withLanes(variant: Variant, { lanes }: DeviceLimits): Variant {
  return { ...variant, lanes: lanes >= 4 && variant.layers.every(({ forward }) => forward.kind !== 'streaming') ? lanes : 0 };
}

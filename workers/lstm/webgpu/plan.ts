/** How much of a launch fits on the device at a time, and which ways to cut it are worth trying. */
import { scratchBytes } from './buffers.ts';
import type { Shape } from './shape.ts';
import { quadCut, registerCut, streamCut, variantName, type LayerCut, type Variant } from './variant.ts';
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
  readonly subgroups: boolean;
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

/** Workgroups that fill a large card: slices of a matrix gradient are made until there are as many. */
const MANY_GROUPS = 528;

/** A launch cut by a variant, sized to the device; null where it does not fit. */
export function taskOf({ shape, models, ...rest }: Launching, variant: Variant, limits: DeviceLimits): Task | null {
  const { rows } = variant;
  const { bins } = shape;
  const tiles = Math.ceil(rest.batchSize / rows);
  const most = Math.min(limits.maxStorageBufferBindingSize, MOST_SCRATCH);
  const slicesFor = (slots: number, chunk: number): number[] => variant.layers.map((cut, layer) => {
    if (cut.kind !== 'streaming') return chunk;
    const enough = Math.ceil(MANY_GROUPS / (gradientTiles({ shape }, layer, cut) * slots));
    return Math.max(1, Math.min(64, Math.ceil((chunk * bins) / pairsAtOnce(cut, rows)), enough));
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
  if ((lanes || task.variant.layers.some(({ kind }) => kind === 'quads')) && !limits.subgroups) return false;
  if (shape.network.candidates > 0 && !outputsShared(shape, rows)) return false;
  const { main, step, listed, look } = kernelsOf(task);
  return [...main, ...step, ...listed, ...look].every(({ kernel: { threads, shared } }) => (
    threads <= limits.maxComputeInvocationsPerWorkgroup && threads <= limits.maxComputeWorkgroupSizeX && shared <= limits.maxComputeWorkgroupStorageSize
  )) && task.variant.layers.every(({ threads }) => threads >= rows);
}

/** Models and rows from which on a card is full: then what counts is arithmetic, before it the chain of dependent bins. */
const MANY_ROWS = 2048;

/** Ways to cut a launch, the likeliest first; those that do not fit the device are left out. */
export function candidates(launching: Launching, limits: DeviceLimits): readonly Task[] {
  const many = launching.models * launching.batchSize >= MANY_ROWS;
  const cuts = limits.software ? softwareCuts(launching) : many ? fullCuts(launching) : chainCuts(launching);
  // What runs on the default limits, whatever the size; the last one exchanges nothing between lanes.
  const small = [2, 1, 1].map((rows) => registersOf(launching, rows, 1, true));
  return [...cuts, ...streamingCuts(launching, many || limits.software ? [[8, 8], [16, 8], [8, 4], [4, 4]] : [[4, 4], [8, 4], [8, 8]]), ...small]
    .filter((variant) => variant !== null)
    // More rows than the batch has, padded to tiles, would idle.
    .filter(({ rows }) => rows <= Math.max(4, 2 ** Math.ceil(Math.log2(launching.batchSize))))
    .map((variant, i, all) => taskOf(launching, { ...variant, lanes: variant.lanes && limits.subgroups && !limits.software && i < all.length - 1 }, limits))
    .filter((task, i, all): task is Task => task !== null && all.findIndex((one) => one && variantName(one.variant) === variantName(task.variant)) === i);
}

type Cut = Variant | null;

/** Software runs workgroups one after the other: few threads, many rows. */
function softwareCuts(launching: Launching): Cut[] {
  const { hidden } = launching.shape;
  return [8, 4, 2].map((rows) => registersOf(launching, rows, Math.max(1, Math.ceil(rows / hidden)), false));
}

function fullCuts(launching: Launching): Cut[] {
  return [
    quadsOf(launching, 8), registersOf(launching, 8, 4, true), quadsOf(launching, 16), registersOf(launching, 4, 4, true),
    quadsOf(launching, 4), ...[8, 4].flatMap((rows) => [2, 8, 1].map((splits) => registersOf(launching, rows, splits, true))),
    registersOf(launching, 4, 4, false), registersOf(launching, 2, 4, false),
  ];
}

function chainCuts(launching: Launching): Cut[] {
  return [
    registersOf(launching, 2, 4, false), registersOf(launching, 1, 4, false), quadsOf(launching, 4), registersOf(launching, 2, 2, false),
    ...[4, 2, 1].flatMap((rows) => [4, 8, 2, 1].map((splits) => registersOf(launching, rows, splits, false))), registersOf(launching, 2, 4, true),
  ];
}

function variantOf({ shape }: Launching, rows: number, cutLayer: (layer: number) => LayerCut | null, split: boolean): Cut {
  const layers = shape.layers.map((_, layer) => cutLayer(layer)).filter((cut) => cut !== null);
  if (layers.length < shape.layers.length) return null;
  const registers = layers.every(({ kind }) => kind === 'registers');
  return { rows, layers, merged: registers && layers.length === 1 && !split, lanes: registers };
}

/** @param splits threads a hidden unit @param split both ways in dispatches of their own, which leaves each more registers */
const registersOf = (launching: Launching, rows: number, splits: number, split: boolean): Cut => (
  variantOf(launching, rows, (layer) => registerCut(launching.shape, launching.shape.layers[layer], splits * launching.shape.hidden), split)
);

const quadsOf = (launching: Launching, rows: number): Cut => variantOf(launching, rows, (layer) => quadCut(launching.shape, launching.shape.layers[layer]), true);

const streamingCuts = (launching: Launching, sizes: readonly (readonly [number, number])[]): Cut[] => sizes.map(([rows, threadRows]) => (
  variantOf(launching, rows, (layer) => streamCut(launching.shape, launching.shape.layers[layer], rows, threadRows), true)
));

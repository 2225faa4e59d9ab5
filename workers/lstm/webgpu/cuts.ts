/** Ways to cut a launch, and which of them are likely to be fast: measured on an H100 (docs/performance.md). */
import type { Launching } from './plan.ts';
import type { LayerShape } from './shape.ts';
import { chainBackward, quadForward, registerBackward, registerForward, streamBackward, streamForward, type BackwardCut, type ForwardCut, type LayerCut, type Variant } from './variant.ts';

/** null where the shape cannot be cut so. */
export type Cut = Variant | null;

/** @param split both ways in dispatches of their own, which leaves each more registers */
function variantOf({ shape }: Launching, rows: number, forward: (layer: LayerShape) => ForwardCut | null, backward: (layer: LayerShape) => BackwardCut | null, split = true): Cut {
  const layers: LayerCut[] = [];
  for (const layer of shape.layers) {
    const [ahead, back] = [forward(layer), backward(layer)];
    if (!ahead || !back) return null;
    layers.push({ forward: ahead, backward: back });
  }
  return { rows, layers, merged: !split && layers.length === 1, lanes: 0 };
}

/** @param splits threads a hidden unit */
export const registersOf = (launching: Launching, rows: number, splits: number, split: boolean): Cut => {
  const { shape } = launching;
  const threads = splits * shape.hidden;
  return variantOf(launching, rows, (layer) => registerForward(shape, layer, threads, false), (layer) => registerBackward(shape, layer, threads), split);
};

/** @param units of a quad of threads on the way forward @param splits threads a hidden unit on the way back */
export const quadsOf = (launching: Launching, rows: number, units: number, splits: number): Cut => {
  const { shape } = launching;
  return variantOf(launching, rows, (layer) => quadForward(shape, layer, units), (layer) => registerBackward(shape, layer, splits * shape.hidden));
};

/** @param splits threads a hidden unit on the way forward, @param backSplits on the way back */
export const chainsOf = (launching: Launching, rows: number, splits: number, backSplits: number): Cut => {
  const { shape } = launching;
  return variantOf(
    launching, rows,
    (layer) => registerForward(shape, layer, splits * shape.hidden, true),
    (layer) => chainBackward(shape, layer, rows, backSplits * shape.hidden),
  );
};

/** @param threadRows rows of the batch a thread */
export const streamingOf = (launching: Launching, rows: number, threadRows: number): Cut => {
  const { shape } = launching;
  return variantOf(launching, rows, () => streamForward(shape, rows, threadRows), (layer) => streamBackward(shape, layer, rows, threadRows));
};

/** @param threadRows rows of the batch a thread on the way forward @param backSplits threads a hidden unit on the way back */
export const streamChainsOf = (launching: Launching, rows: number, threadRows: number, backSplits: number): Cut => {
  const { shape } = launching;
  return variantOf(launching, rows, () => streamForward(shape, rows, threadRows), (layer) => chainBackward(shape, layer, rows, backSplits * shape.hidden));
};

/** Software runs workgroups one after the other: few threads, many rows. */
export function softwareCuts(launching: Launching): readonly Cut[] {
  const { hidden } = launching.shape;
  return [
    ...[8, 4, 2].map((rows) => registersOf(launching, rows, Math.max(1, Math.ceil(rows / hidden)), false)),
    ...streams(launching, [[8, 8], [16, 8], [8, 4], [4, 4]]),
  ];
}

/** Rows of all models from which on a card is full: then what counts is arithmetic, before it the chain of dependent bins. */
export const MANY_ROWS = 2048;
/** Multiprocessors of a large card: with fewer rows than it has of them, a workgroup should carry one. */
const PROCESSORS = 132;

/** The likeliest first. */
export function hardwareCuts(launching: Launching): readonly Cut[] {
  const rows = launching.models * launching.batchSize;
  return rows >= MANY_ROWS ? fullCuts(launching) : chainCuts(launching, rows / PROCESSORS);
}

function fullCuts(launching: Launching): readonly Cut[] {
  return [
    quadsOf(launching, 8, 2, 4), quadsOf(launching, 4, 2, 2), registersOf(launching, 4, 4, true), registersOf(launching, 8, 4, true),
    ...streams(launching, [[12, 12], [8, 8]]), streamChainsOf(launching, 8, 8, 2), ...streams(launching, [[24, 12]]),
    quadsOf(launching, 8, 2, 2), ...[8, 4].flatMap((rows) => [2, 8, 1].map((splits) => registersOf(launching, rows, splits, true))),
    registersOf(launching, 4, 4, false), registersOf(launching, 2, 4, false), ...streams(launching, [[16, 8], [8, 4], [4, 4]]),
  ];
}

/** @param rows of a multiprocessor */
function chainCuts(launching: Launching, rows: number): readonly Cut[] {
  const [near, next] = rows < 1.5 ? [1, 2] : rows < 3 ? [2, 1] : rows < 6 ? [4, 2] : [4, 8];
  return [
    registersOf(launching, near, 4, false), registersOf(launching, near, 2, false), chainsOf(launching, near, 2, 2), registersOf(launching, next, 4, false),
    chainsOf(launching, next, 2, 2), registersOf(launching, near, 1, false), quadsOf(launching, 4, 1, 4), chainsOf(launching, near, 4, 2),
    ...[4, 2, 1].flatMap((count) => [4, 8, 2, 1].flatMap((splits) => [false, true].map((split) => registersOf(launching, count, splits, split)))),
    ...streams(launching, [[4, 4], [8, 4], [8, 8]]),
  ];
}

const streams = (launching: Launching, sizes: readonly (readonly [number, number])[]): readonly Cut[] => sizes.map(([rows, each]) => streamingOf(launching, rows, each));

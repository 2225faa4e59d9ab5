/** Bytes of the buffers of a launch. */
import type { Entry } from '../engine.ts';
import { forecastCount } from '../network.ts';
import { hasProduct } from './variant.ts';
import { jobFields, stateFields, structBytes } from './structs.ts';
import { restStride } from './wgsl/head.ts';
import { LOOK_NUMBERS, LOOKS_KEPT } from './wgsl/judge.ts';
import { sliceLayout, type Task } from './wgsl/piece.ts';
import { reduceGroups } from './wgsl/reduce.ts';
import type { Resource } from './wgsl/source.ts';
import { transposedNumbers } from './wgsl/update.ts';

/** Bytes of the scratch that the models of a launch share, turn by turn. */
export function scratchBytes(task: Pick<Task, 'shape' | 'variant' | 'slots' | 'chunk' | 'slices'>): Partial<Record<Resource, number>> {
  const { shape, variant, slots, chunk, slices } = task;
  const { bins, hidden, layers } = shape;
  const cells = slots * layers.length * chunk * (bins + 1) * variant.rows * hidden;
  return {
    gates: cells * 16, cells: cells * 8,
    matrixParts: slots * sliceLayout({ shape, slices }).stride * 16,
    restParts: slots * chunk * restStride(shape, variant.rows) * 16,
    ...(hasProduct(variant.layers[0].backward) ? { inputs: slots * chunk * bins * variant.rows * layers[0].x * 4 } : {}),
  };
}

/** Bytes of a slot's history. */
export const historyBytes = ({ parts }: Pick<Task, 'parts'>): number => LOOKS_KEPT * (LOOK_NUMBERS + parts) * 4;

/** All buffers but `data`. */
export function bufferBytes(task: Task, entries: readonly Entry[]): Partial<Record<Resource, number>> {
  const { shape: { quads }, slots } = task;
  const models = entries.length;
  const transposed = transposedNumbers(task) * models * 4;
  return {
    ...scratchBytes(task),
    weights: models * quads * 16, moments: models * quads * 32, bestWeights: models * quads * 16,
    // One slot more than models: looks from outside have theirs there.
    jobs: (models + 1) * structBytes(jobFields),
    states: (models + 1) * structBytes(stateFields), steps: (models + 1) * 4,
    ...(transposed > 0 ? { transposedNumbers: transposed } : {}),
    gradient: slots * (quads + 1) * 16, squares: slots * reduceGroups(task) * 4,
    rowLosses: slots * task.validations * 4,
    forecasts: Math.max(1, ...entries.map(({ examples, network }) => examples.queries.length * forecastCount(network))) * 4,
    history: (models + 1) * historyBytes(task),
  };
}

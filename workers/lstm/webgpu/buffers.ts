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

/** Bytes of forecasts that are made at once, and models whose forecasts are; one at least. */
const MOST_FORECAST_BYTES = 2 ** 22;
const MOST_FORECASTS = 64;

const forecastBytes = (entries: readonly Entry[]): number => Math.max(1, ...entries.map(({ examples, network }) => examples.queries.length * forecastCount(network))) * 4;

/** Models whose forecasts are made in one go. */
export function forecastsAtOnce(entries: readonly Entry[]): number {
  return Math.max(1, Math.min(entries.length, MOST_FORECASTS, Math.floor(MOST_FORECAST_BYTES / forecastBytes(entries))));
}

/** All buffers but `data`. */
export function bufferBytes(task: Task, entries: readonly Entry[]): Partial<Record<Resource, number>> {
  const { shape: { quads }, slots } = task;
  const models = entries.length;
  const transposed = transposedNumbers(task) * models * 4;
  return {
    ...scratchBytes(task),
    weights: models * quads * 16, moments: models * quads * 32, bestWeights: models * quads * 16,
    // One slot more than models, for what is done to a single one between two blocks.
    jobs: (models + 1) * structBytes(jobFields),
    states: (models + 1) * structBytes(stateFields), steps: (models + 1) * 4,
    ...(transposed > 0 ? { transposedNumbers: transposed } : {}),
    gradient: slots * (quads + 1) * 16, squares: slots * reduceGroups(task) * 4,
    rowLosses: slots * task.validations * 4,
    forecasts: forecastsAtOnce(entries) * forecastBytes(entries),
    history: (models + 1) * historyBytes(task),
  };
}

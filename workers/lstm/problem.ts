/**
 * What is to be learnt, without any TensorFlow.js: samples that write themselves into a batch, and how the network's
 * outputs become forecasts. The plain model and the fused engine train the same problems.
 */
import type { LayerForecast } from '../contract.ts';
import type { Network } from './network.ts';

/** Rows of a batch, each array row-major. */
export interface Batch {
  readonly rows: number;
  /** `[rows][bins][inputs]` */
  readonly windows: Float32Array;
  /** `[rows][statics]` */
  readonly statics: Float32Array;
  /** `[rows][outputs]` */
  readonly targets: Float32Array;
}

export interface SampleSet {
  readonly count: number;
  /** Writes sample `index` into row `row`. */
  write(index: number, batch: Batch, row: number): void;
}

export interface Problem {
  readonly network: Network;
  /** What the weights are fitted on. */
  readonly training: SampleSet;
  /** The end of the history, which training does not see: chooses the best weights. */
  readonly validation: SampleSet;
  /** What the forecast is made from: the windows that end at the origin; its targets are left alone. */
  readonly queries: SampleSet;
  /** Loss on `validation` of an output of all zeros: that of the base forecast alone. */
  readonly baseLoss: number;
  /** Turns the outputs for `queries`, `[count][outputs]`, into forecasts on the simplex. */
  forecasts(outputs: Float32Array): readonly LayerForecast[];
}

export function emptyBatch(network: Network, rows: number): Batch {
  return {
    rows,
    windows: new Float32Array(rows * network.bins * network.inputs),
    statics: new Float32Array(rows * network.statics),
    targets: new Float32Array(rows * network.outputs),
  };
}

/** Samples `indices` as a batch of their own. */
export function gather(network: Network, samples: SampleSet, indices: ArrayLike<number>): Batch {
  const batch = emptyBatch(network, indices.length);
  for (let row = 0; row < indices.length; row++) samples.write(indices[row], batch, row);
  return batch;
}

/** Clips at 0 and divides by the sum, in place; uniform where nothing is left. */
export function toSimplex(values: Float64Array): Float64Array {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] > 0)) values[i] = 0;
    sum += values[i];
  }
  if (sum > 0 && Number.isFinite(sum)) for (let i = 0; i < values.length; i++) values[i] /= sum;
  else values.fill(1 / values.length);
  return values;
}

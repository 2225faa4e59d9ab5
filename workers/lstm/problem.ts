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
  /** What the weights are fitted on while the end of the history is held back. */
  readonly training: SampleSet;
  /** The end of the history; its targets hold no step that a target of `training` holds. Chooses the best weights. */
  readonly validation: SampleSet;
  /** All that is resolved before the origin: the best weights are finished on it, newest steps included. */
  readonly all: SampleSet;
  /** What the forecast is made from: the windows that end at the origin; its targets are left alone. */
  readonly queries: SampleSet;
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

/** Before a device trains for the first time, its loss and gradients on a tiny problem are compared with the CPU's. */
import * as tf from '@tensorflow/tfjs-core';
import { random } from '../../src/random.ts';
import { lossAndGradient } from './model.ts';
import { initialWeights, type Network } from './network.ts';

/** Largest relative difference (L2) that passes: float32 on different hardware stays under 1e-5, a wrong kernel far above. */
export const tolerance = 1e-3;

const network: Network = { inputs: 1, bins: 4, hidden: 8, statics: 3, dense: 8, outputs: 1, loss: 'absolute', zeroOutput: false };
const rows = 8;

export interface CheckNumbers {
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** Loss and gradient of the tiny problem on the backend that is active. */
export async function checkNumbers(): Promise<CheckNumbers> {
  const next = random(7);
  const fill = (count: number): Float32Array => Float32Array.from({ length: count }, () => next() * 2 - 1);
  const windows = fill(rows * network.bins * network.inputs);
  const statics = fill(rows * network.statics);
  const targets = fill(rows * network.outputs);
  const weights = initialWeights(network, 11);
  const { loss, gradient } = tf.tidy(() => lossAndGradient(network, tf.tensor1d(weights), {
    windows: tf.tensor3d(windows, [rows, network.bins, network.inputs]),
    statics: tf.tensor2d(statics, [rows, network.statics]),
    targets: tf.tensor2d(targets, [rows, network.outputs]),
  }));
  try {
    const [lossValues, gradientValues] = await Promise.all([loss.data(), gradient.data()]);
    return { loss: lossValues[0], gradient: Float32Array.from(gradientValues) };
  } finally {
    tf.dispose([loss, gradient]);
  }
}

/** ‖a − b‖ / ‖b‖ of the gradients, or the loss's where that is larger; Infinity when a number is not finite. */
export function relativeError(mine: CheckNumbers, reference: CheckNumbers): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < reference.gradient.length; i++) {
    difference += (mine.gradient[i] - reference.gradient[i]) ** 2;
    norm += reference.gradient[i] ** 2;
  }
  const error = Math.max(Math.sqrt(difference / norm), Math.abs(mine.loss - reference.loss) / Math.abs(reference.loss));
  return Number.isFinite(error) ? error : Infinity;
}

/** Before a device trains for the first time, its loss and gradients on tiny problems are compared with the CPU's. */
import * as tf from '@tensorflow/tfjs-core';
import { gaussian, random } from '../../src/random.ts';
import { lossAndGradient } from './model.ts';
import { initialWeights, type Network } from './network.ts';
import { emptyBatch } from './problem.ts';
import { toTensors } from './reference-engine.ts';

/** Largest relative difference (L2) that passes: float32 on different hardware stays under 1e-5, a wrong kernel far above. */
export const tolerance = 1e-3;

/** One of each form, of odd sizes, so that the tiles of a kernel are not filled. */
const networks: readonly Network[] = [
  { inputs: 1, bins: 5, hidden: 7, statics: 3, dense: 6, outputs: 1, loss: 'absolute', zeroOutput: false },
  { inputs: 6, bins: 4, hidden: 9, statics: 0, dense: 0, outputs: 12, loss: 'squared', zeroOutput: false },
];
const rows = 37;

export interface CheckNumbers {
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** Loss and gradient of each tiny problem on the backend that is active. */
export async function checkNumbers(): Promise<readonly CheckNumbers[]> {
  const found: CheckNumbers[] = [];
  for (const network of networks) {
    const next = random(7);
    const batch = emptyBatch(network, rows);
    for (const values of [batch.windows, batch.statics, batch.targets]) {
      for (let i = 0; i < values.length; i++) values[i] = gaussian(next);
    }
    const { loss, gradient } = tf.tidy(() => lossAndGradient(network, tf.tensor1d(initialWeights(network, 11)), toTensors(network, batch)));
    try {
      const [[lossValue], gradientValues] = await Promise.all([loss.data(), gradient.data()]);
      found.push({ loss: lossValue, gradient: Float32Array.from(gradientValues) });
    } finally {
      tf.dispose([loss, gradient]);
    }
  }
  return found;
}

/** The largest ‖a − b‖ / ‖b‖ of a gradient or |a − b| / |b| of a loss; Infinity when a number is not finite. */
export function relativeError(mine: readonly CheckNumbers[], reference: readonly CheckNumbers[]): number {
  const errors = reference.flatMap(({ loss, gradient }, n) => {
    let difference = 0;
    let norm = 0;
    for (let i = 0; i < gradient.length; i++) {
      difference += (mine[n].gradient[i] - gradient[i]) ** 2;
      norm += gradient[i] ** 2;
    }
    return [Math.sqrt(difference / norm), Math.abs(mine[n].loss - loss) / Math.abs(loss)];
  });
  return errors.every(Number.isFinite) ? Math.max(...errors) : Infinity;
}

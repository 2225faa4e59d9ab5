import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { gaussian, random } from '../../../src/random.ts';
import { adamw } from '../../../workers/lstm/adamw.ts';
import { forward, lossAndGradient, unpack } from '../../../workers/lstm/model.ts';
import { initialWeights, tensors, weightCount, type Network } from '../../../workers/lstm/network.ts';
import { emptyBatch, type Batch } from '../../../workers/lstm/problem.ts';
import { toTensors } from '../../../workers/lstm/reference-engine.ts';
import { gradientOf, lossOf, outputsOf } from './float64.ts';
import './support.ts';

const pooled: Network = { inputs: 1, bins: 5, hidden: 3, statics: 4, dense: 2, outputs: 1, loss: 'absolute', zeroOutput: false };
const joint: Network = { inputs: 3, bins: 4, hidden: 2, statics: 0, dense: 0, outputs: 6, loss: 'squared', zeroOutput: false };

function filled(network: Network, rows: number, seed = 5): Batch {
  const next = random(seed);
  const batch = emptyBatch(network, rows);
  for (const values of [batch.windows, batch.statics, batch.targets]) for (let i = 0; i < values.length; i++) values[i] = gaussian(next);
  return batch;
}

describe.each([['pooled', pooled], ['joint', joint]])('the %s network', (_, network) => {
  const weights = initialWeights(network, 3);
  const batch = filled(network, 6);

  test('gives the outputs of the equations', () => {
    const found = tf.tidy(() => {
      const { windows, statics } = toTensors(network, batch);
      return forward(network, unpack(network, tf.tensor1d(weights)), windows, statics).dataSync();
    });
    const width = network.bins * network.inputs;
    for (let row = 0; row < batch.rows; row++) {
      const expected = outputsOf(network, Float64Array.from(weights), batch.windows.subarray(row * width, (row + 1) * width), batch.statics.subarray(row * network.statics, (row + 1) * network.statics));
      expected.forEach((output, i) => expect(found[row * network.outputs + i]).toBeCloseTo(output, 5));
    }
  });

  test('gives the loss and, for every weight, the derivative that differences give', () => {
    const [loss, gradient] = tf.tidy(() => {
      const found = lossAndGradient(network, tf.tensor1d(weights), toTensors(network, batch));
      return [found.loss.dataSync()[0], found.gradient.dataSync()] as const;
    });
    expect(loss).toBeCloseTo(lossOf(network, Float64Array.from(weights), batch), 5);
    const expected = gradientOf(network, Float64Array.from(weights), batch);
    expect(gradient).toHaveLength(weightCount(network));
    const largest = Math.max(...expected.map(Math.abs));
    expected.forEach((slope, i) => expect(Math.abs(gradient[i] - slope), `weight ${i}`).toBeLessThan(1e-4 * largest));
  });
});

describe('start weights', () => {
  test('come from the seed: the same twice, others for another', () => {
    expect(initialWeights(pooled, 1)).toEqual(initialWeights(pooled, 1));
    expect(initialWeights(pooled, 1)).not.toEqual(initialWeights(pooled, 2));
  });

  test('open the forget gate, and make a residual network forecast its base', () => {
    const network: Network = { ...pooled, zeroOutput: true };
    const weights = initialWeights(network, 1);
    const { offset } = tensors(network).find(({ name }) => name === 'lstm.bias')!;
    expect([...weights.subarray(offset, offset + 12)]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    expect(outputsOf(network, Float64Array.from(weights), [1, 2, 3, 4, 5], [1, 1, 1, 1])).toEqual([0]);
  });
});

describe('AdamW', () => {
  const run = (gradients: readonly (readonly number[])[], rate: number, decay: number): Float32Array => tf.tidy(() => {
    let moving = { weights: tf.tensor1d([1, -2]), first: tf.zeros<tf.Rank.R1>([2]), second: tf.zeros<tf.Rank.R1>([2]) };
    gradients.forEach((gradient, i) => {
      moving = adamw(moving, tf.tensor1d([...gradient]), i + 1, { learningRate: rate, weightDecay: decay, decaying: tf.tensor1d([1, 0]) });
    });
    return moving.weights.dataSync() as Float32Array;
  });

  test('moves each weight by the rate against a first gradient of any size, and decays only where asked', () => {
    // m̂ / √v̂ = ±1 at the first step; the first weight also shrinks by rate × decay = 0.05.
    const [first, second] = run([[0.3, -0.002]], 0.1, 0.5);
    expect(first).toBeCloseTo(1 - 0.05 - 0.1, 4);
    expect(second).toBeCloseTo(-2 + 0.1, 4);
  });

  test('after two steps is where the published update puts it', () => {
    // By hand (β 0.9 and 0.999): m̂ = (0.09·0.5 + 0.1·0.1)/0.19 = 0.28947; v̂ = (0.000999·0.25 + 0.001·0.01)/0.001999 = 0.12994
    const [, second] = run([[0, 0.5], [0, 0.1]], 0.1, 0);
    expect(second).toBeCloseTo(-2 - 0.1 - 0.1 * (0.289474 / Math.sqrt(0.129940)), 4);
  });

  test('uses a gradient that is too long at length 1', () => {
    // (30, 40) becomes (0.6, 0.8); then a gradient of (0.6, 0.8) again leaves m̂ / √v̂ = 1.
    const [first, second] = run([[30, 40], [0.6, 0.8]], 0.1, 0);
    expect(first).toBeCloseTo(0.8, 4);
    expect(second).toBeCloseTo(-2.2, 4);
  });
});

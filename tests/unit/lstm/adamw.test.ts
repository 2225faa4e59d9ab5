import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Update } from '../../../workers/lstm/course.ts';
import { adamw } from '../../../workers/lstm/reference/adamw.ts';
import { updateOf } from './entries.ts';
import './support.ts';

/** Weights 1 and -2 after updates with these gradients; decay applies to the first alone. */
function run(gradients: readonly (readonly number[])[], part: Partial<Update>): Float32Array {
  const update = updateOf({ learningRate: 0.1, ...part });
  return tf.tidy(() => {
    let moving = { weights: tf.tensor1d([1, -2]), first: tf.zeros<tf.Rank.R1>([2]), second: tf.zeros<tf.Rank.R1>([2]) };
    gradients.forEach((gradient, i) => {
      moving = adamw(moving, tf.tensor1d([...gradient]), i + 1, update.learningRate, update, tf.tensor1d([1, 0]));
    });
    return moving.weights.dataSync() as Float32Array;
  });
}

describe('the update', () => {
  test('moves each weight by the rate against a first gradient of any size', () => {
    const [first, second] = run([[0.3, -0.002]], {});
    expect(first).toBeCloseTo(0.9, 4);
    expect(second).toBeCloseTo(-1.9, 4);
  });

  test('after two steps puts weights where the published one does', () => {
    // By hand (β 0.9 and 0.999): m̂ = (0.09·0.5 + 0.1·0.1)/0.19 = 0.28947; v̂ = (0.000999·0.25 + 0.001·0.01)/0.001999 = 0.12994
    const [, second] = run([[0, 0.5], [0, 0.1]], {});
    expect(second).toBeCloseTo(-2 - 0.1 - 0.1 * (0.289474 / Math.sqrt(0.129940)), 4);
  });
});

describe('weight decay', () => {
  test('that is decoupled shrinks weights by rate × decay where it is asked for', () => {
    const [first, second] = run([[0.3, -0.002]], { weightDecay: 0.5 });
    expect(first).toBeCloseTo(1 - 0.05 - 0.1, 4);
    expect(second).toBeCloseTo(-1.9, 4);
  });

  test('that is coupled adds decay × weight to the gradient where it is asked for', () => {
    // The first gradient is outweighed: −0.3 + 0.5 · 1 > 0, so that the weight falls.
    const [first, second] = run([[-0.3, -0.002]], { weightDecay: 0.5, decay: 'coupled' });
    expect(first).toBeCloseTo(0.9, 4);
    expect(second).toBeCloseTo(-1.9, 4);
    // No shrinking besides: without a gradient, decay alone moves the weight by the rate.
    expect(run([[0, 0]], { weightDecay: 0.5, decay: 'coupled' })[0]).toBeCloseTo(0.9, 4);
  });

  test('that is coupled is added to the clipped gradient, and is not clipped itself', () => {
    // Clipped, the gradient is (0.006, 0.008): first followed 0.006 + 0.5, then 0.006 + 0.5 · 0.9 = 0.456.
    // m̂ = (0.09·0.506 + 0.1·0.456)/0.19 = 0.479684; v̂ = (0.000999·0.256036 + 0.001·0.207936)/0.001999 = 0.231973
    const [first] = run([[0.6, 0.8], [0.6, 0.8]], { weightDecay: 0.5, decay: 'coupled', clipNorm: 0.01 });
    expect(first).toBeCloseTo(0.9 - 0.1 * (0.479684 / Math.sqrt(0.231973)), 4);
  });
});

describe('clipping', () => {
  // (30, 40) becomes (0.6, 0.8) at length 1; then (0.6, 0.8) again leaves m̂ / √v̂ = 1.
  const gradients = [[30, 40], [0.6, 0.8]];

  test('uses a gradient that is too long at the given length', () => {
    const [first, second] = run(gradients, { clipNorm: 1 });
    expect(first).toBeCloseTo(0.8, 4);
    expect(second).toBeCloseTo(-2.2, 4);
  });

  test('leaves a shorter one, and every one where the length is 0, as it is', () => {
    const free = run(gradients, { clipNorm: 0 });
    expect(run(gradients, { clipNorm: 100 })).toEqual(free);
    // By hand: m̂ = (0.09·30 + 0.1·0.6)/0.19 = 14.5263; v̂ = (0.000999·900 + 0.001·0.36)/0.001999 = 449.955
    expect(free[0]).toBeCloseTo(0.9 - 0.1 * (14.526316 / Math.sqrt(449.954977)), 4);
  });

  test('of a gradient that is none moves nothing', () => {
    expect([...run([[0, 0]], { clipNorm: 1 })]).toEqual([1, -2]);
  });
});

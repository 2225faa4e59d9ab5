/**
 * AdamW (Loshchilov and Hutter 2019) on one flat vector: decoupled weight decay, scaled by the learning rate,
 * after clipping the gradient by its global norm. To be called inside `tf.tidy`.
 */
import * as tf from '@tensorflow/tfjs-core';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Longest gradient that is used as it is. */
const CLIP_NORM = 1;

export interface Moving {
  readonly weights: tf.Tensor1D;
  readonly first: tf.Tensor1D;
  readonly second: tf.Tensor1D;
}

/**
 * @param step number of this update, from 1
 * @param decaying 1 where weight decay applies, 0 elsewhere
 */
export function adamw(
  { weights, first, second }: Moving,
  gradient: tf.Tensor1D,
  step: number,
  { learningRate, weightDecay, decaying }: { readonly learningRate: number; readonly weightDecay: number; readonly decaying: tf.Tensor1D },
): Moving {
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  const clipped = tf.mul(gradient, tf.div(CLIP_NORM, tf.maximum(norm, CLIP_NORM)));
  const nextFirst = tf.add(tf.mul(first, BETA1), tf.mul(clipped, 1 - BETA1)) as tf.Tensor1D;
  const nextSecond = tf.add(tf.mul(second, BETA2), tf.mul(tf.square(clipped), 1 - BETA2)) as tf.Tensor1D;
  const mean = tf.div(nextFirst, 1 - BETA1 ** step);
  const deviation = tf.add(tf.sqrt(tf.div(nextSecond, 1 - BETA2 ** step)), EPSILON);
  const kept = tf.mul(weights, tf.sub(1, tf.mul(decaying, learningRate * weightDecay)));
  return {
    weights: tf.sub(kept, tf.mul(tf.div(mean, deviation), learningRate)),
    first: nextFirst,
    second: nextSecond,
  };
}

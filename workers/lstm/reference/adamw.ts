/**
 * Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019) on one flat vector, after clipping the gradient by
 * its global norm. To be called inside `tf.tidy`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BETA1, BETA2, biasCorrection, EPSILON, type Update } from '../course.ts';

export interface Moving {
  readonly weights: tf.Tensor1D;
  readonly first: tf.Tensor1D;
  readonly second: tf.Tensor1D;
}

/**
 * @param step number of this update, from 1
 * @param rate learning rate of this step
 * @param decaying 1 where weight decay applies, 0 elsewhere
 */
export function adamw(
  { weights, first, second }: Moving, gradient: tf.Tensor1D, step: number, rate: number,
  { weightDecay, decay, clipNorm }: Pick<Update, 'weightDecay' | 'decay' | 'clipNorm'>, decaying: tf.Tensor1D,
): Moving {
  const clipped = clip(gradient, clipNorm);
  const followed = decay === 'coupled' ? tf.add(clipped, tf.mul(tf.mul(decaying, weightDecay), weights)) : clipped;
  const nextFirst = tf.add(tf.mul(first, BETA1), tf.mul(followed, 1 - BETA1)) as tf.Tensor1D;
  const nextSecond = tf.add(tf.mul(second, BETA2), tf.mul(tf.square(followed), 1 - BETA2)) as tf.Tensor1D;
  const mean = tf.div(nextFirst, biasCorrection(BETA1, step));
  const deviation = tf.add(tf.sqrt(tf.div(nextSecond, biasCorrection(BETA2, step))), EPSILON);
  const kept = decay === 'decoupled' ? tf.mul(weights, tf.sub(1, tf.mul(decaying, rate * weightDecay))) : weights;
  return {
    weights: tf.sub(kept, tf.mul(tf.div(mean, deviation), rate)),
    first: nextFirst,
    second: nextSecond,
  };
}

/** The gradient, shortened to `norm` where it is longer; 0: as it is. */
function clip(gradient: tf.Tensor1D, norm: number): tf.Tensor1D {
  if (norm === 0) return gradient;
  const length = tf.sqrt(tf.sum(tf.square(gradient)));
  return tf.mul(gradient, tf.div(norm, tf.maximum(length, norm)));
}

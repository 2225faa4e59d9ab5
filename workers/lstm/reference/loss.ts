/** From the network's outputs to forecasts, from forecasts to the loss, and back. To be called inside `tf.tidy`. */
import * as tf from '@tensorflow/tfjs-core';
import { forecastCount, type Network } from '../network.ts';

/** Weights that a gate gives to the candidates, `[rows][targets][candidates]`. */
function gateWeights({ targets, candidates }: Network, outputs: tf.Tensor2D): tf.Tensor3D {
  return tf.softmax(tf.reshape(outputs, [outputs.shape[0], targets, candidates]));
}

/**
 * What the outputs forecast, `[rows][forecastCount]`.
 * @param candidates `[rows][targets][candidates]`, where the network is a gate
 */
export function forecastsOf(network: Network, outputs: tf.Tensor2D, candidates?: tf.Tensor3D): tf.Tensor2D {
  return candidates ? tf.sum(tf.mul(gateWeights(network, outputs), candidates), 2) : outputs;
}

/** Derivative by the outputs, given the one by the forecasts: a gate's p_k · (candidate_k − forecast). */
export function outputGradient(network: Network, outputs: tf.Tensor2D, dForecasts: tf.Tensor2D, candidates?: tf.Tensor3D): tf.Tensor2D {
  if (!candidates) return dForecasts;
  const weights = gateWeights(network, outputs);
  const forecasts = tf.sum(tf.mul(weights, candidates), 2, true);
  const slopes = tf.mul(tf.mul(weights, tf.sub(candidates, forecasts)), tf.expandDims(dForecasts, 2));
  return tf.reshape(slopes, outputs.shape);
}

/** Forecast − target, `[rows][targets][levels]`; without levels the last axis is 1. */
function errors({ targets }: Network, forecasts: tf.Tensor2D, wanted: tf.Tensor2D): tf.Tensor3D {
  const [rows, count] = forecasts.shape;
  return tf.sub(tf.reshape(forecasts, [rows, targets, count / targets]), tf.expandDims(wanted, 2));
}

/** Loss of every row, `[rows]`: the mean over its targets (and levels). */
export function rowLosses(network: Network, forecasts: tf.Tensor2D, wanted: tf.Tensor2D): tf.Tensor1D {
  return tf.mean(lossOf(network, errors(network, forecasts, wanted)), [1, 2]);
}

/** Derivative of the mean loss of all rows by the forecasts, `[rows][forecastCount]`. */
export function lossGradient(network: Network, forecasts: tf.Tensor2D, wanted: tf.Tensor2D): tf.Tensor2D {
  const slopes = slopeOf(network, errors(network, forecasts, wanted));
  return tf.reshape(tf.mul(slopes, 1 / (forecasts.shape[0] * forecastCount(network))), forecasts.shape);
}

function lossOf({ loss }: Network, error: tf.Tensor3D): tf.Tensor3D {
  switch (loss.kind) {
    case 'squared': return tf.square(error);
    case 'absolute': return tf.abs(error);
    case 'huber': {
      const size = tf.abs(error);
      const bent = tf.minimum(size, loss.delta);
      return tf.mul(bent, tf.sub(size, tf.mul(bent, 0.5)));
    }
    case 'pinball': {
      const levels = tf.tensor1d([...loss.levels]);
      return tf.maximum(tf.mul(error, tf.neg(levels)), tf.mul(error, tf.sub(1, levels)));
    }
  }
}

function slopeOf({ loss }: Network, error: tf.Tensor3D): tf.Tensor3D {
  switch (loss.kind) {
    case 'squared': return tf.mul(error, 2);
    case 'absolute': return tf.sign(error);
    case 'huber': return tf.clipByValue(error, -loss.delta, loss.delta);
    case 'pinball': {
      // −level below the target, 1 − level above it, 0 on it.
      const sign = tf.sign(error);
      return tf.add(tf.mul(sign, 0.5), tf.mul(tf.square(sign), tf.sub(0.5, tf.tensor1d([...loss.levels]))));
    }
  }
}

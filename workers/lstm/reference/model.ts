/**
 * The network with plain TensorFlow.js operations: what the other engines are compared with.
 * All functions are to be called inside `tf.tidy`.
 *
 * The way back is written out instead of taken from the tape: it needs half the operations,
 * and operations are what a small LSTM costs. Tests compare it with finite differences and with PyTorch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { lstmName, tensors, type Network } from '../network.ts';
import { inputGradient, layerBackward, layerForward, tanhSlope, type LayerPass } from './layer.ts';
import { forecastsOf, lossGradient, outputGradient, rowLosses } from './loss.ts';

export interface BatchTensors {
  /** `[rows][bins][inputs]` */
  readonly windows: tf.Tensor3D;
  /** `[rows][statics]`, absent when the network has none */
  readonly statics?: tf.Tensor2D;
  /** `[rows][targets][candidates]`, absent when the network is no gate */
  readonly candidates?: tf.Tensor3D;
  /** `[rows][targets]` */
  readonly targets: tf.Tensor2D;
}

/** What dropout multiplies by while training; absent where nothing is dropped. */
export interface Masks {
  /** `[rows][bins][inputs]` */
  readonly inputs?: tf.Tensor3D;
  /** Between the layers, `[rows][bins][hidden]`. */
  readonly between?: tf.Tensor3D;
}

export type Weights = Readonly<Record<string, tf.Tensor>>;

/** The named weights in a flat vector. */
export function unpack(network: Network, flat: tf.Tensor1D): Weights {
  const weights: Record<string, tf.Tensor> = {};
  for (const { name, shape, offset, size } of tensors(network)) {
    weights[name] = tf.reshape(tf.slice(flat, offset, size), [...shape]);
  }
  return weights;
}

interface Pass {
  readonly layers: readonly LayerPass[];
  /** `[h | statics]` */
  readonly joined: tf.Tensor2D;
  /** What the output layer reads. */
  readonly last: tf.Tensor2D;
  readonly outputs: tf.Tensor2D;
}

const kernelOf = (weights: Weights, layer: number): tf.Tensor2D => weights[lstmName(layer, 'kernel')] as tf.Tensor2D;

/** The bins of `[rows][bins][numbers]`, each `[rows][numbers]`. */
function binsOf(values: tf.Tensor3D): tf.Tensor2D[] {
  return tf.unstack(values, 1) as tf.Tensor2D[];
}

function pass(network: Network, weights: Weights, { windows, statics }: BatchTensors, masks: Masks): Pass {
  const layers: LayerPass[] = [];
  let inputs = binsOf(masks.inputs ? tf.mul(windows, masks.inputs) : windows);
  for (let layer = 0; layer < network.layers; layer++) {
    const made = layerForward(kernelOf(weights, layer), weights[lstmName(layer, 'bias')], inputs);
    layers.push(made);
    const kept = masks.between ? binsOf(masks.between) : null;
    inputs = made.outputs.map((h, bin) => (kept ? tf.mul(h, kept[bin]) : h));
  }
  const h = layers.at(-1)!.outputs.at(-1)!;
  const joined = statics ? tf.concat([h, statics], 1) : h;
  const last = network.dense > 0
    ? tf.tanh(tf.fused.matMul({ a: joined, b: weights['dense.kernel'], bias: weights['dense.bias'] }) as tf.Tensor2D)
    : joined;
  const outputs = tf.fused.matMul({ a: last, b: weights['output.kernel'], bias: weights['output.bias'] }) as tf.Tensor2D;
  return { layers, joined, last, outputs };
}

/** Forecasts, `[rows][forecastCount]`. */
export function forward(network: Network, weights: Weights, batch: BatchTensors): tf.Tensor2D {
  return forecastsOf(network, pass(network, weights, batch, {}).outputs, batch.candidates);
}

/** Loss of every row without dropout, `[rows]`. */
export function losses(network: Network, weights: Weights, batch: BatchTensors): tf.Tensor1D {
  return rowLosses(network, forward(network, weights, batch), batch.targets);
}

/** The loss of a batch, and its derivative by the flat weights, `[weights]`. */
export function lossAndGradient(
  network: Network, flat: tf.Tensor1D, batch: BatchTensors, masks: Masks = {},
): { readonly loss: tf.Scalar; readonly gradient: tf.Tensor1D } {
  const weights = unpack(network, flat);
  const { layers, joined, last, outputs } = pass(network, weights, batch, masks);
  const forecasts = forecastsOf(network, outputs, batch.candidates);
  const gradients: Record<string, tf.Tensor> = {};

  const dOutputs = outputGradient(network, outputs, lossGradient(network, forecasts, batch.targets), batch.candidates);
  gradients['output.kernel'] = tf.matMul(last, dOutputs, true);
  gradients['output.bias'] = tf.sum(dOutputs, 0);
  let dJoined = tf.matMul<tf.Tensor2D>(dOutputs, weights['output.kernel'], false, true);
  if (network.dense > 0) {
    const dDense = tf.mul(dJoined, tanhSlope(last)) as tf.Tensor2D;
    gradients['dense.kernel'] = tf.matMul(joined, dDense, true);
    gradients['dense.bias'] = tf.sum(dDense, 0);
    dJoined = tf.matMul(dDense, weights['dense.kernel'], false, true);
  }

  const dLast = tf.slice(dJoined, [0, 0], [joined.shape[0], network.hidden]);
  let dh: (tf.Tensor2D | null)[] = layers[0].outputs.map((_, bin) => (bin === network.bins - 1 ? dLast : null));
  for (let layer = network.layers - 1; layer >= 0; layer--) {
    const kernel = kernelOf(weights, layer);
    const back = layerBackward(kernel, layers[layer], dh);
    gradients[lstmName(layer, 'kernel')] = back.kernel;
    gradients[lstmName(layer, 'bias')] = back.bias;
    if (layer === 0) break;
    const kept = masks.between ? binsOf(masks.between) : null;
    dh = back.gates.map((gates, bin) => {
      const dx = inputGradient(kernel, gates);
      return kept ? tf.mul(dx, kept[bin]) : dx;
    });
  }

  const gradient = tf.concat(tensors(network).map(({ name, size }) => tf.reshape<tf.Rank.R1>(gradients[name], [size])), 0);
  return { loss: tf.mean(rowLosses(network, forecasts, batch.targets)), gradient };
}

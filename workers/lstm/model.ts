/**
 * The LSTM with plain TensorFlow.js operations: the reference that the fused engine is compared with,
 * and what trains where there is no GPU. All functions are to be called inside `tf.tidy`.
 *
 * The way back is written out instead of taken from the tape: it needs half the operations,
 * and operations are what a small LSTM costs. Tests compare it with finite differences.
 */
import * as tf from '@tensorflow/tfjs-core';
import { tensors, type Network } from './network.ts';

export interface BatchTensors {
  /** `[rows][bins][inputs]` */
  readonly windows: tf.Tensor3D;
  /** `[rows][statics]`, absent when the network has none */
  readonly statics?: tf.Tensor2D;
  /** `[rows][outputs]` */
  readonly targets: tf.Tensor2D;
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

/** What a step of the recurrence leaves for the way back; all `[rows][hidden]` but `joined`, `[rows][inputs + hidden]`. */
interface Step {
  readonly joined: tf.Tensor2D;
  readonly i: tf.Tensor2D;
  readonly f: tf.Tensor2D;
  readonly g: tf.Tensor2D;
  readonly o: tf.Tensor2D;
  readonly before: tf.Tensor2D;
  readonly tanhC: tf.Tensor2D;
}

interface Pass {
  readonly steps: readonly Step[];
  /** `[h | statics]` */
  readonly joined: tf.Tensor2D;
  /** What the output layer reads. */
  readonly last: tf.Tensor2D;
  readonly outputs: tf.Tensor2D;
}

function pass(network: Network, weights: Weights, windows: tf.Tensor3D, statics?: tf.Tensor2D): Pass {
  const { bins, inputs, hidden } = network;
  const rows = windows.shape[0];
  const a = weights['lstm.kernel'] as tf.Tensor2D;
  const bias = weights['lstm.bias'];
  const steps: Step[] = [];
  let h: tf.Tensor2D = tf.zeros([rows, hidden]);
  let c = h;
  for (let t = 0; t < bins; t++) {
    const x = tf.reshape(tf.slice(windows, [0, t, 0], [rows, 1, inputs]), [rows, inputs]) as tf.Tensor2D;
    const joined = tf.concat([x, h], 1);
    const [zi, zf, zg, zo] = tf.split(tf.fused.matMul({ a: joined, b: a, bias }), 4, 1) as tf.Tensor2D[];
    const i = tf.sigmoid(zi);
    const f = tf.sigmoid(zf);
    const g = tf.tanh(zg);
    const o = tf.sigmoid(zo);
    const before = c;
    c = tf.add(tf.mul(f, c), tf.mul(i, g));
    const tanhC = tf.tanh(c);
    h = tf.mul(o, tanhC);
    steps.push({ joined, i, f, g, o, before, tanhC });
  }
  const joined = statics ? tf.concat([h, statics], 1) : h;
  const last = network.dense > 0
    ? tf.tanh(tf.fused.matMul({ a: joined, b: weights['dense.kernel'], bias: weights['dense.bias'] }) as tf.Tensor2D)
    : joined;
  const outputs = tf.fused.matMul({ a: last, b: weights['output.kernel'], bias: weights['output.bias'] }) as tf.Tensor2D;
  return { steps, joined, last, outputs };
}

/** Outputs, `[rows][outputs]`. */
export function forward(network: Network, weights: Weights, windows: tf.Tensor3D, statics?: tf.Tensor2D): tf.Tensor2D {
  return pass(network, weights, windows, statics).outputs;
}

function meanLoss(network: Network, error: tf.Tensor2D): tf.Scalar {
  return tf.mean(network.loss === 'absolute' ? tf.abs(error) : tf.square(error)) as tf.Scalar;
}

/** Mean over rows and outputs of |error| or error². */
export function loss(network: Network, weights: Weights, batch: BatchTensors): tf.Scalar {
  return meanLoss(network, tf.sub(forward(network, weights, batch.windows, batch.statics), batch.targets));
}

/** y · (1 − y), the derivative of the sigmoid by its value. */
const sigmoidSlope = (y: tf.Tensor2D): tf.Tensor2D => tf.sub(y, tf.square(y));
/** 1 − y², the derivative of tanh by its value. */
const tanhSlope = (y: tf.Tensor2D): tf.Tensor2D => tf.sub(1, tf.square(y));

/** The loss of a batch and its derivative by the flat weights, `[weights]`. */
export function lossAndGradient(network: Network, flat: tf.Tensor1D, batch: BatchTensors): { loss: tf.Scalar; gradient: tf.Tensor1D } {
  const weights = unpack(network, flat);
  const { steps, joined, last, outputs } = pass(network, weights, batch.windows, batch.statics);
  const rows = batch.windows.shape[0];
  const { inputs, hidden, dense } = network;
  const error = tf.sub(outputs, batch.targets) as tf.Tensor2D;
  const gradients: Record<string, tf.Tensor> = {};

  const scale = 1 / (rows * network.outputs);
  const dOutputs = network.loss === 'absolute' ? tf.mul(tf.sign(error), scale) : tf.mul(error, 2 * scale);
  gradients['output.kernel'] = tf.matMul(last, dOutputs, true);
  gradients['output.bias'] = tf.sum(dOutputs, 0);
  let dJoined = tf.matMul<tf.Tensor2D>(dOutputs, weights['output.kernel'], false, true);
  if (dense > 0) {
    const dDense = tf.mul(dJoined, tanhSlope(last)) as tf.Tensor2D;
    gradients['dense.kernel'] = tf.matMul(joined, dDense, true);
    gradients['dense.bias'] = tf.sum(dDense, 0);
    dJoined = tf.matMul(dDense, weights['dense.kernel'], false, true);
  }

  const recurrent = tf.slice(weights['lstm.kernel'] as tf.Tensor2D, [inputs, 0], [hidden, 4 * hidden]);
  let dh = tf.slice(dJoined, [0, 0], [rows, hidden]);
  let dc: tf.Tensor2D | null = null;
  const dGates: tf.Tensor2D[] = [];
  for (let t = steps.length - 1; t >= 0; t--) {
    const { i, f, g, o, before, tanhC } = steps[t];
    const through = tf.mul(tf.mul(dh, o), tanhSlope(tanhC)) as tf.Tensor2D;
    const cell: tf.Tensor2D = dc ? tf.add(dc, through) : through;
    const dz = tf.concat([
      tf.mul(tf.mul(cell, g), sigmoidSlope(i)),
      tf.mul(tf.mul(cell, before), sigmoidSlope(f)),
      tf.mul(tf.mul(cell, i), tanhSlope(g)),
      tf.mul(tf.mul(dh, tanhC), sigmoidSlope(o)),
    ] as tf.Tensor2D[], 1);
    dGates.push(dz);
    if (t > 0) {
      dh = tf.matMul(dz, recurrent, false, true);
      dc = tf.mul(cell, f);
    }
  }
  // One product over all steps at once: rows of all steps under each other.
  const allGates = tf.concat(dGates.reverse(), 0);
  gradients['lstm.kernel'] = tf.matMul(tf.concat(steps.map((step) => step.joined), 0), allGates, true);
  gradients['lstm.bias'] = tf.sum(allGates, 0);

  const gradient = tf.concat(tensors(network).map(({ name, size }) => tf.reshape<tf.Rank.R1>(gradients[name], [size])), 0);
  return { loss: meanLoss(network, error), gradient };
}

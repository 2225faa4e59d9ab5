/** The network once more, in plain JavaScript numbers, written from the equations alone: what the model is tested against. */
import type { Network } from '../../../workers/lstm/network.ts';
import type { Batch } from '../../../workers/lstm/problem.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Outputs of one row. `weights` in the order kernel, bias, dense kernel and bias (if any), output kernel and bias. */
export function outputsOf(network: Network, weights: Float64Array, window: ArrayLike<number>, statics: ArrayLike<number>): number[] {
  const { inputs, bins, hidden, dense, outputs } = network;
  let at = 0;
  const take = (count: number): Float64Array => weights.subarray(at, (at += count));
  const kernel = take((inputs + hidden) * 4 * hidden);
  const bias = take(4 * hidden);
  let h = new Float64Array(hidden);
  let c = new Float64Array(hidden);
  for (let t = 0; t < bins; t++) {
    const z = Float64Array.from(bias);
    for (let column = 0; column < 4 * hidden; column++) {
      for (let i = 0; i < inputs; i++) z[column] += window[t * inputs + i] * kernel[i * 4 * hidden + column];
      for (let i = 0; i < hidden; i++) z[column] += h[i] * kernel[(inputs + i) * 4 * hidden + column];
    }
    const nextH = new Float64Array(hidden);
    const nextC = new Float64Array(hidden);
    for (let u = 0; u < hidden; u++) {
      nextC[u] = sigmoid(z[hidden + u]) * c[u] + sigmoid(z[u]) * Math.tanh(z[2 * hidden + u]);
      nextH[u] = sigmoid(z[3 * hidden + u]) * Math.tanh(nextC[u]);
    }
    h = nextH;
    c = nextC;
  }
  let last = [...h, ...Array.from(statics)];
  const layer = (values: readonly number[], units: number): number[] => {
    const w = take(values.length * units);
    const b = take(units);
    return Array.from({ length: units }, (_, unit) => values.reduce((sum, value, i) => sum + value * w[i * units + unit], b[unit]));
  };
  if (dense > 0) last = layer(last, dense).map(Math.tanh);
  return layer(last, outputs);
}

export function lossOf(network: Network, weights: Float64Array, { rows, windows, statics, targets }: Batch): number {
  const w = network.bins * network.inputs;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const outputs = outputsOf(network, weights, windows.subarray(row * w, (row + 1) * w), statics.subarray(row * network.statics, (row + 1) * network.statics));
    outputs.forEach((output, i) => {
      const error = output - targets[row * network.outputs + i];
      sum += network.loss === 'absolute' ? Math.abs(error) : error * error;
    });
  }
  return sum / (rows * network.outputs);
}

/** Derivative of the loss by every weight: central differences. */
export function gradientOf(network: Network, weights: Float64Array, batch: Batch): Float64Array {
  const step = 1e-5;
  return weights.map((_, i) => {
    const moved = (by: number): number => lossOf(network, weights.map((value, j) => (j === i ? value + by : value)), batch);
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

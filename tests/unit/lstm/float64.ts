/** The network once more, in plain JavaScript numbers, written from the equations alone: what the engines are tested against. */
import type { Batch } from '../../../workers/lstm/examples.ts';
import type { Network } from '../../../workers/lstm/network.ts';

type Numbers = ArrayLike<number>;

/** One sample; `candidates` are `[targets][candidates]`. */
export interface Row {
  readonly window: Numbers;
  readonly statics: Numbers;
  readonly candidates: Numbers;
}

/** Factors of dropout, `[rows][bins][inputs]` and `[rows][bins][hidden]`; absent where nothing is dropped. */
export interface Factors {
  readonly inputs?: Numbers;
  readonly between?: Numbers;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** h of every bin of a layer that reads `inputs`, `[bins][numbers]`. */
function lstm(inputs: readonly (readonly number[])[], hidden: number, kernel: Numbers, bias: Numbers): number[][] {
  const made: number[][] = [];
  let h = Array.from({ length: hidden }, () => 0);
  let c = h;
  for (const x of inputs) {
    const read = [...x, ...h];
    const gate = (which: number, unit: number): number => {
      const column = which * hidden + unit;
      return read.reduce((sum, value, row) => sum + value * kernel[row * 4 * hidden + column], bias[column]);
    };
    c = c.map((before, unit) => sigmoid(gate(1, unit)) * before + sigmoid(gate(0, unit)) * Math.tanh(gate(2, unit)));
    h = c.map((cell, unit) => sigmoid(gate(3, unit)) * Math.tanh(cell));
    made.push(h);
  }
  return made;
}

/** Cuts a flat array into rows of `width` numbers, each times its factor. */
function table(values: Numbers, width: number, factors?: Numbers): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (__, i) => values[row * width + i] * (factors ? factors[row * width + i] : 1)));
}

/** Forecasts of one sample, `[targets][levels]`; a gate's are already weighed. Factors are this row's alone. */
export function forecastsOf(network: Network, weights: Float64Array, { window, statics, candidates }: Row, factors: Factors = {}): number[] {
  const { inputs, hidden, layers, dense, targets, loss } = network;
  const levels = loss.kind === 'pinball' ? loss.levels.length : 1;
  const each = network.candidates > 0 ? network.candidates : levels;
  let at = 0;
  const take = (count: number): Float64Array => weights.subarray(at, (at += count));
  let h = lstm(table(window, inputs, factors.inputs), hidden, take((inputs + hidden) * 4 * hidden), take(4 * hidden));
  if (layers === 2) h = lstm(table(h.flat(), hidden, factors.between), hidden, take(2 * hidden * 4 * hidden), take(4 * hidden));
  let last = [...h.at(-1)!, ...Array.from(statics)];
  const layer = (values: readonly number[], units: number): number[] => {
    const w = take(values.length * units);
    const b = take(units);
    return Array.from({ length: units }, (_, unit) => values.reduce((sum, value, i) => sum + value * w[i * units + unit], b[unit]));
  };
  if (dense > 0) last = layer(last, dense).map(Math.tanh);
  const outputs = layer(last, targets * each);
  if (network.candidates === 0) return outputs;
  const offered = table(candidates, each);
  return table(outputs, each).map((scores, target) => {
    const powers = scores.map(Math.exp);
    const all = powers.reduce((sum, power) => sum + power, 0);
    return powers.reduce((sum, power, k) => sum + (power / all) * offered[target][k], 0);
  });
}

/** Loss of one forecast of level number `level`. */
export function lossAt({ loss }: Network, forecast: number, target: number, level: number): number {
  const error = target - forecast;
  const size = Math.abs(error);
  switch (loss.kind) {
    case 'squared': return error ** 2;
    case 'absolute': return size;
    case 'huber': return size <= loss.delta ? error ** 2 / 2 : loss.delta * (size - loss.delta / 2);
    case 'pinball': return error > 0 ? loss.levels[level] * error : (loss.levels[level] - 1) * error;
  }
}

/** The rows of a batch. */
export function rowsOf(network: Network, { rows, windows, statics, candidates }: Batch): Row[] {
  const part = (values: Float32Array, width: number, row: number): Float32Array => values.subarray(row * width, (row + 1) * width);
  return Array.from({ length: rows }, (_, row) => ({
    window: part(windows, network.bins * network.inputs, row),
    statics: part(statics, network.statics, row),
    candidates: part(candidates, network.targets * network.candidates, row),
  }));
}

/** Mean loss over rows, targets and levels. */
export function lossOf(network: Network, weights: Float64Array, batch: Batch, { inputs, between }: Factors = {}): number {
  const perRow = (factors: Numbers | undefined, width: number, row: number): Numbers | undefined =>
    factors && Array.from({ length: width }, (_, i) => factors[row * width + i]);
  const all = rowsOf(network, batch).flatMap((sample, row) => {
    const forecasts = forecastsOf(network, weights, sample, {
      inputs: perRow(inputs, network.bins * network.inputs, row),
      between: perRow(between, network.bins * network.hidden, row),
    });
    const levels = forecasts.length / network.targets;
    return forecasts.map((forecast, i) => lossAt(network, forecast, batch.targets[row * network.targets + Math.floor(i / levels)], i % levels));
  });
  return all.reduce((sum, loss) => sum + loss, 0) / all.length;
}

/** Derivative of the loss by every weight: central differences. */
export function gradientOf(network: Network, weights: Float64Array, batch: Batch, factors: Factors = {}): Float64Array {
  const step = 1e-5;
  return weights.map((_, i) => {
    const moved = (by: number): number => lossOf(network, weights.map((value, j) => (j === i ? value + by : value)), batch, factors);
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

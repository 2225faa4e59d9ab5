import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { BETWEEN, draw, dropFactor } from '../../../workers/lstm/draws.ts';
import { emptyBatch, type Batch } from '../../../workers/lstm/examples.ts';
import { initialWeights, type Network } from '../../../workers/lstm/network.ts';
import { forward, lossAndGradient, losses, unpack } from '../../../workers/lstm/reference/model.ts';
import { gradientOfStep, toTensors } from '../../../workers/lstm/reference/step.ts';
import { distance, entryOf, examplesOf, filled, networkOf } from './entries.ts';
import { forecastsOf, gradientOf, lossOf, rowsOf, type Factors } from './float64.ts';
import './support.ts';

const ROWS = 4;

const shapes: [string, Partial<Network>][] = [
  ['one layer', {}],
  ['one layer and statics', { statics: 3 }],
  ['one layer and a tanh layer', { dense: 2 }],
  ['one layer, statics and a tanh layer', { statics: 3, dense: 2 }],
  ['two layers', { layers: 2 }],
  ['two layers, statics and a tanh layer', { layers: 2, statics: 3, dense: 2 }],
];

const heads: [string, Partial<Network>][] = [
  ['squared', { loss: { kind: 'squared' } }],
  ['absolute', { loss: { kind: 'absolute' } }],
  ['huber', { loss: { kind: 'huber', delta: 0.8 } }],
  ['pinball', { loss: { kind: 'pinball', levels: [0.1, 0.5, 0.75] } }],
  ['squared of a gate', { candidates: 3 }],
  ['absolute of a gate', { candidates: 2, loss: { kind: 'absolute' } }],
  ['huber of a gate', { candidates: 3, loss: { kind: 'huber', delta: 0.8 } }],
];

/** Factors that no two places share, some of them 0. */
function factorsOf({ bins, inputs, hidden, layers }: Network): Required<Factors> {
  const some = (width: number): Float32Array => Float32Array.from({ length: ROWS * bins * width }, (_, i) => ((i * 7) % 5 === 0 ? 0 : 1 + i / 64));
  return { inputs: some(inputs), between: layers === 2 ? some(hidden) : new Float32Array(0) };
}

function found(network: Network, weights: Float32Array, batch: Batch, factors?: Required<Factors>): { readonly loss: number; readonly gradient: Float32Array } {
  return tf.tidy(() => {
    const mask = (values: ArrayLike<number>, width: number): tf.Tensor3D => tf.tensor3d(Array.from(values), [ROWS, network.bins, width]);
    const masks = factors && {
      inputs: mask(factors.inputs, network.inputs),
      between: network.layers === 2 ? mask(factors.between, network.hidden) : undefined,
    };
    const { loss, gradient } = lossAndGradient(network, tf.tensor1d(weights), toTensors(network, batch), masks);
    return { loss: loss.dataSync()[0], gradient: gradient.dataSync() as Float32Array };
  });
}

describe.each(shapes)('a network of %s', (_, shape) => {
  test.each(heads)('has the %s loss of the equations, and the derivatives that differences give', (__, head) => {
    const network = networkOf({ ...shape, ...head });
    const weights = initialWeights(network, 3);
    const batch = filled(network, ROWS);
    const exact = Float64Array.from(weights);
    const { loss, gradient } = found(network, weights, batch);
    expect(loss).toBeCloseTo(lossOf(network, exact, batch), 5);
    expect(distance(gradient, gradientOf(network, exact, batch))).toBeLessThan(1e-6);
  });

  test.each(heads)('has them with dropout as well: %s loss', (__, head) => {
    const network = networkOf({ ...shape, ...head });
    const weights = initialWeights(network, 3);
    const batch = filled(network, ROWS);
    const factors = factorsOf(network);
    const exact = Float64Array.from(weights);
    const { loss, gradient } = found(network, weights, batch, factors);
    expect(loss).toBeCloseTo(lossOf(network, exact, batch, factors), 5);
    expect(distance(gradient, gradientOf(network, exact, batch, factors))).toBeLessThan(1e-6);
  });

  test.each(heads)('forecasts, and tells the loss of every row: %s loss', (__, head) => {
    const network = networkOf({ ...shape, ...head });
    const weights = initialWeights(network, 3);
    const exact = Float64Array.from(weights);
    const batch = filled(network, ROWS);
    const [forecasts, perRow] = tf.tidy(() => {
      const named = unpack(network, tf.tensor1d(weights));
      return [forward(network, named, toTensors(network, batch)).dataSync(), losses(network, named, toTensors(network, batch)).dataSync()];
    });
    const rows = rowsOf(network, batch);
    expect(distance(forecasts, rows.flatMap((row) => forecastsOf(network, exact, row)))).toBeLessThan(1e-6);
    const { targets } = batch;
    rows.forEach((row, i) => {
      const alone: Batch = {
        rows: 1, windows: Float32Array.from(row.window), statics: Float32Array.from(row.statics), candidates: Float32Array.from(row.candidates),
        targets: targets.slice(i * network.targets, (i + 1) * network.targets),
      };
      expect(perRow[i]).toBeCloseTo(lossOf(network, exact, alone), 5);
    });
  });
});

describe('on the target itself', () => {
  test.each(heads.slice(1, 4))('the %s loss has no slope', (_, head) => {
    const network = networkOf({ ...head, zeroOutput: true });
    const batch = { ...filled(network, ROWS), targets: new Float32Array(ROWS * network.targets) };
    const { loss, gradient } = found(network, initialWeights(network, 3), batch);
    expect(loss).toBe(0);
    expect(gradient.every((slope) => slope === 0)).toBe(true);
  });
});

describe('the gradient of a step', () => {
  const network = networkOf({ layers: 2, statics: 1 });
  const samples = filled(network, 30);
  const examples = { ...examplesOf(network, samples), training: { from: 10, count: 20 } };
  const step = 7;

  /** Rows of the batch as the draws say, and the factors of its dropout. */
  function drawn(order: 'random' | 'shuffled', inputDropout: number, layerDropout: number): { readonly batch: Batch; readonly factors: Factors } {
    const batch = emptyBatch(network, ROWS);
    const inputs: number[] = [];
    const between: number[] = [];
    const { bins, hidden } = network;
    const width = bins * network.inputs;
    for (let row = 0; row < ROWS; row++) {
      const sample = 10 + draw(order, 42, step, row, ROWS, 20);
      batch.windows.set(samples.windows.subarray(sample * width, (sample + 1) * width), row * width);
      batch.statics[row] = samples.statics[sample];
      batch.targets.set(samples.targets.subarray(sample * 2, sample * 2 + 2), row * 2);
      for (let place = 0; place < width; place++) inputs.push(dropFactor(42, step, row, place, inputDropout));
      for (let place = 0; place < bins * hidden; place++) between.push(dropFactor(42, step, row, BETWEEN + place, layerDropout));
    }
    return { batch, factors: { inputs, between } };
  }

  test.each([
    ['random', 0, 0], ['shuffled', 0, 0], ['random', 0.25, 0], ['random', 0, 0.5], ['shuffled', 0.25, 0.5],
  ] as const)('is that of the drawn samples (%s) with the drawn dropout (%d, %d)', (order, inputDropout, layerDropout) => {
    const entry = entryOf(network, examples, { drawing: { order, seed: 42, batchSize: ROWS }, update: { inputDropout, layerDropout } });
    const { batch, factors } = drawn(order, inputDropout, layerDropout);
    const exact = Float64Array.from(entry.state.weights);
    const { loss, gradient } = gradientOfStep(entry, step);
    expect(loss).toBeCloseTo(lossOf(network, exact, batch, factors), 5);
    expect(distance(gradient, gradientOf(network, exact, batch, factors))).toBeLessThan(1e-6);
  });
});

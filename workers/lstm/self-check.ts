/**
 * Before an engine trains for the first time, it does a few steps of two tiny trainings, and so does plain TensorFlow.js
 * on the CPU. Adam's first moment is a running mean of the gradients, so it tells a wrong gradient from a right one.
 */
import { gaussian, random } from '../../src/random.ts';
import { startFrom } from './checkpoint.ts';
import type { Engine, Entry } from './engine.ts';
import { ANCHOR_FIELDS, type Examples } from './examples.ts';
import { initialWeights, sideCount, type Network } from './network.ts';

/** Largest relative difference (L2) that passes: float32 on different hardware stays under 1e-5, a wrong kernel far above. */
export const tolerance = 1e-3;

/** One of each form, of odd sizes, so that the tiles of a kernel are not filled. */
const networks: readonly Network[] = [
  { inputs: 1, bins: 5, hidden: 7, layers: 1, statics: 3, dense: 6, targets: 1, candidates: 0, loss: { kind: 'absolute' }, zeroOutput: false },
  { inputs: 6, bins: 4, hidden: 9, layers: 1, statics: 0, dense: 0, targets: 12, candidates: 0, loss: { kind: 'squared' }, zeroOutput: false },
];
const anchors = 11;
const series = 3;
const steps = 3;

/**
 * Losses, forecasts, moments and weights of the tiny trainings, one array each.
 * @throws what the engine throws
 */
export async function checkNumbers(engine: Engine): Promise<readonly Float32Array[]> {
  const entries = networks.map(entryOf);
  const session = await engine.open(entries);
  try {
    const found: Float32Array[] = [];
    const losses: number[][] = [];
    for (const [model, { examples }] of entries.entries()) {
      const { validation, parts } = await session.look(model);
      losses[model] = [validation, ...parts];
      session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from: 0, until: steps, patience: null }, false);
    }
    for (let advances = await session.advance(); advances.length > 0; advances = await session.advance()) {
      for (const { model, looks } of advances) losses[model].push(...looks.map(({ train }) => train));
    }
    for (const model of entries.keys()) {
      session.keep(model);
      const { weights, first, second } = await session.state(model);
      found.push(Float32Array.from(losses[model]), weights, first, second, await session.forecast(model));
    }
    return found;
  } finally {
    session.close();
  }
}

function entryOf(network: Network, index: number): Entry {
  return {
    network, examples: examplesOf(network, index),
    drawing: { order: 'random', seed: 5, batchSize: 37 },
    update: { learningRate: 0.003, weightDecay: 0.01, decay: 'decoupled', clipNorm: 0.1, inputDropout: 0, layerDropout: 0 },
    state: startFrom(initialWeights(network, 11)).state,
  };
}

function examplesOf(network: Network, index: number): Examples {
  const { inputs, bins, targets } = network;
  const next = random(7 + index);
  const filled = (length: number): Float32Array => Float32Array.from({ length }, () => gaussian(next));
  const row = series * inputs;
  const groups = targets / inputs;
  return {
    values: filled((anchors + bins + groups) * row),
    series, hop: row, channels: inputs, targetHop: row,
    anchors: Uint32Array.from({ length: anchors * ANCHOR_FIELDS }, (_, i) => {
      const at = Math.floor(i / ANCHOR_FIELDS);
      return [at * row, (at + bins) * row, at, 0][i % ANCHOR_FIELDS];
    }),
    norms: index === 0 ? filled(anchors * series * inputs * 2) : null,
    bases: null, clip: 2,
    sides: filled(anchors * series * sideCount(network)),
    training: { from: 0, count: 8 * series }, all: { from: 0, count: anchors * series },
    validation: Uint32Array.from({ length: series }, (_, i) => 8 * series + i), parts: [1, series],
    queries: Uint32Array.from({ length: series }, (_, i) => 10 * series + i),
  };
}

/** The largest ‖a − b‖ / ‖b‖; Infinity when a number is not finite. */
export function relativeError(mine: readonly Float32Array[], reference: readonly Float32Array[]): number {
  const errors = reference.map((right, n) => {
    let difference = 0;
    let norm = 0;
    for (let i = 0; i < right.length; i++) {
      difference += (mine[n][i] - right[i]) ** 2;
      norm += right[i] ** 2;
    }
    return Math.sqrt(difference / norm);
  });
  return errors.every(Number.isFinite) ? Math.max(...errors) : Infinity;
}

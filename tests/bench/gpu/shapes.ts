/** The shapes that are measured, and trainings of them on a synthetic trace. */
import type { Entry, ModelState } from '../../../workers/lstm/engine.ts';
import { ANCHOR_FIELDS, type Examples } from '../../../workers/lstm/examples.ts';
import { initialWeights, sideCount, weightCount, type Network } from '../../../workers/lstm/network.ts';
import { random } from '../../../src/random.ts';

/** B windows of T bins, F inputs, H hidden units, M models; S statics and a tanh layer of H units where S > 0. */
export interface BenchShape {
  readonly B: number;
  readonly T: number;
  readonly F: number;
  readonly H: number;
  readonly M: number;
  readonly S?: number;
}

/** With the milliseconds a step that each should take at most, on an H100. */
export const rows: readonly (BenchShape & { readonly goalMs: number })[] = [
  { B: 64, T: 32, F: 8, H: 32, M: 1, goalMs: 0.05 },
  { B: 256, T: 64, F: 16, H: 64, M: 1, goalMs: 0.12 },
  { B: 256, T: 128, F: 16, H: 128, M: 1, goalMs: 0.6 },
  { B: 256, T: 64, F: 16, H: 64, M: 12, goalMs: 0.67 },
  { B: 64, T: 64, F: 16, H: 64, M: 192, goalMs: 2.7 },
  { B: 256, T: 64, F: 64, H: 128, M: 12, goalMs: 3.1 },
  { B: 256, T: 10, F: 1, H: 16, M: 1, S: 9, goalMs: 0.03 },
  { B: 256, T: 10, F: 1, H: 16, M: 12, S: 9, goalMs: NaN },
  { B: 256, T: 10, F: 1, H: 16, M: 192, S: 9, goalMs: NaN },
];

/** What cost is measured against, one axis at a time, from a middle shape. */
export const axes: Readonly<Record<'T' | 'H' | 'F' | 'B' | 'M', readonly number[]>> = {
  T: [16, 32, 64, 128, 256], H: [16, 32, 64, 128, 256], F: [4, 16, 64, 256], B: [32, 64, 128, 256, 512], M: [1, 4, 16, 64, 192],
};
export const middle: BenchShape = { B: 256, T: 64, F: 16, H: 64, M: 4 };

export const shapeName = ({ B, T, F, H, M, S = 0 }: BenchShape): string => `B ${B}, T ${T}, F ${F}, H ${H}, M ${M}${S > 0 ? `, S ${S}, tanh` : ''}`;

/** Multiply-adds of a step count twice: forward, back to h, and the matrix gradient. */
export function flopsOf({ B, T, F, H, M }: BenchShape): number {
  return 2 * M * B * (T * (2 * (F + H) * 4 * H + 4 * H * H) + 3 * H * F);
}

const STEPS = 2048;

export function entriesOf({ B, T, F, H, M, S = 0 }: BenchShape): Entry[] {
  const network: Network = {
    inputs: F, bins: T, hidden: H, layers: 1, statics: S, dense: S > 0 ? H : 0, targets: F, candidates: 0,
    loss: { kind: S > 0 ? 'absolute' : 'squared' }, zeroOutput: false,
  };
  const layers = Array.from({ length: Math.min(M, 12) }, (_, layer) => examplesOf(network, layer));
  return Array.from({ length: M }, (_, m): Entry => ({
    network, examples: layers[m % layers.length],
    drawing: { order: 'random', seed: m + 1, batchSize: B },
    update: { learningRate: 1e-3 * (1 + (m % 4)), weightDecay: 0, decay: 'decoupled', clipNorm: 1, inputDropout: 0, layerDropout: 0 },
    state: start(network, m),
  }));
}

function start(network: Network, seed: number): ModelState {
  const weights = initialWeights(network, seed);
  const none = (): Float32Array => new Float32Array(weightCount(network));
  return { iteration: 0, weights, first: none(), second: none(), bestWeights: weights, bestLoss: Infinity, bestIteration: 0, rateScale: 1, cutAt: 0 };
}

/** Waves with noise; a window starts at every step, its target is the step after it. */
function examplesOf(network: Network, layer: number): Examples {
  const { inputs, bins } = network;
  const next = random(layer + 1);
  const values = Float32Array.from({ length: STEPS * inputs }, (_, i) => {
    const t = Math.floor(i / inputs);
    return Math.sin(t * 0.07 * ((i % inputs) % 7 + 1) + layer) + 0.3 * (next() - 0.5);
  });
  const count = STEPS - bins;
  const anchors = new Uint32Array(count * ANCHOR_FIELDS);
  for (let at = 0; at < count; at++) anchors.set([at * inputs, (at + bins) * inputs, at], at * ANCHOR_FIELDS);
  const side = sideCount(network);
  const training = { from: 0, count };
  return {
    values, series: 1, hop: inputs, channels: inputs, targetHop: inputs, anchors, norms: null, bases: null, clip: Infinity,
    sides: Float32Array.from({ length: count * side }, () => next() - 0.5),
    training, all: training, validation: Uint32Array.from({ length: 256 }, (_, i) => i), parts: [256], queries: Uint32Array.of(0),
  };
}

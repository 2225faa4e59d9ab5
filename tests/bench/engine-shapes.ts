/** What the benches of the LSTM engines train, and how a step is timed; for Node and the browser. */
import { gaussian, random } from '../../src/random.ts';
import type { Engine, Entry } from '../../workers/lstm/engine.ts';
import type { Examples } from '../../workers/lstm/examples.ts';
import { initialWeights, type Network } from '../../workers/lstm/network.ts';

export interface Shape {
  readonly batch: number;
  readonly models: number;
  readonly network: Network;
}

const plain: Network = {
  inputs: 8, bins: 32, hidden: 32, layers: 1, statics: 0, dense: 0, targets: 8, candidates: 0, loss: { kind: 'squared' }, zeroOutput: false,
};

/** The pooled form as it stands, and the joint form at several sizes. */
export const shapes: readonly Shape[] = [
  { batch: 256, models: 1, network: { ...plain, bins: 10, inputs: 1, hidden: 16, statics: 11, dense: 16, targets: 1, loss: { kind: 'absolute' } } },
  { batch: 64, models: 1, network: plain },
  { batch: 256, models: 1, network: { ...plain, bins: 64, inputs: 16, hidden: 64, targets: 16 } },
  { batch: 64, models: 4, network: { ...plain, bins: 64, inputs: 16, hidden: 64, targets: 16 } },
  { batch: 256, models: 1, network: { ...plain, bins: 64, inputs: 64, hidden: 128, targets: 64 } },
];

/** Multiply-adds of a training step's matrices count as two; forward once, backward twice. */
export function stepFlops({ batch, models, network: { bins, inputs, hidden, statics, dense, targets } }: Shape): number {
  const joined = hidden + statics;
  const head = dense > 0 ? joined * dense + dense * targets : joined * targets;
  return 6 * batch * models * (bins * (inputs + hidden) * 4 * hidden + head);
}

/** Models on noise, each with its own weights and draws. */
export function entriesOf({ batch, models, network }: Shape): readonly Entry[] {
  const next = random(1);
  const { bins, inputs, targets, statics } = network;
  const anchors = 2048;
  const values = Float32Array.from({ length: (anchors + bins) * inputs + targets }, () => gaussian(next));
  const span = { from: 0, count: anchors };
  const examples: Examples = {
    values, series: 1, hop: inputs, channels: targets, targetHop: 0,
    anchors: Uint32Array.from({ length: anchors * 4 }, (_, i) => [(i >> 2) * inputs, (i >> 2) * inputs, 0, 0][i & 3]),
    norms: null, bases: null, clip: 0, sides: new Float32Array(statics), training: span, all: span,
    validation: Uint32Array.from({ length: 256 }, (_, i) => i), parts: [256], queries: Uint32Array.of(0),
  };
  return Array.from({ length: models }, (_, seed): Entry => {
    const weights = initialWeights(network, seed);
    return {
      network, examples,
      drawing: { order: 'random', seed, batchSize: batch },
      update: { learningRate: 1e-3, weightDecay: 1e-4, decay: 'decoupled', clipNorm: 1, inputDropout: 0, layerDropout: 0 },
      state: {
        iteration: 0, weights, first: new Float32Array(weights.length), second: new Float32Array(weights.length), bestWeights: weights,
        bestLoss: Infinity, bestIteration: 0, rateScale: 1, cutAt: 0,
      },
    };
  });
}

/**
 * Time of a training step of all models, ms, over blocks that take `forMs` altogether, the first ones left out.
 * @param clock milliseconds
 */
export async function stepMs(engine: Engine, shape: Shape, forMs: number, clock = (): number => performance.now()): Promise<{ readonly median: number; readonly least: number }> {
  const entries = entriesOf(shape);
  const session = await engine.open(entries);
  entries.forEach(({ examples }, model) => session.begin(model, { samples: examples.training, schedule: { kind: 'constant' }, from: 0, until: 1e9, patience: null }, false));
  const done = (advances: readonly { readonly iteration: number }[]): number => advances.reduce((sum, { iteration }) => sum + iteration, 0) / entries.length;
  const times: number[] = [];
  const started = clock();
  let iteration = 0;
  while (clock() - started < forMs || times.length < 3) {
    const from = clock();
    let reached = iteration;
    // A step may take several blocks.
    while (reached === iteration) reached = done(await session.advance());
    times.push((clock() - from) / (reached - iteration));
    iteration = reached;
  }
  session.close();
  const kept = times.slice(Math.min(times.length >> 2, 20)).toSorted((a, b) => a - b);
  return { median: kept[kept.length >> 1], least: kept[0] };
}

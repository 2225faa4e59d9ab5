/** Small networks, samples and entries that the tests of the engines share; they run in Node and in the browser. */
import { expect } from 'vitest';
import { gaussian, random } from '../../../src/random.ts';
import type { Phase, PhaseEnd, Update } from '../../../workers/lstm/course.ts';
import type { Entry, Look, ModelState, Session } from '../../../workers/lstm/engine.ts';
import { emptyBatch, type Batch, type Examples } from '../../../workers/lstm/examples.ts';
import { initialWeights, weightCount, type Network } from '../../../workers/lstm/network.ts';

export function networkOf(part: Partial<Network> = {}): Network {
  return {
    inputs: 2, bins: 4, hidden: 3, layers: 1, statics: 0, dense: 0, targets: 2, candidates: 0, loss: { kind: 'squared' }, zeroOutput: false,
    ...part,
  };
}

export function updateOf(part: Partial<Update> = {}): Update {
  return { learningRate: 0.01, weightDecay: 0, decay: 'decoupled', clipNorm: 1, inputDropout: 0, layerDropout: 0, ...part };
}

/** Seeded normal numbers in every array of a batch. */
export function filled(network: Network, rows: number, seed = 5): Batch {
  const next = random(seed);
  const batch = emptyBatch(network, rows);
  for (const values of [batch.windows, batch.statics, batch.candidates, batch.targets]) {
    for (let i = 0; i < values.length; i++) values[i] = gaussian(next);
  }
  return batch;
}

/** Examples whose samples are the rows of a batch; all of them train, validate and are asked for. */
export function examplesOf({ bins, inputs, targets, statics, candidates }: Network, batch: Batch): Examples {
  const { rows } = batch;
  const window = bins * inputs;
  const offered = targets * candidates;
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  return {
    values: Float32Array.from([...batch.windows, ...batch.targets]),
    series: 1, hop: inputs, channels: 1, targetHop: 1,
    anchors: Uint32Array.from([...all].flatMap((row) => [row * window, rows * window + row * targets, row, 0])),
    norms: null, bases: null, clip: Infinity,
    sides: Float32Array.from([...all].flatMap((row) => [
      ...batch.statics.subarray(row * statics, (row + 1) * statics),
      ...batch.candidates.subarray(row * offered, (row + 1) * offered),
    ])),
    training: { from: 0, count: rows }, all: { from: 0, count: rows },
    validation: all, parts: [rows], queries: all,
  };
}

/** A model that was never trained. */
export function startOf(network: Network, weights = initialWeights(network, 3)): ModelState {
  const none = (): Float32Array => new Float32Array(weightCount(network));
  return {
    iteration: 0, weights, first: none(), second: none(), bestWeights: weights.slice(),
    bestLoss: Infinity, bestIteration: 0, rateScale: 1, cutAt: 0,
  };
}

/** Batches of all samples in an order of their own, unless said otherwise. */
export function entryOf(network: Network, examples: Examples, part: Partial<Omit<Entry, 'update'>> & { readonly update?: Partial<Update> } = {}): Entry {
  return {
    network, examples,
    drawing: { order: 'shuffled', seed: 1, batchSize: examples.training.count },
    state: startOf(network),
    ...part,
    update: updateOf(part.update),
  };
}

/** A phase on the training samples at a constant rate that does not end early, unless said otherwise. */
export function phaseOf({ training }: Examples, part: Partial<Phase> = {}): Phase {
  return { samples: training, schedule: { kind: 'constant' }, from: 0, until: 20, patience: 1000, ...part };
}

/** What was seen of a model's phase, and how it ended. */
export interface Ran {
  readonly looks: readonly Look[];
  readonly end: PhaseEnd;
}

/** Advances until no phase runs. */
export async function runOut(session: Session): Promise<ReadonlyMap<number, Ran>> {
  const found = new Map<number, Ran>();
  for (;;) {
    const advances = await session.advance();
    if (advances.length === 0) return found;
    for (const { model, looks, end } of advances) found.set(model, { looks: [...(found.get(model)?.looks ?? []), ...looks], end });
  }
}

/** ‖found − expected‖ / ‖expected‖ */
export function distance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found).toHaveLength(expected.length);
  const norm = (at: (i: number) => number): number => Math.sqrt(Array.from(expected, (_, i) => at(i) ** 2).reduce((a, b) => a + b, 0));
  return norm((i) => found[i] - expected[i]) / norm((i) => expected[i]);
}

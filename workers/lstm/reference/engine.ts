/** The engine of plain TensorFlow.js operations. It runs on any of its backends, one model after the other. */
import * as tf from '@tensorflow/tfjs-core';
import { judge, rateOf, type Phase, type PhaseEnd, type Search } from '../course.ts';
import { VALIDATE_EVERY, type Advance, type Engine, type Entry, type Look, type ModelState, type Session } from '../engine.ts';
import { emptyBatch, gather } from '../examples.ts';
import type { Moving } from './adamw.ts';
import { forward, losses, unpack, type BatchTensors, type Weights } from './model.ts';
import { decayMask, toTensors, trainStep } from './step.ts';

/** Rows that one forward pass takes at most: bounds memory on traces of many experts. */
const MOST_ROWS = 4096;
/** Time after which no further step of a block begins, ms. */
const BLOCK_MS = 100;

interface Live {
  readonly entry: Entry;
  readonly decaying: tf.Tensor1D;
  moving: Moving;
  best: tf.Tensor1D;
  iteration: number;
  search: Search;
  /** Null when none runs. */
  phase: Phase | null;
  /** Sum of the batches' losses since the last look, and how many they are. */
  lossSum: tf.Scalar;
  lossCount: number;
}

export const referenceEngine: Engine = {
  open: (entries) => Promise.resolve(new ReferenceSession(entries)),
};

class ReferenceSession implements Session {
  readonly #models: readonly Live[];
  /** The model that the next block begins with. */
  #next = 0;
  #closed = false;

  constructor(entries: readonly Entry[]) {
    this.#models = entries.map(toLive);
  }

  begin(model: number, phase: Phase, fromBest: boolean): void {
    const live = this.#models[model];
    live.phase = phase;
    if (fromBest) {
      live.moving.weights.dispose();
      live.moving = { ...live.moving, weights: tf.clone(live.best) };
    }
    forgetLosses(live);
  }

  async advance(): Promise<readonly Advance[]> {
    const count = this.#models.length;
    const running = this.#models.flatMap((live, model) => (live.phase ? [model] : []));
    const ends = new Map<number, PhaseEnd>();
    const looks = new Map<number, Look>();
    const order = running.toSorted((a, b) => ((a - this.#next + count) % count) - ((b - this.#next + count) % count));
    const until = performance.now() + BLOCK_MS;
    for (const model of order) {
      const live = this.#models[model];
      this.#next = model;
      if (live.iteration >= live.phase!.until) {
        live.phase = null;
        ends.set(model, 'limit');
        continue;
      }
      if (!stepToLook(live, live.phase!, until)) break;
      const { look, end } = await this.#lookInPhase(live, live.phase!);
      if (this.#closed) return [];
      if (end !== 'running') live.phase = null;
      looks.set(model, look);
      ends.set(model, end);
      this.#next = (model + 1) % count;
      if (performance.now() > until) break;
    }
    return running.map((model) => {
      const { iteration, search: { bestLoss, bestIteration } } = this.#models[model];
      const look = looks.get(model);
      return { model, iteration, end: ends.get(model) ?? 'running', bestLoss, bestIteration, looks: look ? [look] : [] };
    });
  }

  /** Judges a model by its losses since the last look and, where the phase asks for it, by its validation samples. */
  async #lookInPhase(live: Live, phase: Phase): Promise<{ readonly look: Look; readonly end: PhaseEnd }> {
    const { iteration, lossSum, lossCount } = live;
    const [sums, validated] = await Promise.all([lossSum.data(), phase.patience === null ? null : validate(live)]);
    const look = { iteration, train: sums[0] / lossCount, validation: NaN, parts: [], ...validated };
    if (this.#closed) return { look, end: 'running' };
    forgetLosses(live);
    if (!Number.isFinite(look.train)) return { look, end: 'diverged' };
    if (!validated) return { look, end: iteration >= phase.until ? 'limit' : 'running' };
    const { search, end } = judge(live.search, phase, iteration, validated.validation);
    if (search.bestLoss < live.search.bestLoss) keepBest(live);
    live.search = search;
    return { look, end };
  }

  async state(model: number): Promise<ModelState> {
    const { moving: { weights, first, second }, best, iteration, search } = this.#models[model];
    const values = await Promise.all([weights, first, second, best].map((tensor) => tensor.data()));
    // The CPU's backend hands out its own memory.
    const [newest, mean, square, kept] = values.map((value) => Float32Array.from(value));
    return { ...search, iteration, weights: newest, first: mean, second: square, bestWeights: kept };
  }

  async look(model: number): Promise<Look> {
    const live = this.#models[model];
    const { iteration } = live;
    const validated = await validate(live);
    if (!this.#closed && live.search.bestLoss === Infinity && Number.isFinite(validated.validation)) {
      keepBest(live);
      live.search = { ...live.search, bestLoss: validated.validation, bestIteration: iteration };
    }
    return { iteration, train: NaN, ...validated };
  }

  keep(model: number): void {
    keepBest(this.#models[model]);
  }

  async forecast(model: number): Promise<Float32Array> {
    const { entry: { network, examples }, best } = this.#models[model];
    return inParts(best, examples.queries, false, { network, examples }, (weights, batch) => forward(network, weights, batch));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { moving, best, decaying, lossSum } of this.#models) {
      tf.dispose([moving.weights, moving.first, moving.second, best, decaying, lossSum]);
    }
  }
}

function toLive(entry: Entry): Live {
  const { iteration, weights, first, second, bestWeights, bestLoss, bestIteration, rateScale, cutAt } = entry.state;
  // Copies: the CPU's backend would keep the caller's arrays.
  const [newest, mean, square, best] = [weights, first, second, bestWeights].map((values) => tf.tensor1d(values.slice()));
  return {
    entry, iteration, best, phase: null, lossCount: 0,
    decaying: tf.tensor1d(decayMask(entry.network)),
    moving: { weights: newest, first: mean, second: square },
    search: { bestLoss, bestIteration, rateScale, cutAt },
    lossSum: tf.scalar(0),
  };
}

/** Trains until the next look; false when the time is over before. */
function stepToLook(live: Live, phase: Phase, until: number): boolean {
  for (;;) {
    const step = live.iteration + 1;
    const { loss, ...moving } = trainStep(live.entry, live.moving, live.decaying, phase.samples, step, rateOf(live.entry.update, phase, step, live.search.rateScale));
    const sum = tf.add<tf.Scalar>(live.lossSum, loss);
    tf.dispose([live.moving.weights, live.moving.first, live.moving.second, live.lossSum, loss]);
    live.moving = moving;
    live.lossSum = sum;
    live.lossCount++;
    live.iteration = step;
    if ((step - phase.from) % VALIDATE_EVERY === 0 || step === phase.until) return true;
    if (performance.now() > until) return false;
  }
}

function forgetLosses(live: Live): void {
  live.lossSum.dispose();
  live.lossSum = tf.scalar(0);
  live.lossCount = 0;
}

function keepBest(live: Live): void {
  live.best.dispose();
  live.best = tf.clone(live.moving.weights);
}

/** Mean loss of the newest weights on the validation samples, and by part of them. */
async function validate({ entry: { network, examples }, moving }: Live): Promise<Pick<Look, 'validation' | 'parts'>> {
  const { validation, parts } = examples;
  const rows = await inParts(moving.weights, validation, true, { network, examples }, (weights, batch) => losses(network, weights, batch));
  const mean = (from: number, to: number): number => rows.subarray(from, to).reduce((sum, loss) => sum + loss, 0) / (to - from);
  return { validation: mean(0, validation.length), parts: parts.map((end, part) => mean(part > 0 ? parts[part - 1] : 0, end)) };
}

/** What `read` finds for samples, `MOST_ROWS` at a time, one after the other. All is asked for before the first wait. */
async function inParts(
  flat: tf.Tensor1D, samples: Uint32Array, withTargets: boolean, { network, examples }: Pick<Entry, 'network' | 'examples'>,
  read: (weights: Weights, batch: BatchTensors) => tf.Tensor,
): Promise<Float32Array> {
  if (samples.length === 0) return new Float32Array(0);
  const found = tf.tidy(() => {
    const weights = unpack(network, flat);
    const parts: tf.Tensor1D[] = [];
    for (let from = 0; from < samples.length; from += MOST_ROWS) {
      const indices = samples.subarray(from, from + MOST_ROWS);
      const batch = emptyBatch(network, indices.length);
      gather(network, examples, indices, batch, withTargets);
      parts.push(tf.tidy(() => tf.reshape<tf.Rank.R1>(read(weights, toTensors(network, batch)), [-1])));
    }
    return tf.concat(parts, 0);
  });
  try {
    return Float32Array.from(await found.data());
  } finally {
    found.dispose();
  }
}

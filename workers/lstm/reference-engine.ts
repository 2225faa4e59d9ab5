/** The engine of plain TensorFlow.js operations. It runs on any backend, one model at a time. */
import * as tf from '@tensorflow/tfjs-core';
import { hash } from '../../src/random.ts';
import { adamw, type Moving } from './adamw.ts';
import { spread } from './anchors.ts';
import type { Engine, Entry, ModelState, Order, Pause, Session } from './engine.ts';
import { forward, loss, lossAndGradient, unpack, type BatchTensors } from './model.ts';
import { tensors, weightCount, type Network } from './network.ts';
import { gather, type Batch, type SampleSet } from './problem.ts';

/** Rows that one forward pass takes at most: bounds memory on traces of many experts. */
const MOST_ROWS = 4096;

interface Live {
  readonly entry: Entry;
  readonly decaying: tf.Tensor1D;
  moving: Moving;
  iteration: number;
}

export const referenceEngine: Engine = {
  modelsAtOnce: 1,
  open: (entries) => new ReferenceSession(entries),
};

class ReferenceSession implements Session {
  readonly #live: Live[];

  constructor(entries: readonly Entry[]) {
    this.#live = entries.map((entry) => ({
      entry,
      decaying: tf.tensor1d(decayMask(entry.problem.network)),
      moving: toDevice(entry.state),
      iteration: entry.state.iteration,
    }));
  }

  async advance(orders: readonly Order[], pause: Pause): Promise<readonly number[]> {
    const means: number[] = [];
    for (const order of orders) means.push(await this.#advanceOne(order, pause));
    return means;
  }

  async #advanceOne({ model, samples, learningRates }: Order, pause: Pause): Promise<number> {
    const live = this.#live[model];
    const { problem, seed, batchSize, weightDecay } = live.entry;
    let total = tf.scalar(0);
    try {
      for (let done = 0; done < learningRates.length; done++) {
        const step = live.iteration + 1;
        const batch = gather(problem.network, problem[samples], draw(problem[samples], seed, step, batchSize));
        const [moving, sum] = trainStep(live, problem.network, batch, step, learningRates[done], weightDecay, total);
        tf.dispose([live.moving.weights, live.moving.first, live.moving.second, total]);
        live.moving = moving;
        total = sum;
        live.iteration = step;
        await pause(done + 1);
      }
      const [sum] = await total.data();
      return sum / learningRates.length;
    } finally {
      total.dispose();
    }
  }

  async state(model: number): Promise<ModelState> {
    const { moving, iteration } = this.#live[model];
    const [weights, first, second] = await Promise.all([moving.weights, moving.first, moving.second].map((tensor) => tensor.data()));
    return { iteration, weights: Float32Array.from(weights), first: Float32Array.from(first), second: Float32Array.from(second) };
  }

  restore(model: number, state: ModelState): void {
    const live = this.#live[model];
    tf.dispose([live.moving.weights, live.moving.first, live.moving.second]);
    live.moving = toDevice(state);
    live.iteration = state.iteration;
  }

  async validate(model: number, weights: Float32Array): Promise<number> {
    const { network, validation } = this.#live[model].entry.problem;
    const batch = gather(network, validation, spread(validation.count));
    const mean = tf.tidy(() => loss(network, unpack(network, tf.tensor1d(weights)), toTensors(network, batch)));
    try {
      return (await mean.data())[0];
    } finally {
      mean.dispose();
    }
  }

  async answer(model: number, weights: Float32Array): Promise<Float32Array> {
    const { network, queries } = this.#live[model].entry.problem;
    const outputs = new Float32Array(queries.count * network.outputs);
    for (let from = 0; from < queries.count; from += MOST_ROWS) {
      const rows = Int32Array.from({ length: Math.min(MOST_ROWS, queries.count - from) }, (_, i) => from + i);
      const batch = gather(network, queries, rows);
      const part = tf.tidy(() => {
        const { windows, statics } = toTensors(network, batch);
        return forward(network, unpack(network, tf.tensor1d(weights)), windows, statics);
      });
      try {
        outputs.set(await part.data(), from * network.outputs);
      } finally {
        part.dispose();
      }
    }
    return outputs;
  }

  close(): void {
    for (const { moving, decaying } of this.#live) tf.dispose([moving.weights, moving.first, moving.second, decaying]);
    this.#live.length = 0;
  }
}

/** One training step: the moved weights, and the running sum of losses with this one's added. */
function trainStep(
  { moving, decaying }: Live, network: Network, batch: Batch, step: number, learningRate: number, weightDecay: number, total: tf.Scalar,
): [Moving, tf.Scalar] {
  const [weights, first, second, sum] = tf.tidy(() => {
    const { loss: mean, gradient } = lossAndGradient(network, moving.weights, toTensors(network, batch));
    const moved = adamw(moving, gradient, step, { learningRate, weightDecay, decaying });
    return [moved.weights, moved.first, moved.second, tf.add(total, mean)];
  }) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Scalar];
  return [{ weights, first, second }, sum];
}

function draw(samples: SampleSet, seed: number, step: number, batchSize: number): Int32Array {
  return Int32Array.from({ length: batchSize }, (_, row) => hash(seed, step, row) % samples.count);
}

export function toTensors(network: Network, { rows, windows, statics, targets }: Batch): BatchTensors {
  return {
    windows: tf.tensor3d(windows, [rows, network.bins, network.inputs]),
    statics: network.statics > 0 ? tf.tensor2d(statics, [rows, network.statics]) : undefined,
    targets: tf.tensor2d(targets, [rows, network.outputs]),
  };
}

function toDevice({ weights, first, second }: ModelState): Moving {
  return { weights: tf.tensor1d(weights), first: tf.tensor1d(first), second: tf.tensor1d(second) };
}

function decayMask(network: Network): Float32Array {
  const mask = new Float32Array(weightCount(network));
  for (const { offset, size, decays } of tensors(network)) if (decays) mask.fill(1, offset, offset + size);
  return mask;
}

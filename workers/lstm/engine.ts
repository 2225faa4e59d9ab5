/**
 * What trains: the plain TensorFlow.js engine (`reference-engine.ts`) or a fused one. The trainer decides what is done
 * when; an engine only carries weights forward, for as many models at once as suits it.
 */
import type { Problem } from './problem.ts';

/** A model's numbers, flat, in the order of `tensors(network)`. */
export interface ModelState {
  /** Training steps done. */
  readonly iteration: number;
  readonly weights: Float32Array;
  /** Adam's moments. */
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export interface Entry {
  readonly problem: Problem;
  /** Draws the batches: row r of iteration i is sample `hash(seed, i, r) % count`. */
  readonly seed: number;
  readonly batchSize: number;
  readonly weightDecay: number;
  readonly state: ModelState;
}

/** Training steps for one model of a session. */
export interface Order {
  /** Place in the session's entries. */
  readonly model: number;
  readonly samples: 'training' | 'all';
  /** One training step for each. */
  readonly learningRates: readonly number[];
}

/** Called as often as an engine can stop, with the steps done of the longest order; rejects when work is to end. */
export type Pause = (done: number) => Promise<void>;

export interface Session {
  /** Carries out the orders side by side; gives each one's mean training loss. */
  advance(orders: readonly Order[], pause: Pause): Promise<readonly number[]>;
  /** Reads a model's state. */
  state(model: number): Promise<ModelState>;
  /** Replaces a model's state. */
  restore(model: number, state: ModelState): void;
  /** Mean loss of given weights over samples of the validation set. */
  validate(model: number, weights: Float32Array): Promise<number>;
  /** Outputs of given weights for all queries, `[queries][outputs]`. */
  answer(model: number, weights: Float32Array): Promise<Float32Array>;
  close(): void;
}

export interface Engine {
  /** How many models one session trains side by side. */
  readonly modelsAtOnce: number;
  open(entries: readonly Entry[]): Session;
}

/**
 * What trains: fused kernels on the GPU (`webgpu/`), SIMD kernels on the CPU (`wasm/`), or plain TensorFlow.js
 * (`reference/`), which the others are compared with. A session carries many independent models forward side by side,
 * validates them, keeps the best weights of each and ends phases by itself; `trainer.ts` decides which phases there are.
 */
import type { Drawing, Phase, PhaseEnd, Search, Update } from './course.ts';
import type { Examples } from './examples.ts';
import type { Network } from './network.ts';

/** Training steps between two validations, counted from the start of a phase. */
export const VALIDATE_EVERY = 10;

/** All of a model that training changes; weights and moments flat, in the order of `tensors(network)`. */
export interface ModelState extends Search {
  /** Training steps done. */
  readonly iteration: number;
  readonly weights: Float32Array;
  /** Adam's moments. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly bestWeights: Float32Array;
}

export interface Entry {
  readonly network: Network;
  /** Entries may share one; it is then held once. */
  readonly examples: Examples;
  readonly drawing: Drawing;
  readonly update: Update;
  readonly state: ModelState;
}

/** A look at a model after a validation, or after as many steps of a phase that does not validate. */
export interface Look {
  readonly iteration: number;
  /** Mean loss of the batches since the last look. */
  readonly train: number;
  /** Mean loss of the validation samples; NaN in a phase that does not validate. */
  readonly validation: number;
  /** The same by part of the validation samples. */
  readonly parts: readonly number[];
}

/** How a model came along in a block of steps. */
export interface Advance {
  readonly model: number;
  readonly iteration: number;
  readonly end: PhaseEnd;
  readonly bestLoss: number;
  readonly bestIteration: number;
  /** In order, since the last block. */
  readonly looks: readonly Look[];
}

/**
 * What is asked of a model between two blocks of steps is answered as it stands then, also when the next one begins before
 * the answer is there. What is asked in one go may be answered in one go.
 */
export interface Session {
  /**
   * Gives a model its next phase.
   * @param fromBest start from the best weights so far instead of the newest
   */
  begin(model: number, phase: Phase, fromBest: boolean): void;
  /**
   * Trains all models whose phase runs for a block of steps that takes about as long as a person waits for an answer
   * (at most 300 ms, or one look), and tells how each of them came along; empty when no phase runs.
   * @param ahead whether the next block may begin before this one is told of, so that the device need not wait; default
   *   no. The next call tells of it; until then `state` of a model that trains may be newer than what was told
   */
  advance(ahead?: boolean): Promise<readonly Advance[]>;
  /** Reads a model's state; the arrays are the caller's. */
  state(model: number): Promise<ModelState>;
  /** Validation loss of a model's newest weights, without training. A model that never validated counts it as its best. */
  look(model: number): Promise<Look>;
  /** Makes a model's newest weights its best ones, with the best loss as it is: how a phase that does not validate is kept. */
  keep(model: number): void;
  /** Forecasts of a model's best weights for all queries, `[queries][forecastCount]`. */
  forecast(model: number): Promise<Float32Array>;
  close(): void;
}

export interface Engine {
  /** Models of one session may differ in everything. */
  open(entries: readonly Entry[]): Promise<Session>;
  /** Which of its kernels it has run so far, in words; none where there is no choice. */
  variants?(): readonly string[];
}

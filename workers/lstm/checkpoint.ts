import { GatecastError } from '../../src/errors.ts';
import type { Checkpoint, LossPoint, NamedWeights } from '../contract.ts';
import type { ModelState } from './engine.ts';
import { initialWeights, tensors, weightCount, type Network } from './network.ts';

/** Where a training stands. */
export interface Standing {
  readonly state: ModelState;
  readonly losses: readonly LossPoint[];
  readonly diverged: boolean;
}

/** Untrained. */
export function startOf(network: Network, seed: number): Standing {
  return startFrom(initialWeights(network, seed));
}

/** @param weights that nobody trained yet, or whose training is not known */
export function startFrom(weights: Float32Array): Standing {
  const none = new Float32Array(weights.length);
  return {
    state: { iteration: 0, weights, bestWeights: weights, first: none, second: none, bestLoss: Infinity, bestIteration: 0, rateScale: 1, cutAt: 0 },
    losses: [], diverged: false,
  };
}

/**
 * A model that diverged has no newest weights to speak of: its best ones stand for them, without moments.
 * The checkpoint's numbers are views of the state's, not copies.
 */
export function toCheckpoint(network: Network, model: number, { state, losses, diverged }: Standing): Checkpoint {
  const { iteration, bestLoss, bestIteration, rateScale, cutAt, bestWeights } = state;
  const moment = (values: Float32Array, offset: number, size: number): Float32Array => (diverged ? new Float32Array(size) : values.subarray(offset, offset + size));
  return {
    version: 2, model, iteration, bestLoss, bestIteration, rateScale, cutAt, diverged, losses,
    weights: named(network, diverged ? bestWeights : state.weights),
    bestWeights: named(network, bestWeights),
    moments: Object.fromEntries(tensors(network).map(({ name, offset, size }) => [
      name, { first: moment(state.first, offset, size), second: moment(state.second, offset, size) },
    ])),
  };
}

/** Where the numbers of a checkpoint lie, to be given away with it. */
export function buffersOf({ weights, bestWeights, moments }: Checkpoint): ArrayBuffer[] {
  const all = [...Object.values(weights), ...Object.values(bestWeights)].map(({ values }) => values).concat(...Object.values(moments).map(({ first, second }) => [first, second]));
  return [...new Set(all.map(({ buffer }) => buffer as ArrayBuffer))];
}

/** @throws GatecastError `bad-setting` when the checkpoint is of another network */
export function fromCheckpoint(network: Network, checkpoint: Checkpoint): Standing {
  const { iteration, bestLoss, bestIteration, rateScale, cutAt, diverged, losses, moments } = checkpoint;
  return {
    state: {
      iteration, bestLoss, bestIteration, rateScale, cutAt,
      weights: flat(network, checkpoint.weights),
      bestWeights: flat(network, checkpoint.bestWeights),
      first: join(network, (name) => moments[name]?.first),
      second: join(network, (name) => moments[name]?.second),
    },
    losses, diverged,
  };
}

/** The named weights of a checkpoint as the flat array that engines hold. */
export function flat(network: Network, weights: NamedWeights): Float32Array {
  return join(network, (name) => weights[name]?.values);
}

function named(network: Network, weights: Float32Array): NamedWeights {
  return Object.fromEntries(tensors(network).map(({ name, shape, offset, size }) => [name, { shape, values: weights.subarray(offset, offset + size) }]));
}

function join(network: Network, part: (name: string) => Float32Array | undefined): Float32Array {
  const all = new Float32Array(weightCount(network));
  for (const { name, shape, offset, size } of tensors(network)) {
    const values = part(name);
    if (values?.length !== size) {
      throw new GatecastError({
        code: 'bad-setting', where: name,
        message: `the checkpoint is of another network: ${name} has ${values?.length ?? 'no'} numbers, ${shape.join(' × ')} are asked for`,
        remedy: 'train anew, or set the settings back to those of the checkpoint',
      });
    }
    all.set(values, offset);
  }
  return all;
}

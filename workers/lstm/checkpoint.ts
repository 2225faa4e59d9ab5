import { GatecastError } from '../../src/errors.ts';
import type { Checkpoint, LossPoint } from '../contract.ts';
import type { ModelState } from './engine.ts';
import { tensors, weightCount, type Network } from './network.ts';

type Named = Checkpoint['weights'];

/** Where a training stands. */
export interface Standing {
  readonly state: ModelState;
  readonly bestWeights: Float32Array;
  readonly bestLoss: number;
  readonly bestIteration: number;
  readonly losses: readonly LossPoint[];
}

export function toCheckpoint(network: Network, model: number, { state, bestWeights, bestLoss, bestIteration, losses }: Standing): Checkpoint {
  return {
    version: 1, model, iteration: state.iteration, bestLoss, bestIteration, losses: [...losses],
    weights: named(network, state.weights),
    bestWeights: named(network, bestWeights),
    moments: Object.fromEntries(tensors(network).map(({ name, offset, size }) => [
      name, { first: state.first.slice(offset, offset + size), second: state.second.slice(offset, offset + size) },
    ])),
  };
}

/** @throws GatecastError `bad-setting` when the checkpoint is of another network */
export function fromCheckpoint(network: Network, checkpoint: Checkpoint): Standing {
  const { iteration, bestLoss, bestIteration, losses, moments } = checkpoint;
  return {
    state: {
      iteration,
      weights: flat(network, checkpoint.weights),
      first: join(network, (name) => moments[name]?.first),
      second: join(network, (name) => moments[name]?.second),
    },
    bestWeights: flat(network, checkpoint.bestWeights), bestLoss, bestIteration, losses,
  };
}

/** The named weights of a checkpoint as the flat array that engines hold. */
export function flat(network: Network, weights: Named): Float32Array {
  return join(network, (name) => weights[name]?.values);
}

function named(network: Network, weights: Float32Array): Named {
  return Object.fromEntries(tensors(network).map(({ name, shape, offset, size }) => [name, { shape, values: weights.slice(offset, offset + size) }]));
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

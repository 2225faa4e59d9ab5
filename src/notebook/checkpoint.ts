/** Checkpoints between the worker's form (typed arrays) and the file's (base64). */
import { GatecastError } from '../errors.ts';
import type { Checkpoint, NamedWeights } from '../../workers/contract.ts';
import { maximumCheckpointLength, type StoredCheckpoint, type StoredLoss, type StoredTensor } from './kinds/forecast-result.ts';
import { packFloats, unpackFloats } from './packed-floats.ts';

/** @returns undefined when the checkpoint is too large to keep (over 6 MB of numbers) */
export function packCheckpoint(checkpoint: Checkpoint): StoredCheckpoint | undefined {
  const { model, iteration, bestLoss, bestIteration, rateScale, cutAt, diverged, weights, bestWeights, moments } = checkpoint;
  const arrays = [
    ...[weights, bestWeights].flatMap((tensors) => Object.values(tensors).map(({ values }) => values)),
    ...Object.values(moments).flatMap(({ first, second }) => [first, second]),
  ];
  const bytes = arrays.reduce((sum, array) => sum + array.byteLength, 0);
  if ((bytes * 4) / 3 > maximumCheckpointLength) return undefined;
  return {
    version: 2, model, iteration,
    bestLoss: Number.isFinite(bestLoss) ? bestLoss : null,
    bestIteration, rateScale, cutAt, diverged,
    weights: packTensors(weights),
    bestWeights: packTensors(bestWeights),
    moments: Object.fromEntries(Object.entries(moments).map(([name, { first, second }]) => [name, { first: packFloats(first), second: packFloats(second) }])),
  };
}

/**
 * @param losses the result's, which a stored checkpoint does not repeat; they tell no layers apart
 * @throws GatecastError `bad-input` when lengths and shapes do not agree, or a number is not finite
 */
export function unpackCheckpoint(stored: StoredCheckpoint, losses: readonly StoredLoss[]): Checkpoint {
  const { model, iteration, bestLoss, bestIteration, rateScale, cutAt, diverged } = stored;
  return {
    version: 2, model, iteration,
    bestLoss: bestLoss ?? Infinity,
    bestIteration, rateScale, cutAt, diverged,
    weights: unpackTensors(stored.weights),
    bestWeights: unpackTensors(stored.bestWeights),
    moments: Object.fromEntries(
      Object.entries(stored.moments).map(([name, { first, second }]) => [name, { first: finiteFloats(first, name), second: finiteFloats(second, name) }]),
    ),
    losses: losses.map((point) => ({ ...point, parts: [] })),
  };
}

function packTensors(tensors: NamedWeights): Record<string, StoredTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape, values }]) => [name, { shape, values: packFloats(values) }]));
}

function unpackTensors(tensors: StoredCheckpoint['weights']): NamedWeights {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => {
      const floats = finiteFloats(values, name);
      const size = shape.reduce((product, length) => product * length, 1);
      if (floats.length !== size) throw damaged(name, `${floats.length} numbers for the shape ${shape.join(' × ')}`);
      return [name, { shape, values: floats }];
    }),
  );
}

function finiteFloats(text: string, name: string): Float32Array {
  let floats: Float32Array;
  try {
    floats = unpackFloats(text);
  } catch (error) {
    throw damaged(name, error instanceof Error ? error.message : String(error));
  }
  if (!floats.every(Number.isFinite)) throw damaged(name, 'a number that is not finite');
  return floats;
}

function damaged(name: string, why: string): GatecastError {
  return new GatecastError({ code: 'bad-input', message: `the checkpoint's ${name} is damaged: ${why}`, where: name, remedy: 'run the training again' });
}

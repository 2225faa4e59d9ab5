/** One training step of an entry: what it draws, its gradient, the moved weights. */
import * as tf from '@tensorflow/tfjs-core';
import { BETWEEN, draw, dropFactor } from '../draws.ts';
import type { Entry } from '../engine.ts';
import { emptyBatch, gather, type Batch, type SampleSpan } from '../examples.ts';
import { tensors, weightCount, type Network } from '../network.ts';
import { adamw, type Moving } from './adamw.ts';
import { lossAndGradient, type BatchTensors, type Masks } from './model.ts';

/** To be called inside `tf.tidy`. */
export function toTensors(network: Network, { rows, windows, statics, candidates, targets }: Batch): BatchTensors {
  return {
    windows: tf.tensor3d(windows, [rows, network.bins, network.inputs]),
    statics: network.statics > 0 ? tf.tensor2d(statics, [rows, network.statics]) : undefined,
    candidates: network.candidates > 0 ? tf.tensor3d(candidates, [rows, network.targets, network.candidates]) : undefined,
    targets: tf.tensor2d(targets, [rows, network.targets]),
  };
}

/** Samples of the rows of a step's batch. */
export function drawnSamples({ order, seed, batchSize }: Entry['drawing'], samples: SampleSpan, step: number): Int32Array {
  return Int32Array.from({ length: batchSize }, (_, row) => samples.from + draw(order, seed, step, row, batchSize, samples.count));
}

/** Dropout of a step. To be called inside `tf.tidy`. */
export function stepMasks({ network, drawing: { seed, batchSize }, update }: Pick<Entry, 'network' | 'drawing' | 'update'>, step: number): Masks {
  const mask = (width: number, place: number, rate: number): tf.Tensor3D | undefined => {
    if (rate === 0) return undefined;
    const size = network.bins * width;
    const factors = Float32Array.from({ length: batchSize * size }, (_, i) => dropFactor(seed, step, Math.floor(i / size), place + (i % size), rate));
    return tf.tensor3d(factors, [batchSize, network.bins, width]);
  };
  return {
    inputs: mask(network.inputs, 0, update.inputDropout),
    between: network.layers === 2 ? mask(network.hidden, BETWEEN, update.layerDropout) : undefined,
  };
}

type Stepping = Pick<Entry, 'network' | 'examples' | 'drawing' | 'update'>;

function stepGradient(entry: Stepping, weights: tf.Tensor1D, samples: SampleSpan, step: number): ReturnType<typeof lossAndGradient> {
  const { network, examples, drawing } = entry;
  const batch = emptyBatch(network, drawing.batchSize);
  gather(network, examples, drawnSamples(drawing, samples, step), batch);
  return lossAndGradient(network, weights, toTensors(network, batch), stepMasks(entry, step));
}

/**
 * Loss of the batch that an entry's weights meet at training step `step`, and its derivative by the flat weights:
 * what the gradients of other engines are compared with.
 */
export function gradientOfStep(entry: Entry, step: number, samples = entry.examples.training): { readonly loss: number; readonly gradient: Float32Array } {
  return tf.tidy(() => {
    const { loss, gradient } = stepGradient(entry, tf.tensor1d(entry.state.weights), samples, step);
    return { loss: loss.dataSync()[0], gradient: Float32Array.from(gradient.dataSync()) };
  });
}

/** The weights and moments after a step, and its loss; the caller disposes of them. */
export function trainStep(entry: Stepping, moving: Moving, decaying: tf.Tensor1D, samples: SampleSpan, step: number, rate: number): Moving & { readonly loss: tf.Scalar } {
  return tf.tidy(() => {
    const { loss, gradient } = stepGradient(entry, moving.weights, samples, step);
    return { ...adamw(moving, gradient, step, rate, entry.update, decaying), loss };
  });
}

/** 1 where weight decay applies, 0 elsewhere. */
export function decayMask(network: Network): Float32Array {
  const mask = new Float32Array(weightCount(network));
  for (const { offset, size, decays } of tensors(network)) if (decays) mask.fill(1, offset, offset + size);
  return mask;
}

/**
 * The joint form, as in the paper (Cong et al. 2024): a window holds the shares of all experts of the model's layers,
 * and the output is all their shares over the horizon, in blocks of a bin. Plain: no base, mean squared error,
 * all of the history. Several layers of one model are put side by side, as the paper does with all of its layers.
 */
import { ontoSimplex } from '../../src/forecast/simplex.ts';
import { binsOf, type LstmSettings } from '../../src/forecast/lstm.ts';
import type { BinnedHistory } from '../contract.ts';
import { anchorsEnding, tooShort, type Anchor } from './anchors.ts';
import type { Network } from './network.ts';
import { meanShare, prefixOf } from './prefix.ts';
import type { Batch, Problem, SampleSet } from './problem.ts';

/** Parts that the horizon is forecast in: one a bin. */
export function blocksOf({ binSteps }: LstmSettings, horizonSteps: number): number {
  return Math.max(1, Math.round(horizonSteps / binSteps));
}

/** @param experts of all the model's layers together */
export function jointNetwork(settings: LstmSettings, experts: number, horizonSteps: number): Network {
  return {
    inputs: experts, bins: binsOf(settings), hidden: settings.hiddenUnits, statics: 0,
    dense: 0, outputs: blocksOf(settings, horizonSteps) * experts, loss: 'squared', zeroOutput: false,
  };
}

/**
 * Inputs and targets are shares in units of a uniform share, less 1, so that uniform is 0.
 * @throws GatecastError `bad-setting` when too few steps lie before the origin
 */
export function jointProblem(settings: LstmSettings, histories: readonly BinnedHistory[], horizonSteps: number): Problem {
  const layers = histories.map(prefixOf);
  const width = layers.reduce((sum, { experts }) => sum + experts, 0);
  const network = jointNetwork(settings, width, horizonSteps);
  const blocks = blocksOf(settings, horizonSteps);
  const { grainSteps, bins: grains } = histories[0];
  const grainsPerBin = Math.max(1, Math.round(settings.binSteps / grainSteps));
  const horizon = Math.max(blocks, Math.round(horizonSteps / grainSteps));
  const known = network.bins * grainsPerBin;

  /** Shares over the grains `from` to `to` of all experts, at `offset`. */
  const write = (from: number, to: number, into: Float32Array, offset: number): void => {
    let i = offset;
    for (const layer of layers) {
      for (let expert = 0; expert < layer.experts; expert++) into[i++] = meanShare(layer, expert, from, to) * layer.experts - 1;
    }
  };
  const writeWindow = (at: number, batch: Batch, row: number): void => {
    for (let bin = 0; bin < network.bins; bin++) {
      const to = at - (network.bins - 1 - bin) * grainsPerBin;
      write(to - grainsPerBin, to, batch.windows, (row * network.bins + bin) * width);
    }
  };
  const samplesOf = (anchors: readonly Anchor[]): SampleSet => ({
    count: anchors.length,
    write(index, batch, row) {
      const { at } = anchors[index];
      writeWindow(at, batch, row);
      for (let block = 0; block < blocks; block++) {
        const from = at + Math.floor((block * horizon) / blocks);
        const to = at + Math.floor(((block + 1) * horizon) / blocks);
        write(from, to, batch.targets, (row * blocks + block) * width);
      }
    },
  });

  // One anchor validates: its target is the newest one. Training targets end where it begins.
  const training = anchorsEnding(horizon, 0, grains - horizon, known);
  if (training.length === 0) {
    const needed = (known + 2 * horizon) * grainSteps;
    throw tooShort(grains * grainSteps, needed,
      'move the origin later, or choose a shorter window or horizon: the joint form needs a window and two horizons, one to learn and one to check');
  }
  return {
    network,
    training: samplesOf(training),
    validation: samplesOf([{ at: grains - horizon, horizon }]),
    all: samplesOf(anchorsEnding(horizon, 0, grains, known)),
    queries: { count: 1, write: (_, batch, row) => writeWindow(grains, batch, row) },
    forecasts(outputs) {
      let start = 0;
      return layers.map(({ layer, experts }) => {
        const mean = new Float64Array(blocks * experts);
        for (let block = 0; block < blocks; block++) {
          for (let expert = 0; expert < experts; expert++) {
            mean[block * experts + expert] = (outputs[block * width + start + expert] + 1) / experts;
          }
        }
        start += experts;
        return { layer, blocks, mean: ontoSimplex(mean, experts) };
      });
    },
  };
}

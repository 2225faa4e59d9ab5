/**
 * The joint form, as in the paper (Cong et al. 2024): a window holds the shares of all experts of the model's layers,
 * and the output is all their shares over the horizon, in blocks of a bin. Plain: no base, mean squared error,
 * all of the history. Several layers of one model are put side by side, as the paper does with all of its layers.
 */
import { ontoSimplex } from '../../src/forecast/simplex.ts';
import { binsOf, type LstmSettings } from '../../src/forecast/lstm.ts';
import type { BinnedHistory } from '../contract.ts';
import { anchorsEnding, tooShort } from './anchors.ts';
import { ANCHOR_FIELDS } from './examples.ts';
import type { Network } from './network.ts';
import { meanShare, placeOf, planesOf, prefixOf, type Prefix } from './prefix.ts';
import { lossOf, type Problem } from './problem.ts';

/** Parts that the horizon is forecast in: one a bin. */
export function blocksOf({ binSteps }: LstmSettings, horizonSteps: number): number {
  return Math.max(1, Math.round(horizonSteps / binSteps));
}

/** @param experts of all the model's layers together */
export function jointNetwork(settings: LstmSettings, experts: number, horizonSteps: number): Network {
  return {
    inputs: experts, bins: binsOf(settings), hidden: settings.hiddenUnits, layers: settings.layers, statics: 0,
    dense: 0, targets: blocksOf(settings, horizonSteps) * experts, candidates: 0, loss: lossOf(settings, 'squared'), zeroOutput: false,
  };
}

/**
 * Inputs and targets are shares in units of a uniform share, less 1, so that uniform is 0; with `normalise` also less
 * the window's mean or last bin. Blocks have equal lengths in whole grains: where the horizon does not divide into such,
 * what is practised is longer or shorter than it by up to half a grain a block.
 * @throws GatecastError `bad-setting` when too few steps lie before the origin
 */
export function jointProblem(settings: LstmSettings, histories: readonly BinnedHistory[], horizonSteps: number): Problem {
  const prefix = prefixOf(histories);
  const { width, grains, experts } = prefix;
  const network = jointNetwork(settings, width, horizonSteps);
  const { bins } = network;
  const blocks = blocksOf(settings, horizonSteps);
  const { grainSteps } = histories[0];
  const bin = Math.max(1, Math.round(settings.binSteps / grainSteps));
  const block = Math.max(1, Math.round(horizonSteps / grainSteps / blocks));
  const horizon = blocks * block;
  const known = bins * bin;

  // One anchor validates: its target is the newest one. Training targets end where it begins.
  const training = anchorsEnding(horizon, 0, grains - horizon, known).length;
  const all = anchorsEnding(horizon, 0, grains, known).map(({ at }) => at);
  if (training === 0) {
    const needed = (known + 2 * horizon) * grainSteps;
    throw tooShort(grains * grainSteps, needed,
      'move the origin later, or choose a shorter window or horizon: the joint form needs a window and two horizons, one to learn and one to check');
  }
  const { values, planes: [binned, ahead] } = planesOf(
    prefix, [{ length: bin, first: 0, last: grains - bin }, { length: block, first: known, last: grains - block }], 0, unit,
  );
  const moments = [...all, grains];
  const anchors = new Uint32Array(moments.length * ANCHOR_FIELDS);
  for (const [i, at] of moments.entries()) {
    anchors.set([placeOf(binned, prefix, at - known), at < grains ? placeOf(ahead, prefix, at) : 0, i], i * ANCHOR_FIELDS);
  }
  const reference = referenceOf(settings, prefix, known, bin);
  return {
    network,
    examples: {
      values, series: 1, hop: bin * width, channels: width, targetHop: block * width, anchors,
      norms: reference && normsOf(moments, width, reference), bases: null,
      // No share leaves these bounds: nothing is clipped.
      clip: Math.max(...experts),
      sides: new Float32Array(0),
      training: { from: 0, count: training },
      all: { from: 0, count: all.length },
      validation: Uint32Array.of(all.length - 1), parts: [1],
      queries: Uint32Array.of(all.length),
    },
    forecasts(outputs) {
      let start = 0;
      return histories.map(({ layer, experts: own }) => {
        const mean = new Float64Array(blocks * own);
        for (let i = 0; i < blocks * own; i++) {
          const column = start + (i % own);
          mean[i] = (outputs[Math.floor(i / own) * width + column] + (reference?.(column, grains) ?? 0) + 1) / own;
        }
        start += own;
        return { layer, horizonSteps, blocks, mean: ontoSimplex(mean, own) };
      });
    },
  };
}

/** A share in units of a uniform one, less 1. */
function unit(share: number, experts: number): number {
  return share * experts - 1;
}

/** What is subtracted from an expert's inputs and targets at `at`; null for nothing. Spans are in grains. */
function referenceOf({ normalise }: LstmSettings, prefix: Prefix, window: number, bin: number): ((expert: number, at: number) => number) | null {
  if (normalise === 'none') return null;
  const span = normalise === 'window-mean' ? window : bin;
  return (expert, at) => unit(meanShare(prefix, expert, at - span, at), prefix.experts[expert]);
}

/** Reference and scale of every input, `[moments][experts][2]`. */
function normsOf(moments: readonly number[], width: number, reference: (expert: number, at: number) => number): Float32Array {
  const norms = new Float32Array(moments.length * width * 2);
  for (const [row, at] of moments.entries()) {
    for (let expert = 0; expert < width; expert++) norms.set([reference(expert, at), 1], (row * width + expert) * 2);
  }
  return norms;
}

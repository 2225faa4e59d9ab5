/**
 * The pooled form: every expert's series is a sample, one small network for all experts of all layers,
 * its output a correction of a base forecast (the mean of the last steps), in units of a uniform share.
 *
 * What the three recorded traces say of the choices below (load error at 1,000 steps ahead, 6 origins each):
 * practising at horizons of 300 and 500 steps is better than at the wanted 1,000 or 2,000, whose newest targets
 * begin too long ago; the step number and the horizon as inputs hurt, since the origin lies outside what was practised.
 */
import { ontoSimplex } from '../../src/forecast/simplex.ts';
import { binsOf, type LstmSettings } from '../../src/forecast/lstm.ts';
import type { BinnedHistory } from '../contract.ts';
import { anchorsEnding, tooShort, type Anchor } from './anchors.ts';
import type { Network } from './network.ts';
import { meanShare, prefixOf, type Prefix } from './prefix.ts';
import type { Batch, Problem, SampleSet } from './problem.ts';

/** The base forecast is the mean of this many steps. */
const BASE_STEPS = 500;
/** Means over these windows join after the LSTM, as differences from the base. */
const WINDOW_STEPS = [50, 100, 200, 350, 700, 1000, 1400, 2000, 3000];
/** Horizons that are practised, where the wanted one is not shorter. The shortest one validates. */
const PRACTICE_STEPS = [300, 500];
/** Only anchors whose targets ended within this many steps are learnt from: older ones tell of another state. */
const RECENT_STEPS = 800;
/** An anchor knows at least this many steps. */
const KNOWN_STEPS = 300;
/** Inputs are clipped to ± this, in units of a uniform share. */
const CLIP = 10;
/** Shares of experts under this part of a uniform share look alike to the network. */
const COLDEST = 1e-3;

/** Inputs after the LSTM: differences of the windows, the way back to uniform, the level. */
const STATICS = WINDOW_STEPS.length + 2;

export function pooledNetwork(settings: LstmSettings): Network {
  return {
    inputs: 1, bins: binsOf(settings), hidden: settings.hiddenUnits, statics: STATICS,
    dense: settings.hiddenUnits, outputs: 1, loss: 'absolute', zeroOutput: true,
  };
}

/** Names of the inputs after the LSTM, in order, for an exported model. */
export const pooledStatics: readonly string[] = [
  ...WINDOW_STEPS.map((steps) => `(mean of ${steps} steps - base) * experts`),
  '1 - base * experts', `log(max(${COLDEST}, base * experts))`,
];

export const pooledBase = `mean of the last ${BASE_STEPS} steps`;

const clip = (value: number): number => Math.max(-CLIP, Math.min(CLIP, value));

/**
 * @param histories of the model's layers: same origin, grain and number of bins
 * @throws GatecastError `bad-setting` when too few steps lie before the origin
 */
export function pooledProblem(settings: LstmSettings, histories: readonly BinnedHistory[], horizonSteps: number): Problem {
  const network = pooledNetwork(settings);
  const { grainSteps, bins: grains } = histories[0];
  const inGrains = (steps: number): number => Math.max(1, Math.round(steps / grainSteps));
  const grainsPerBin = inGrains(settings.binSteps);
  const base = inGrains(BASE_STEPS);
  const windows = WINDOW_STEPS.map(inGrains);
  const series = seriesOf(histories.map(prefixOf));

  /** Writes what is known at `at`; gives the base. A span that begins before the history is cut there, a bin left 0. */
  const writeInputs = ({ layer, expert }: Series, at: number, batch: Batch, row: number): number => {
    const { experts } = layer;
    const level = meanShare(layer, expert, Math.max(0, at - base), at);
    for (let bin = 0; bin < network.bins; bin++) {
      const to = at - (network.bins - 1 - bin) * grainsPerBin;
      const from = to - grainsPerBin;
      batch.windows[row * network.bins + bin] = from < 0 ? 0 : clip((meanShare(layer, expert, from, to) - level) * experts);
    }
    let i = row * STATICS;
    for (const window of windows) batch.statics[i++] = clip((meanShare(layer, expert, Math.max(0, at - window), at) - level) * experts);
    batch.statics[i++] = clip(1 - level * experts);
    batch.statics[i] = Math.log(Math.max(COLDEST, level * experts));
    return level;
  };

  const samplesOf = (anchors: readonly Anchor[]): SampleSet => ({
    count: anchors.length * series.length,
    write(index, batch, row) {
      const { at, horizon } = anchors[Math.floor(index / series.length)];
      const one = series[index % series.length];
      const level = writeInputs(one, at, batch, row);
      batch.targets[row] = (meanShare(one.layer, one.expert, at, at + horizon) - level) * one.layer.experts;
    },
  });

  const horizons = [...new Set(PRACTICE_STEPS.map((steps) => inGrains(Math.min(steps, horizonSteps))))];
  const known = inGrains(KNOWN_STEPS);
  const recent = inGrains(RECENT_STEPS);
  const shortest = horizons[0];
  const ending = (to: number): Anchor[] => horizons.flatMap((horizon) => anchorsEnding(horizon, to - recent, to, known));
  // One anchor validates: its target is the newest one. Training targets end where it begins.
  const training = ending(grains - shortest);
  if (training.length === 0) {
    const needed = (known + 2 * shortest) * grainSteps;
    throw tooShort(grains * grainSteps, needed, `move the origin ${(needed - grains * grainSteps).toLocaleString('en')} steps later, or choose a shorter horizon`);
  }

  return {
    network,
    training: samplesOf(training),
    validation: samplesOf([{ at: grains - shortest, horizon: shortest }]),
    all: samplesOf(ending(grains)),
    queries: { count: series.length, write: (index, batch, row) => void writeInputs(series[index], grains, batch, row) },
    forecasts(outputs) {
      let next = 0;
      return histories.map(({ layer, experts }) => {
        const mean = Float64Array.from({ length: experts }, () => {
          const one = series[next];
          return meanShare(one.layer, one.expert, Math.max(0, grains - base), grains) + outputs[next++] / experts;
        });
        return { layer, blocks: 1, mean: ontoSimplex(mean, experts) };
      });
    },
  };
}

interface Series {
  readonly layer: Prefix;
  readonly expert: number;
}

function seriesOf(layers: readonly Prefix[]): readonly Series[] {
  return layers.flatMap((layer) => Array.from({ length: layer.experts }, (_, expert) => ({ layer, expert })));
}

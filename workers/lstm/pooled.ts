/**
 * The pooled form: every expert's series is a sample, one small network for all experts of all layers,
 * its output a correction of a base forecast (the mean of the last steps), in units of a uniform share.
 *
 * What the three recorded traces say of the choices below (load error at 1,000 steps ahead, 6 origins each):
 * practising at horizons of 300 and 500 steps is better than at the wanted 1,000 or 2,000, whose newest targets
 * begin too long ago; the step number and the horizon as inputs hurt, since the origin lies outside what was practised.
 */
import { binsOf, type LstmSettings } from '../../src/forecast/lstm.ts';
import { ontoSimplex } from '../../src/forecast/simplex.ts';
import type { BinnedHistory } from '../contract.ts';
import { anchorsEnding, partsOf, spread, tooShort, type Anchor } from './anchors.ts';
import type { Network } from './network.ts';
import { CLIP, COLDEST, baseOf, layOut, staticsOf, thinned, type Spans } from './pooled-examples.ts';
import { prefixOf } from './prefix.ts';
import { lossOf, type Problem } from './problem.ts';

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

export function pooledNetwork(settings: LstmSettings): Network {
  return {
    inputs: 1, bins: binsOf(settings), hidden: settings.hiddenUnits, layers: settings.layers, statics: staticsOf(WINDOW_STEPS),
    dense: settings.hiddenUnits, targets: 1, candidates: 0, loss: lossOf(settings, 'absolute'), zeroOutput: true,
  };
}

/** Names of the inputs after the LSTM, in order, for an exported model. */
export const pooledStatics: readonly string[] = [
  ...WINDOW_STEPS.map((steps) => `(mean of ${steps} steps - base) * experts`),
  '1 - base * experts', `log(max(${COLDEST}, base * experts))`,
];

export const pooledBase = `mean of the last ${BASE_STEPS} steps`;

/**
 * @param histories of the model's layers: same origin, grain and number of bins
 * @throws GatecastError `bad-setting` when too few steps lie before the origin
 */
export function pooledProblem(settings: LstmSettings, histories: readonly BinnedHistory[], horizonSteps: number): Problem {
  const network = pooledNetwork(settings);
  const { grainSteps, bins: grains } = histories[0];
  const inGrains = (steps: number): number => Math.max(1, Math.round(steps / grainSteps));
  const prefix = prefixOf(histories);
  const spans: Spans = { bins: network.bins, bin: inGrains(settings.binSteps), base: inGrains(BASE_STEPS), windows: WINDOW_STEPS.map(inGrains) };

  const horizons = [...new Set(PRACTICE_STEPS.map((steps) => inGrains(Math.min(steps, horizonSteps))))];
  const known = inGrains(KNOWN_STEPS);
  const recent = inGrains(RECENT_STEPS);
  const shortest = horizons[0];
  const ending = (to: number): readonly Anchor[] => thinned(horizons.flatMap((horizon) => anchorsEnding(horizon, to - recent, to, known)), spans, prefix.width);
  // One anchor validates: its target is the newest one. Training targets end where it begins.
  const training = ending(grains - shortest);
  if (training.length === 0) {
    const needed = (known + 2 * shortest) * grainSteps;
    throw tooShort(grains * grainSteps, needed, `move the origin ${(needed - grains * grainSteps).toLocaleString('en')} steps later, or choose a shorter horizon`);
  }
  const all = ending(grains);
  const anchors: readonly Anchor[] = [...training, ...all, { at: grains - shortest, horizon: shortest }, { at: grains, horizon: shortest }];
  const [validating, asking] = [anchors.length - 2, anchors.length - 1];
  const { width } = prefix;
  const validated = spread(width);
  return {
    network,
    examples: {
      ...layOut(anchors, horizons, spans, prefix),
      series: width, channels: 1, targetHop: 0, bases: null, clip: CLIP,
      training: { from: 0, count: training.length * width },
      all: { from: training.length * width, count: all.length * width },
      validation: validated.map((series) => validating * width + series),
      parts: partsOf(validated, histories.map(({ experts }) => experts)),
      queries: Uint32Array.from({ length: width }, (_, series) => asking * width + series),
    },
    forecasts(outputs) {
      let next = 0;
      return histories.map(({ layer, experts }) => {
        const mean = Float64Array.from({ length: experts }, () => baseOf(prefix, spans, next, grains) + outputs[next++] / experts);
        return { layer, horizonSteps, blocks: 1, mean: ontoSimplex(mean, experts) };
      });
    },
  };
}

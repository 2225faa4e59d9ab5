import { GatecastError } from '../../src/errors.ts';
import { binsOf, type LstmSettings } from '../../src/forecast/lstm.ts';
import type { BinnedHistory, ModelSpec, TrainRequest } from '../contract.ts';
import { jointNetwork, jointProblem } from './joint.ts';
import type { Network } from './network.ts';
import { pooledNetwork, pooledProblem } from './pooled.ts';
import type { Problem } from './problem.ts';

/** Most bins of a window: time and memory grow with them, and what is learnt does not. */
const MOST_BINS = 1024;

/**
 * The learning problem of each model of a request. Models that learn from the same numbers share them.
 * @throws GatecastError `bad-setting`
 */
export function problemsOf(request: TrainRequest): readonly Problem[] {
  const made = new Map<string, Problem>();
  return request.models.map((spec) => {
    const { settings: { form, windowSteps, binSteps, normalise }, layers } = spec;
    const key = JSON.stringify([form, windowSteps, binSteps, normalise, layers]);
    const alike = made.get(key);
    if (alike) return { ...alike, network: networkOf(spec, alike.network.inputs, request.horizonSteps) };
    const problem = problemOf(spec, request);
    made.set(key, problem);
    return problem;
  });
}

function problemOf({ settings, layers }: ModelSpec, { histories, horizonSteps }: TrainRequest): Problem {
  const own = layers.map((layer) => {
    const history = histories.find((one) => one.layer === layer);
    if (!history) throw wrong(`layer ${layer} is to be trained on and its history was not given`);
    return history;
  });
  if (own.length === 0) throw wrong('a model has no layers to learn from', 'choose at least one layer');
  checkAlike(own);
  checkBins(settings);
  return settings.form === 'pooled' ? pooledProblem(settings, own, horizonSteps) : jointProblem(settings, own, horizonSteps);
}

/** @param experts of all the model's layers together */
export function networkOf({ settings }: ModelSpec, experts: number, horizonSteps: number): Network {
  return settings.form === 'pooled' ? pooledNetwork(settings) : jointNetwork(settings, experts, horizonSteps);
}

function checkAlike(histories: readonly BinnedHistory[]): void {
  const [first] = histories;
  for (const { layer, originStep, grainSteps, bins } of histories) {
    if (originStep !== first.originStep || grainSteps !== first.grainSteps || bins !== first.bins) {
      throw wrong(`the history of layer ${layer} has another origin, grain or length than that of layer ${first.layer}`);
    }
  }
}

function checkBins(settings: LstmSettings): void {
  const bins = binsOf(settings);
  if (bins <= MOST_BINS) return;
  throw new GatecastError({
    code: 'bad-setting', where: 'bin',
    message: `a window of ${settings.windowSteps.toLocaleString('en')} steps in bins of ${settings.binSteps} has ${bins.toLocaleString('en')} bins; the LSTM takes ${MOST_BINS}`,
    remedy: `choose bins of at least ${Math.ceil(settings.windowSteps / MOST_BINS)} steps, or a shorter window`,
  });
}

function wrong(message: string, remedy?: string): GatecastError {
  return new GatecastError({ code: 'bad-setting', where: 'layers', message, remedy });
}

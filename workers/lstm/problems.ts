import { GatecastError } from '../../src/errors.ts';
import { binsOf, grainSteps, onBank, type LstmSettings } from '../../src/forecast/lstm.ts';
import type { BinnedHistory, ModelSpec, TrainRequest } from '../contract.ts';
import { bankNetwork, bankProblem, membersOf } from './bank.ts';
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
    const { settings: { form, windowSteps, binSteps, normalise }, layers, originStep, horizonSteps } = spec;
    const key = JSON.stringify([form, windowSteps, binSteps, normalise, layers, originStep, horizonSteps]);
    const alike = made.get(key);
    if (alike) return { ...alike, network: networkOf(spec, onBank(spec.settings) ? membersOf(alike.network) : alike.network.inputs, horizonSteps ?? request.horizonSteps) };
    const problem = problemOf(spec, request);
    made.set(key, problem);
    return problem;
  });
}

function problemOf(spec: ModelSpec, { histories, banks = [], horizonSteps }: TrainRequest): Problem {
  const { settings } = spec;
  checkBins(settings);
  const grain = grainSteps(settings);
  const own = ofLayers(histories.filter((history) => history.grainSteps === grain), spec, `history in grains of ${grain} steps`);
  checkAlike(own);
  if (onBank(settings)) return bankProblem(settings, own, ofLayers(banks, spec, 'bank'));
  const horizon = spec.horizonSteps ?? horizonSteps;
  return settings.form === 'joint' ? jointProblem(settings, own, horizon) : pooledProblem(settings, own, horizon);
}

/** What was given of a model's layers at its origin, in their order. */
function ofLayers<Given extends { readonly layer: number; readonly originStep: number }>(given: readonly Given[], { layers, originStep }: ModelSpec, what: string): readonly Given[] {
  if (layers.length === 0) throw wrong('a model has no layers to learn from', 'choose at least one layer');
  return layers.map((layer) => {
    const found = given.find((one) => one.layer === layer && (originStep === undefined || one.originStep === originStep));
    if (!found) throw wrong(`layer ${layer} is to be trained on and its ${what} was not given`);
    return found;
  });
}

/** @param size experts of all the model's layers together for the joint form, members for forms on the bank, any for the pooled one */
export function networkOf({ settings }: ModelSpec, size: number, horizonSteps: number): Network {
  if (onBank(settings)) return bankNetwork(settings, size);
  return settings.form === 'joint' ? jointNetwork(settings, size, horizonSteps) : pooledNetwork(settings);
}

function checkAlike(histories: readonly BinnedHistory[]): void {
  const [first] = histories;
  for (const { layer, originStep, bins } of histories) {
    if (originStep !== first.originStep || bins !== first.bins) {
      throw wrong(`the history of layer ${layer} has another origin or length than that of layer ${first.layer}`);
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

/** How much a sweep trains, before it does: launches, memory and arithmetic, from the trials of its first round. */
import { binsOf, checkedLstmSettings, onBank, poolsLayers, type LstmSettings } from '../forecast/lstm.ts';
import { isTrained } from '../forecast/trained.ts';
import { gridSize } from './enumerate.ts';
import { rungCounts } from './halving.ts';
import { rungsOfPlan } from './rungs.ts';
import { samplerOf } from './samplers/index.ts';
import type { SweepPlan, TrialRecord } from './types.ts';

export interface Workload {
  /** Models of the first round. */
  readonly models: number;
  /** Launches that they train in on a GPU: models of one shape share one. */
  readonly launches: number;
  /** Bytes that they take on a GPU, roughly. */
  readonly bytes: number;
  /** Training steps of all launches, one after the other, over all rounds. */
  readonly steps: number;
  /** Floating-point operations of all training, the test aside. */
  readonly operations: number;
}

/** Iterations of a training whose best weights are finished at its end take as many more. */
const finishing = 50;
/** Forecasts that join after the network on the bank, as many as the bank has. */
const bankMembers = 8;

type Planned = Pick<SweepPlan, 'space' | 'sampler' | 'trials' | 'halving' | 'seed' | 'layers' | 'innerOrigins' | 'horizonSteps'>;

/**
 * @param room models that train side by side
 * @returns null where nothing is trained
 * @throws GatecastError `bad-setting` for a plan that cannot be run
 */
export function workloadOf(plan: Planned, expertsOf: (layer: number) => number, room: number): Workload | null {
  const { space, sampler, trials, halving, layers, innerOrigins, horizonSteps } = plan;
  if (!space.some(({ forecaster }) => isTrained(forecaster))) return null;
  const most = sampler === 'grid' ? Math.min(trials, gridSize(space)) : trials;
  const launches = new Map<string, { models: number; readonly stepOperations: number; readonly modelBytes: number; readonly scratchBytes: number }>();
  const sampled: TrialRecord[] = [];
  const next = samplerOf(plan);
  let models = 0;
  let trained = 0;
  while (sampled.length < most && models < room && sampled.length < room) {
    const trial = next.next(sampled);
    if (!trial) break;
    sampled.push({ ...trial, state: 'waiting', scores: [] });
    if (!isTrained(trial.forecaster)) continue;
    trained++;
    const settings = checkedLstmSettings(trial.values);
    const size = poolsLayers(settings) ? [1] : layers.map(expertsOf);
    for (const experts of size) {
      const key = shapeKey(settings, experts, horizonSteps);
      const launch = launches.get(key) ?? { models: 0, ...costOf(settings, experts, horizonSteps) };
      launch.models += innerOrigins.length;
      launches.set(key, launch);
    }
    models += size.length * innerOrigins.length;
  }
  if (trained === 0) return null;
  const rungs = rungsOfPlan(plan);
  // Parts of the trials that train each stretch of iterations.
  const all = (most * trained) / sampled.length;
  const iterations = Number(space.find(({ forecaster }) => isTrained(forecaster))!.values.iterations);
  const counts = halving && rungs.length > 0 ? rungCounts(Math.max(1, Math.round(all)), rungs.length, halving.reduction) : [all];
  const stretches = (rungs.length > 0 ? rungs : [iterations]).map((until, rung, ends) => ({
    part: counts[rung] / all, steps: until - (rung === 0 ? 0 : ends[rung - 1]) + (rung === ends.length - 1 ? finishing : 0),
  }));
  const perModel = stretches.reduce((sum, { part, steps }) => sum + part * steps, 0);
  const rounds = Math.max(1, all / trained);
  const own = [...launches.values()];
  return {
    models, launches: launches.size,
    bytes: own.reduce((sum, { models: count, modelBytes, scratchBytes }) => sum + count * (modelBytes + scratchBytes), 0),
    steps: rounds * own.reduce((sum, { models: count }) => sum + stretches.reduce((steps, { part, steps: more }) => steps + Math.min(1, (part * count) / innerOrigins.length) * more, 0), 0),
    operations: rounds * perModel * own.reduce((sum, { models: count, stepOperations }) => sum + count * stepOperations, 0),
  };
}

/** Equal for models that train in one launch. */
export function shapeKey(settings: LstmSettings, experts: number, horizonSteps: number): string {
  const { form, hiddenUnits, layers, batchSize, inputDropout, layerDropout, normalise } = settings;
  const loss = settings.loss === 'auto' ? (form === 'joint' ? 'squared' : 'absolute') : settings.loss;
  return JSON.stringify([form, experts, blocksOf(settings, horizonSteps), binsOf(settings), hiddenUnits, layers, batchSize, loss, form === 'joint' && normalise !== 'none', inputDropout > 0 || (layers > 1 && layerDropout > 0)]);
}

/** Parts that the joint form forecasts a horizon in; other forms forecast its mean. */
function blocksOf({ form, binSteps }: LstmSettings, horizonSteps: number): number {
  return form === 'joint' ? Math.max(1, Math.round(horizonSteps / binSteps)) : 1;
}

/** Of one model: operations of a step (forward, back, gradients; multiply and add count as two), bytes that it holds, and those that a step needs. */
function costOf(settings: LstmSettings, experts: number, horizonSteps: number) {
  const { hiddenUnits: hidden, layers, batchSize, form } = settings;
  const bins = binsOf(settings);
  const joint = form === 'joint';
  const inputs = joint ? experts : 1;
  const outputs = inputs * blocksOf(settings, horizonSteps);
  const gates = (read: number): number => 4 * hidden * (read + hidden);
  const recurrent = gates(inputs) + (layers > 1 ? gates(hidden) : 0);
  const dense = joint ? 0 : hidden * (hidden + (onBank(settings) ? bankMembers : 11));
  const weights = recurrent + 4 * hidden * layers + dense + (hidden + 1) * outputs;
  return {
    stepOperations: 6 * batchSize * (bins * recurrent + dense + hidden * outputs),
    // Weights, best weights, two moments and the gradient.
    modelBytes: 20 * weights,
    // Four gates and two cells of every row, bin and unit.
    scratchBytes: 24 * batchSize * (bins + 1) * hidden * layers,
  };
}

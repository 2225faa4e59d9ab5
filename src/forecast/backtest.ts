import { GatecastError, throwIfAborted } from '../errors.ts';
import type { WorkOptions } from '../progress.ts';
import type { Forecaster, ParameterValues } from './contract.ts';
import { endStep, historyBefore } from './history.ts';
import type { LayerShares } from './layer-shares.ts';
import type { Scores } from './picture-types.ts';
import { judge } from './scores.ts';
import { truthFrom } from './truth.ts';

export interface BacktestSettings {
  /** First and last origin, both in, and their distance, steps. */
  readonly firstOriginStep: number;
  readonly lastOriginStep: number;
  readonly everySteps: number;
  readonly horizonSteps: number;
  /** Experts under this share are left out of the relative error. */
  readonly coldShare: number;
}

export interface OriginScores {
  readonly originStep: number;
  readonly scores: Scores;
  readonly coldExperts: number;
}

/**
 * Rolling-origin evaluation of one layer: at every origin the forecaster is fitted anew on what is known there.
 * Origins without any known step, or whose horizon the trace does not hold whole, are left out.
 * Rejects with `bad-setting` when no origin is left, and `cancelled`.
 * @param options.others the trace's other layers, for forecasters that learn from them as well
 */
export async function* backtest(
  layer: LayerShares,
  forecaster: Forecaster,
  values: ParameterValues,
  settings: BacktestSettings,
  { signal, onProgress, others }: WorkOptions & { readonly others?: readonly LayerShares[] } = {},
): AsyncGenerator<OriginScores, void, undefined> {
  const origins = originsOf(layer, settings);
  const { horizonSteps, coldShare } = settings;
  for (const [done, originStep] of origins.entries()) {
    throwIfAborted(signal);
    onProgress?.({ done, total: origins.length, unit: 'origins', label: `origin ${originStep}` });
    const model = await forecaster.fit(historyBefore(layer, originStep, others), values, { signal });
    const truth = truthFrom(layer, originStep, horizonSteps, coldShare);
    if (!truth) continue;
    yield { originStep, scores: judge(truth, model.forecast(horizonSteps)).scores, coldExperts: truth.coldExperts };
  }
  onProgress?.({ done: origins.length, total: origins.length, unit: 'origins', label: 'done' });
}

function originsOf({ steps }: LayerShares, settings: BacktestSettings): number[] {
  const { firstOriginStep, everySteps, horizonSteps } = settings;
  if (!(everySteps > 0)) {
    throw new GatecastError({ code: 'bad-setting', where: 'origins', message: `origins cannot be ${everySteps} steps apart`, remedy: 'choose at least 1 step' });
  }
  const last = Math.min(settings.lastOriginStep, endStep(steps) - horizonSteps);
  const origins: number[] = [];
  for (let i = 0; firstOriginStep + i * everySteps <= last; i++) {
    const origin = firstOriginStep + i * everySteps;
    if (origin > steps[0]) origins.push(origin);
  }
  if (origins.length === 0) {
    throw new GatecastError({
      code: 'bad-setting',
      where: 'origins',
      message: `no origin from ${firstOriginStep} to ${settings.lastOriginStep} has ${horizonSteps} steps of the trace after it`,
      remedy: 'choose a shorter horizon or earlier origins',
    });
  }
  return origins;
}

/** Mean of scores over origins; NaN of a measure is left out. */
export function meanScores(all: readonly Scores[]): Scores {
  const mean = (id: keyof Scores): number => {
    const known = all.map((scores) => scores[id]).filter((value) => !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return {
    loadPerStep: mean('loadPerStep'), loadBlock: mean('loadBlock'),
    relativePerStep: mean('relativePerStep'), relativeBlock: mean('relativeBlock'),
    absolutePerStep: mean('absolutePerStep'), absoluteBlock: mean('absoluteBlock'),
  };
}

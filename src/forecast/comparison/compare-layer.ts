/** The rolling-origin comparison of one layer: every contender that needs no training, at all origins and horizons. */
import { throwIfAborted } from '../../errors.ts';
import type { WorkOptions } from '../../progress.ts';
import type { Forecaster, History, Model } from '../contract.ts';
import { historyBefore } from '../history.ts';
import type { LayerShares } from '../layer-shares.ts';
import { cheapForecaster } from '../registry.ts';
import { noiseFloor } from '../scores.ts';
import { averageOfWindow } from '../sliding-average.ts';
import { isTrained } from '../trained.ts';
import { truthFrom, type Truth } from '../truth.ts';
import { ContenderJudge } from './judge.ts';
import { comparisonOrigins, earlierOrigins } from './origins.ts';
import { referenceWindows, type ComparisonPoint, type ComparisonReference, type ComparisonSettings, type Contender } from './types.ts';

/** What one origin gave. */
export interface ComparisonBatch {
  readonly points: readonly ComparisonPoint[];
  readonly references: readonly ComparisonReference[];
}

export interface CompareOptions extends WorkOptions {
  /** The trace's other layers, for contenders that learn from them as well. */
  readonly others?: readonly LayerShares[];
}

/**
 * Compares the contenders on one layer and yields a batch an origin; a contender is fitted once an origin and forecasts
 * all horizons. Intervals and forecasts come of what is known at their origin, scores alone of what came after it. What is
 * cheap to fit forecasts at earlier origins as well, so that it has intervals from the first origin on.
 * Contenders that are trained, on the GPU where there is one, are left out. Rejects with `bad-setting` and `cancelled`.
 * @param layer its place in the trace
 */
export async function* compareLayer(
  layer: number, shares: LayerShares, settings: ComparisonSettings, { signal, onProgress, others = [] }: CompareOptions = {},
): AsyncGenerator<ComparisonBatch, void, undefined> {
  const origins = comparisonOrigins(shares.steps, settings);
  const contenders = settings.contenders.flatMap((contender, index) => (isTrained(contender.id) ? [] : [new Runner(contender, index, settings)]));
  for (const originStep of earlierOrigins(shares.steps, settings, origins[0].originStep)) {
    const history = historyBefore(shares, originStep, others);
    for (const contender of contenders) {
      throwIfAborted(signal);
      await contender.before(history, originStep, signal);
    }
  }
  for (const [done, { originStep, horizons }] of origins.entries()) {
    throwIfAborted(signal);
    onProgress?.({ done, total: origins.length, unit: 'origins', label: `origin ${originStep}` });
    const history = historyBefore(shares, originStep, others);
    const truths = settings.horizons.slice(0, horizons).map((horizonSteps) => truthFrom(shares, originStep, horizonSteps, settings.coldShare));
    const points: Omit<ComparisonPoint, 'layer' | 'originStep'>[] = [];
    for (const contender of contenders) {
      points.push(...await contender.at(history, truths, done % settings.refitEvery === 0, signal));
      throwIfAborted(signal);
    }
    yield { points: points.map((point) => ({ ...point, layer, originStep })), references: referencesAt(layer, history, truths) };
  }
  onProgress?.({ done: origins.length, total: origins.length, unit: 'origins', label: 'done' });
}

/** One contender on one layer, from origin to origin. */
class Runner {
  readonly #contender: Contender;
  readonly #index: number;
  readonly #forecaster: Forecaster;
  readonly #judge: ContenderJudge;
  readonly #horizons: readonly number[];
  #model: Model | null = null;

  constructor(contender: Contender, index: number, settings: ComparisonSettings) {
    this.#contender = contender;
    this.#index = index;
    this.#forecaster = cheapForecaster(contender.id);
    this.#judge = new ContenderJudge(settings);
    this.#horizons = settings.horizons;
  }

  /** Forecasts at an origin that is not judged, for intervals alone. */
  async before(history: History, originStep: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#forecaster.cost !== 'cheap') return;
    const model = await this.#modelAt(history, true, signal);
    this.#horizons.forEach((horizonSteps, horizon) => this.#judge.recall(history, originStep, horizon, model.forecast(horizonSteps)));
  }

  async at(history: History, truths: readonly (Truth | null)[], refit: boolean, signal: AbortSignal | undefined): Promise<readonly Omit<ComparisonPoint, 'layer' | 'originStep'>[]> {
    const started = performance.now();
    const model = await this.#modelAt(history, refit, signal);
    const forecasts = truths.map((truth) => truth && model.forecast(truth.horizonSteps));
    const elapsedMs = performance.now() - started;
    return truths.flatMap((truth, horizon) => {
      const forecast = forecasts[horizon];
      return truth && forecast ? [{ contender: this.#index, horizon, elapsedMs, ...this.#judge.judge({ history, truth }, horizon, forecast) }] : [];
    });
  }

  async #modelAt(history: History, refit: boolean, signal: AbortSignal | undefined): Promise<Model> {
    const known = this.#model;
    if (!refit && known?.update) {
      known.update(history);
      return known;
    }
    const fitted = await this.#forecaster.fit(history, this.#contender.values, { signal });
    this.#model = fitted;
    return fitted;
  }
}

function referencesAt(layer: number, history: History, truths: readonly (Truth | null)[]): readonly ComparisonReference[] {
  const averages = referenceWindows.map((windowSteps) => averageOfWindow(history, windowSteps));
  return truths.flatMap((truth, horizon) => (truth ? [{
    layer, horizon, originStep: truth.originStep,
    noiseFloor: noiseFloor(truth).scores,
    averages: averages.map((mean) => 100 * mean.reduce((sum, share, expert) => sum + Math.abs(share - truth.mean[expert]), 0)),
  }] : []));
}

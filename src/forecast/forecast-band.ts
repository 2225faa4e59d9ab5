import { throwIfAborted } from '../errors.ts';
import type { WorkOptions } from '../progress.ts';
import { usualBlockSteps } from './anchors.ts';
import type { Model, ParameterValues } from './contract.ts';
import { historyBefore, meanOfRows, recentStride } from './history.ts';
import type { LayerShares } from './layer-shares.ts';
import { coveredBy, earlyForecasts, earlySteps, fewestResolved, intervalAround, intervalRadius, meanOfBlocks, missOf, resolvedForecasts, widthOf, type PastForecast } from './past-misses.ts';
import type { BandRequest, ForecastBand } from './picture-types.ts';
import { cheapForecaster } from './registry.ts';
import { rowsOfHorizon } from './truth.ts';

/** Longest that a model which takes a while to fit is updated in place of a fit, steps: coefficients of 1,000 steps ago miss differently. */
const longestUpdatedSteps = resolvedForecasts * usualBlockSteps;

/**
 * The band around a forecast, from forecasts that were made before: of a forecaster without training they are made here, at
 * some origins before this one; of another they have to be given. Nothing from the origin on makes the band; what came is
 * only held against it. Rejects with `cancelled`.
 * @param others the layers that the request names, for forecasters that learn from them as well
 * @param pause awaited between forecasts, so that a worker hears of a cancellation
 */
export async function forecastBand(
  layer: LayerShares, { forecaster, originStep, horizonSteps, coverage, forecast }: Omit<BandRequest, 'fingerprint' | 'layer'>,
  others: readonly LayerShares[] = [], options: WorkOptions = {}, pause?: () => Promise<void>,
): Promise<ForecastBand> {
  const started = performance.now();
  const history = historyBefore(layer, originStep);
  const past = forecaster.kind === 'given' ? forecaster.pastForecasts?.filter((one) => one.originStep < originStep)
    : await pastForecasts(layer, others, forecaster, pastOrigins({ firstStep: history.steps[0], strideSteps: recentStride(history.steps) }, originStep, horizonSteps), horizonSteps, options, pause);
  const misses = (past ?? []).map((one) => missOf(history, originStep, horizonSteps, one));
  const radius = intervalRadius(misses, coverage);
  const interval = radius === null ? null : intervalAround(meanOfBlocks(forecast, layer.experts), radius);
  const { from, to, judgedSteps } = rowsOfHorizon(layer, originStep, horizonSteps);
  return {
    coverage,
    interval,
    missing: interval ? null : past ? 'short-history' : 'no-past-forecasts',
    resolved: Math.min(resolvedForecasts, misses.filter(({ residuals }) => residuals !== null).length),
    width: interval ? widthOf(interval) : NaN,
    held: interval && to > from && judgedSteps >= horizonSteps ? Math.round(coveredBy(interval, meanOfRows(layer, from, to)) * layer.experts) : null,
    elapsedMs: performance.now() - started,
  };
}

/**
 * Origins whose forecasts a band is made of, ascending: the latest whose horizon is over, and the latest whose first part
 * is. They lie 50 steps apart, closer where the history is short; none where even so too few are over.
 */
export function pastOrigins({ firstStep, strideSteps }: { readonly firstStep: number; readonly strideSteps: number }, originStep: number, horizonSteps: number): readonly number[] {
  const room = (originStep - horizonSteps - firstStep) / resolvedForecasts;
  const everySteps = strideSteps * Math.max(1, Math.floor(Math.min(usualBlockSteps, room) / strideSteps));
  const latest = (aheadSteps: number, count: number): number[] => (
    Array.from({ length: count }, (_, back) => originStep - aheadSteps - back * everySteps).filter((step) => step > firstStep)
  );
  const resolved = latest(horizonSteps, resolvedForecasts);
  if (resolved.length < fewestResolved) return [];
  return [...new Set([...resolved, ...latest(earlySteps(strideSteps, horizonSteps), earlyForecasts)])].toSorted((a, b) => a - b);
}

/** A cheap forecaster is fitted at each origin; one that takes a while only where its last fit is long ago, and else takes in what came since. */
async function pastForecasts(
  layer: LayerShares, others: readonly LayerShares[], { id, values }: { readonly id: string; readonly values: ParameterValues }, origins: readonly number[],
  horizonSteps: number, { signal, onProgress }: WorkOptions, pause?: () => Promise<void>,
): Promise<readonly PastForecast[]> {
  const forecaster = cheapForecaster(id);
  const made: PastForecast[] = [];
  let model: Model | null = null;
  let fittedAt = -Infinity;
  for (const [done, originStep] of origins.entries()) {
    onProgress?.({ done, total: origins.length, unit: 'origins', label: 'Earlier forecasts for the band' });
    await pause?.();
    throwIfAborted(signal);
    const history = historyBefore(layer, originStep, others);
    if (forecaster.cost === 'fitted' && model?.update && originStep - fittedAt <= longestUpdatedSteps) {
      model.update(history);
    } else {
      model = await forecaster.fit(history, values, { signal });
      fittedAt = originStep;
    }
    made.push({ originStep, mean: meanOfBlocks(model.forecast(horizonSteps), layer.experts) });
  }
  return made;
}

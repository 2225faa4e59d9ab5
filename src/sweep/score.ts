/** What trials are judged by: forecasts at inner origins against what came after them. */
import { throwIfAborted } from '../errors.ts';
import type { Forecast, ParameterValues } from '../forecast/contract.ts';
import { historyBefore } from '../forecast/history.ts';
import type { LayerShares } from '../forecast/layer-shares.ts';
import type { Scores } from '../forecast/picture-types.ts';
import { cheapForecaster } from '../forecast/registry.ts';
import { judge, noiseFloor } from '../forecast/scores.ts';
import { truthFrom } from '../forecast/truth.ts';
import type { WorkOptions } from '../progress.ts';

/** How forecasts are judged. */
export interface Judging {
  readonly horizonSteps: number;
  /** Experts under this share are left out of the relative error. */
  readonly coldShare: number;
}

/** Forecasts that were made elsewhere, as the LSTM's. */
export interface ForecastAt extends Pick<Forecast, 'blocks' | 'mean'> {
  readonly originStep: number;
}

/** @returns a score a forecast, in their order; null where the trace holds nothing of the horizon */
export function scoresOf(shares: LayerShares, forecasts: readonly ForecastAt[], { horizonSteps, coldShare }: Judging): readonly (Scores | null)[] {
  const truths = new Map(forecasts.map(({ originStep }) => [originStep, truthFrom(shares, originStep, horizonSteps, coldShare)]));
  return forecasts.map((forecast) => {
    const truth = truths.get(forecast.originStep);
    return truth ? judge(truth, forecast).scores : null;
  });
}

/**
 * Fits a forecaster that needs no training at every origin, on what is known there, and judges it.
 * @param others the trace's other layers, for those that learn from them
 * @throws GatecastError `bad-setting`, `cancelled`
 */
export async function scoresOfForecaster(
  shares: LayerShares, others: readonly LayerShares[], id: string, values: ParameterValues, origins: readonly number[], judging: Judging, { signal }: WorkOptions = {},
): Promise<readonly (Scores | null)[]> {
  const forecaster = cheapForecaster(id);
  const forecasts: ForecastAt[] = [];
  for (const originStep of origins) {
    throwIfAborted(signal);
    const model = await forecaster.fit(historyBefore(shares, originStep, forecaster.pools ? others : []), values, { signal });
    forecasts.push({ originStep, ...model.forecast(judging.horizonSteps) });
  }
  return scoresOf(shares, forecasts, judging);
}

/** What even a perfect forecast would err by at an origin; null where the trace holds nothing of the horizon. */
export function floorAt(shares: LayerShares, originStep: number, { horizonSteps, coldShare }: Judging): Scores | null {
  const truth = truthFrom(shares, originStep, horizonSteps, coldShare);
  return truth && noiseFloor(truth).scores;
}

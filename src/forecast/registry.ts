import { GatecastError } from '../errors.ts';
import { arima } from './arima.ts';
import { chosenAverage } from './choose-window.ts';
import { chosenHolt, chosenSmoothing } from './chosen-smoothing.ts';
import { chosenTrend } from './chosen-trend.ts';
import { combination } from './combination.ts';
import type { Forecaster, Parameter } from './contract.ts';
import { dampedHolt } from './damped-holt.ts';
import { exponentialSmoothing } from './exponential-smoothing.ts';
import { lastValue } from './last-value.ts';
import { lstmParameters } from './lstm.ts';
import { ridge } from './ridge.ts';
import { seasonal } from './seasonal.ts';
import { shrunkenTrend } from './shrunken-trend.ts';
import { slidingAverage } from './sliding-average.ts';
import { theta } from './theta.ts';

/** Forecasters that need no training and follow sliders. */
export const cheapForecasters: readonly Forecaster[] = [
  lastValue, slidingAverage, chosenAverage, exponentialSmoothing, chosenSmoothing, dampedHolt, chosenHolt, theta, shrunkenTrend, chosenTrend, arima, seasonal, ridge, combination,
];

/** Rejects with `bad-setting` for an id that no cheap forecaster has. */
export function cheapForecaster(id: string): Forecaster {
  const found = cheapForecasters.find((forecaster) => forecaster.id === id);
  if (found) return found;
  throw new GatecastError({
    code: 'bad-setting',
    where: 'forecaster',
    message: `there is no forecaster "${id}" that needs no training`,
    remedy: `choose one of ${cheapForecasters.map((forecaster) => forecaster.id).join(', ')}`,
  });
}

/** What may be set of a forecaster, of the trained ones too. Rejects with `bad-setting` for an id that there is not. */
export function parametersOf(id: string): readonly Parameter[] {
  if (id === 'lstm') return lstmParameters;
  return id === 'auto' ? [] : cheapForecaster(id).parameters;
}

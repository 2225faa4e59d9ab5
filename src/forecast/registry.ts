import { GatecastError } from '../errors.ts';
import { chosenAverage } from './choose-window.ts';
import type { Forecaster } from './contract.ts';
import { lastValue } from './last-value.ts';
import { slidingAverage } from './sliding-average.ts';

/** Forecasters that need no training and follow sliders. */
export const cheapForecasters: readonly Forecaster[] = [lastValue, slidingAverage, chosenAverage];

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

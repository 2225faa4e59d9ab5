/**
 * Auto: the mean of three forecasts that err differently, an LSTM residual on the bank, an LSTM gate over it, and the bank
 * weighed by its past errors. Where too little is known to train on, and while nothing is trained, the weights alone.
 */
import type { AskedForecast, BankHistory } from './bank-history.ts';
import { lstmParameters, usualLstmValues, type LstmForm, type LstmSettings } from './lstm.ts';
import { meanForecast } from './series/combination.ts';
import { ontoSimplex } from './simplex.ts';

export const autoForms = ['residual', 'gate'] as const satisfies readonly LstmForm[];

/** Settings of the two networks: the usual ones. */
export function autoSettings(form: LstmForm): LstmSettings {
  const usual = Object.fromEntries(lstmParameters.map(({ id, default: value }) => [id, value]));
  return { ...usual, ...usualLstmValues(form) } as unknown as LstmSettings;
}

/**
 * @param trained forecasts of the two networks, `[experts]` each; none where they could not be trained
 * @returns mean shares of the horizon, `[experts]`
 */
export function autoForecast(asked: AskedForecast, trained: readonly Float64Array[]): Float64Array {
  return meanForecast([weighedBank(asked), ...trained]);
}

/** The bank by its past errors, `[experts]`. */
export function weighedBank({ forecasts, weights }: AskedForecast): Float64Array {
  const members = weights.length;
  const experts = forecasts.length / members;
  const mean = Float64Array.from({ length: experts }, (_, expert) => {
    let sum = 0;
    for (let member = 0; member < members; member++) sum += weights[member] * forecasts[expert * members + member];
    return sum;
  });
  return ontoSimplex(mean, experts);
}

/** Of a layer's bank, the part that was asked for a horizon. */
export function askedFor({ asked }: BankHistory, horizonSteps: number): AskedForecast {
  const found = asked.find((one) => one.horizonSteps === horizonSteps);
  if (!found) throw new Error(`the bank was not asked for ${horizonSteps} steps`);
  return found;
}

import { studentBeyond } from './special-functions.ts';

export interface EqualAccuracy {
  /** Mean of the differences; negative where the first forecaster lost less. */
  readonly meanDifference: number;
  /** Student's t with n − 1 degrees of freedom where both are equally accurate; ±Infinity where all differences are the same. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Diebold and Mariano's test (1995) of equal accuracy, with the correction of Harvey, Leybourne and Newbold (1997).
 * Forecasts that overlap have dependent losses: autocovariances up to `overlap − 1` count. By default they are added up
 * as they are, as in R's `forecast::dm.test`; where that makes no positive variance, and on demand, they get Bartlett's
 * falling weights (R goes on as if there were no overlap, which finds differences too easily).
 * @param differences loss of the first forecaster less that of the second, in the order of the origins; NaN is left out
 * @param overlap horizon in units of the distance of origins, rounded up, at least 1
 */
export function dieboldMariano(differences: Float64Array, overlap: number, estimator: 'plain' | 'bartlett' = 'plain'): EqualAccuracy {
  const known = differences.filter(Number.isFinite);
  const n = known.length;
  const mean = n > 0 ? known.reduce((sum, value) => sum + value, 0) / n : 0;
  if (n < 2) return { meanDifference: mean, statistic: 0, pValue: 1 };
  const h = Math.min(n - 1, Math.max(1, Math.ceil(overlap)));
  const plain = estimator === 'plain' ? longRunVariance(known, mean, h, () => 1) : 0;
  const variance = plain > 0 ? plain : longRunVariance(known, mean, h, (lag) => 1 - lag / h);
  if (!(variance > 1e-24 * mean * mean)) {
    return mean === 0 ? { meanDifference: 0, statistic: 0, pValue: 1 } : { meanDifference: mean, statistic: mean * Infinity, pValue: 0 };
  }
  const correction = Math.sqrt((n + 1 - 2 * h + (h * (h - 1)) / n) / n);
  const statistic = (correction * mean) / Math.sqrt(variance / n);
  return { meanDifference: mean, statistic, pValue: studentBeyond(statistic, n - 1) };
}

function longRunVariance(values: Float64Array, mean: number, lags: number, weight: (lag: number) => number): number {
  let sum = 0;
  for (let lag = 0; lag < lags; lag++) {
    let covariance = 0;
    for (let i = lag; i < values.length; i++) covariance += (values[i] - mean) * (values[i - lag] - mean);
    sum += ((lag === 0 ? 1 : 2 * weight(lag)) * covariance) / values.length;
  }
  return sum;
}

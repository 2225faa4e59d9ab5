import { chiSquaredTail } from './chi-squared.ts';

export interface LjungBox {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Of no autocorrelation at all. */
  readonly pValue: number;
}

/**
 * Whether residuals still hold autocorrelation (Ljung and Box 1978): n(n + 2) Σ r²ₖ/(n − k) over the first lags. Missing
 * values, NaN, are passed over pair by pair.
 * @param lags default min(10, n/5), at least 1
 * @param fitted coefficients of the model that the residuals are of; they cost degrees of freedom
 */
export function ljungBox(residuals: Float64Array, lags = defaultLags(residuals), fitted = 0): LjungBox {
  const there = residuals.filter(Number.isFinite);
  const n = there.length;
  const mean = there.reduce((sum, value) => sum + value, 0) / n;
  const variance = autocovariance(residuals, mean, 0);
  let statistic = 0;
  for (let k = 1; k <= lags && k < n; k++) {
    const correlation = variance > 0 ? autocovariance(residuals, mean, k) / variance : 0;
    statistic += (correlation * correlation) / (n - k);
  }
  statistic *= n * (n + 2);
  const degreesOfFreedom = Math.max(1, lags - fitted);
  return { statistic, degreesOfFreedom, pValue: chiSquaredTail(statistic, degreesOfFreedom) };
}

function defaultLags(residuals: Float64Array): number {
  return Math.max(1, Math.min(10, Math.floor(residuals.filter(Number.isFinite).length / 5)));
}

function autocovariance(series: Float64Array, mean: number, lag: number): number {
  let sum = 0;
  let pairs = 0;
  for (let t = lag; t < series.length; t++) {
    const product = (series[t] - mean) * (series[t - lag] - mean);
    if (!Number.isFinite(product)) continue;
    sum += product;
    pairs++;
  }
  return pairs > 0 ? sum / (pairs + lag) : 0;
}

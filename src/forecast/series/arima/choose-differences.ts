import { stl } from '../stl.ts';
import { differenced } from './differences.ts';

/** Of the KPSS statistic about a level at 5 % (Kwiatkowski, Phillips, Schmidt and Shin 1992, table 1). */
const criticalKpss = 0.463;
/** Strength above which a season is differenced away, as `forecast::nsdiffs` has it. */
const strongSeason = 0.64;
/** Cycles that a season may change over, as in `forecast::mstl`. */
const seasonalWindow = 11;

/**
 * KPSS test of stationarity about a level: Σ Sₜ²/(n² s²), S the partial sums of deviations from the mean and s² their
 * long-run variance with Bartlett's weights. Large where the level moves.
 * @param lags default ⌊3√n/13⌋
 */
export function kpss(series: Float64Array, lags = Math.floor((3 * Math.sqrt(series.length)) / 13)): number {
  const n = series.length;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const e = series.map((value) => value - mean);
  let partial = 0;
  let squares = 0;
  for (const value of e) {
    partial += value;
    squares += partial * partial;
  }
  let longRun = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += e[t] * e[t - lag];
    longRun += lag === 0 ? sum : 2 * (1 - lag / (lags + 1)) * sum;
  }
  return squares / (n * longRun);
}

/** Differences until the KPSS test finds the level stationary, at most `most`. */
export function chooseDifferences(series: Float64Array, most: number): number {
  let d = 0;
  for (let rest = series; d < most && varies(rest) && kpss(rest) > criticalKpss; d++) rest = differenced(rest, { d: 1, D: 0, period: 1 });
  return d;
}

/** Whether a season is so strong that it should be differenced away. Not with two cycles or fewer. */
export function hasStrongSeason(series: Float64Array, period: number): boolean {
  return period > 1 && series.length > 2 * period && varies(series) && seasonalStrength(series, period) > strongSeason;
}

/** 1 − Var(remainder)/Var(season + remainder) of an STL, from 0 to 1 (Wang, Smith and Hyndman 2006). */
export function seasonalStrength(series: Float64Array, period: number): number {
  const { seasonal, remainder } = stl(series, { period, seasonalWindow });
  const detrended = remainder.map((value, t) => value + seasonal[t]);
  const whole = variance(detrended);
  return whole > 0 ? Math.max(0, 1 - variance(remainder) / whole) : 0;
}

function variance(series: Float64Array): number {
  const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
  return series.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / series.length;
}

function varies(series: Float64Array): boolean {
  const largest = series.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return series.length > 2 && variance(series) > (1e-9 * largest) ** 2;
}

/** A model of one series, fitted. Horizons are in values of the series, at least 1. Forecasts stay within a reach (`reach.ts`). */
export interface SeriesModel {
  /** Point forecasts of the next `into.length` values. */
  forecast(into: Float64Array): Float64Array;
  /** Forecast of the mean of the next `horizon` values, in closed form. */
  horizonMean(horizon: number): number;
  /** Standard errors of the point forecasts of the next `into.length` values. */
  standardErrors(into: Float64Array): Float64Array;
  /** Takes in the values that came next, without fitting anew; NaN is a missing one. */
  update(values: Float64Array): void;
}

/** A model of one series, fitted. Horizons are in values of the series, at least 1. Forecasts stay within a reach (`reach.ts`). */
export interface SeriesModel {
  /** Point forecasts of the next `into.length` values. */
  forecast(into: Float64Array): Float64Array;
  /** Forecast of the mean of the next `horizon` values, in closed form. */
  horizonMean(horizon: number): number;
  /** Standard errors of the point forecasts of the next `into.length` values. */
  standardErrors(into: Float64Array): Float64Array;
  /**
   * The model at the end of another series, of which the fitted one is the past: coefficients stay, states are those of
   * having run over this series with them. NaN is a missing value; a series without any leaves the model as it is.
   */
  over(series: Float64Array): SeriesModel;
}

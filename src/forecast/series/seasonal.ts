import type { SeriesModel } from './series-model.ts';
import { fitSmoothing, type SmoothingModel } from './smoothing-fit.ts';
import { stl, type StlSettings } from './stl.ts';

/**
 * Forecasts of a seasonal series: STL takes the seasonal part off, damped Holt forecasts the rest, and the last cycle of
 * the seasonal part is added again (R's `stlf` with `etsmodel = "AAN", damped = TRUE`).
 */
export class SeasonalModel implements SeriesModel {
  readonly #settings: StlSettings;
  readonly #rest: SmoothingModel;
  /** Seasonal part of the next values, in order, again and again. */
  readonly #cycle: Float64Array;

  /**
   * Rejects with `bad-setting` a series of two cycles or fewer, or without any value.
   * @param fitted whose smoothing the rest is followed with; without it that is fitted
   */
  constructor(series: Float64Array, settings: StlSettings, fitted?: SeasonalModel) {
    const { seasonal } = stl(series, settings);
    const rest = series.map((value, i) => value - seasonal[i]);
    this.#settings = settings;
    this.#rest = fitted ? fitted.#rest.over(rest) : fitSmoothing(rest, 'damped-holt');
    this.#cycle = seasonal.slice(-settings.period);
  }

  /** Sum of squared one-step errors of the rest so far. */
  get squares(): number {
    return this.#rest.squares;
  }

  forecast(into: Float64Array): Float64Array {
    this.#rest.forecast(into);
    for (let h = 0; h < into.length; h++) into[h] += this.#seasonalAt(h);
    return into;
  }

  horizonMean(horizon: number): number {
    const whole = Math.floor(horizon / this.#cycle.length);
    let sum = whole * this.#cycle.reduce((total, value) => total + value, 0);
    for (let h = whole * this.#cycle.length; h < horizon; h++) sum += this.#seasonalAt(h);
    return this.#rest.horizonMean(horizon) + sum / horizon;
  }

  /** Those of the rest, the cycle taken as known, as `stlf` has them. */
  standardErrors(into: Float64Array): Float64Array {
    return this.#rest.standardErrors(into);
  }

  /** The seasonal part is taken off anew with the same period; of two cycles or fewer there is none to take. */
  over(series: Float64Array): SeasonalModel {
    return series.length > 2 * this.#settings.period && series.some(Number.isFinite) ? new SeasonalModel(series, this.#settings, this) : this;
  }

  #seasonalAt(ahead: number): number {
    return this.#cycle[ahead % this.#cycle.length];
  }
}

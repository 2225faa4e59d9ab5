import { pathMean, pathValues, type DampedPath } from './damped-path.ts';
import { reachOf, type Reach } from './reach.ts';
import type { SeriesModel } from './series-model.ts';
import { fitSmoothing, type SmoothingModel } from './smoothing-fit.ts';

/**
 * The Theta method (Assimakopoulos and Nikolopoulos 2000) in the form of Hyndman and Billah 2003: simple smoothing with
 * half the slope of the least-squares line as its drift, `l + b/2 (h − 1 + (1 − (1 − α)^n) / α)`, as R's `thetaf` has it.
 * (1 − (1 − α)^n) / α is how far the smoothing of a line lags behind it; carried on value by value, it holds with
 * missing values as well.
 */
export class ThetaModel implements SeriesModel {
  readonly #level: SmoothingModel;
  /** Sums of the least-squares line; times count from the first value, values from the first that is there. */
  #origin = NaN;
  #time = 0;
  #count = 0;
  #times = 0;
  #values = 0;
  #timesSquared = 0;
  #products = 0;
  /** How far the smoothing of the times lags behind the next one; 0 before the first value. */
  #lag = 0;
  readonly #reach: Reach;

  /** Rejects with `bad-setting` a series without any value. @param level smoothing of the series; fitted where it is left out */
  constructor(series: Float64Array, level = fitSmoothing(series, 'simple')) {
    this.#level = level;
    this.#reach = reachOf(series);
    this.#takeIn(series);
  }

  get alpha(): number {
    return this.#level.parameters.alpha;
  }

  /** What a forecast adds from one value to the next: half the slope of the least-squares line. */
  get drift(): number {
    const spread = this.#timesSquared - (this.#times * this.#times) / this.#count;
    return spread > 0 ? (this.#products - (this.#times * this.#values) / this.#count) / spread / 2 : 0;
  }

  /** Variance of the one-step errors of the smoothing. */
  get variance(): number {
    return this.#level.variance;
  }

  get #path(): DampedPath {
    return { start: this.#level.state.level + this.drift * (this.#lag - 1), slope: this.drift, phi: 1 };
  }

  forecast(into: Float64Array): Float64Array {
    return pathValues(this.#path, this.#reach, into);
  }

  horizonMean(horizon: number): number {
    return pathMean(this.#path, this.#reach, horizon);
  }

  /** Those of the smoothing, the drift taken as known, as `thetaf` has them. */
  standardErrors(into: Float64Array): Float64Array {
    return this.#level.standardErrors(into);
  }

  /** The line is one of this series. */
  over(series: Float64Array): ThetaModel {
    return series.some(Number.isFinite) ? new ThetaModel(series, this.#level.over(series)) : this;
  }

  #takeIn(values: Float64Array): void {
    const { alpha } = this;
    for (const value of values) {
      const time = this.#time++;
      if (!Number.isFinite(value)) {
        if (this.#count > 0) this.#lag++;
        continue;
      }
      if (this.#count === 0) this.#origin = value;
      this.#lag = 1 + (1 - alpha) * this.#lag;
      const shifted = value - this.#origin;
      this.#count++;
      this.#times += time;
      this.#values += shifted;
      this.#timesSquared += time * time;
      this.#products += time * shifted;
    }
  }
}

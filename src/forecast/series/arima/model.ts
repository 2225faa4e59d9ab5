import { reachOf, within, type Reach } from '../reach.ts';
import type { SeriesModel } from '../series-model.ts';
import { criteriaOf, type Estimate } from './estimate.ts';
import { KalmanFilter } from './kalman.ts';
import { orderName, type Constant, type FullOrder } from './order.ts';
import { prepared } from './prepared.ts';

export interface ArimaCoefficients {
  /** φ₁ …, θ₁ …, Φ₁ …, Θ₁ …, with (1 − φ₁B − …) y = (1 + θ₁B + …) ε. */
  readonly ar: Float64Array;
  readonly ma: Float64Array;
  readonly seasonalAr: Float64Array;
  readonly seasonalMa: Float64Array;
  /** Mean of the series, or drift per observation; 0 without. */
  readonly constant: number;
}

/** A fitted ARIMA model at the end of its series. Standard errors are of the innovations to come; coefficients count as known. */
export class ArimaModel implements SeriesModel {
  readonly order: FullOrder;
  /** "ARIMA(5,1,5)" */
  readonly name: string;
  readonly constant: Constant;
  /** Why the order is simpler than the one asked for; null when it is that one. */
  readonly fallback: string | null;
  readonly coefficients: ArimaCoefficients;
  /** Variance of the innovations, Σ e² / (n − coefficients), as `forecast::Arima` has it. 0 for a series without noise. */
  readonly sigma2: number;
  /** Infinite for a series without noise, and the criteria −Infinity. */
  readonly logLik: number;
  readonly aic: number;
  /** Infinite where there are too few observations for it. */
  readonly aicc: number;
  readonly bic: number;
  /** Numbers estimated: coefficients, constant and variance. */
  readonly parameters: number;
  /** Observations that the likelihood is of: those that are there, less those that differencing uses up. */
  readonly observations: number;
  /** Innovations over the root of their variance factor, as long as the series; NaN in gaps and where differencing begins. */
  readonly residuals: Float64Array;
  readonly #estimate: Estimate;
  readonly #filter: KalmanFilter;
  /** Of (y − level)/scale less its constant part. */
  readonly #state: Float64Array;
  /** Values taken in since the first observation. */
  #length = 0;
  readonly #reach: Reach;

  /** @param series from its first observation on, NaN in gaps, after `skipped` missing values */
  constructor(estimate: Estimate, series: Float64Array, skipped: number, fallback: string | null) {
    const { order, coefficients, constantKind, scale, level, logLik, parameters, observations, variance } = estimate;
    this.#estimate = estimate;
    this.order = order;
    this.name = orderName(order);
    this.constant = constantKind;
    this.fallback = fallback;
    this.coefficients = {
      ar: coefficients.part('ar', 1), ma: coefficients.part('ma', 1),
      seasonalAr: order.period > 1 ? coefficients.part('ar', order.period) : new Float64Array(0),
      seasonalMa: order.period > 1 ? coefficients.part('ma', order.period) : new Float64Array(0),
      constant: scale * estimate.constant + (constantKind === 'mean' ? level : 0),
    };
    this.sigma2 = (variance * scale * scale * observations) / Math.max(1, observations - parameters + 1);
    this.logLik = logLik;
    this.parameters = parameters;
    this.observations = observations;
    const { aic, aicc, bic } = criteriaOf(estimate);
    this.aic = aic;
    this.aicc = aicc;
    this.bic = bic;
    this.#filter = new KalmanFilter(order, coefficients);
    this.#filter.reset();
    this.#state = new Float64Array(this.#filter.dimension);
    this.#reach = reachOf(series);
    this.residuals = new Float64Array(skipped + series.length).fill(NaN);
    for (let t = 0; t < series.length; t++) this.residuals[skipped + t] = this.#take(series[t]);
  }

  over(values: Float64Array): ArimaModel {
    const data = prepared(values);
    return data ? new ArimaModel(this.#estimate, data.series, data.skipped, this.fallback) : this;
  }

  forecast(into: Float64Array): Float64Array {
    this.expected(into);
    for (let k = 0; k < into.length; k++) into[k] = within(this.#reach, into[k]);
    return into;
  }

  horizonMean(horizon: number): number {
    return this.forecast(new Float64Array(horizon)).reduce((sum, value) => sum + value, 0) / horizon;
  }

  standardErrors(into: Float64Array): Float64Array {
    const filter = this.#filter;
    const z = filter.observing();
    // Innovations to come, Σ ψ², beside what the present state is unsure of.
    let later = 0;
    for (let k = 0; k < into.length; k++) {
      into[k] = Math.sqrt(this.sigma2 * (filter.spread(z) + later));
      later += filter.impact(z) ** 2;
      filter.later(z);
    }
    return into;
  }

  /**
   * Standard error of the mean of the next `horizon` values. With z the row that reads a value off the state, c = Σₖ z Tᵏ⁻¹/h
   * and Sⱼ = ψ₀ + … + ψⱼ, the innovation i values ahead moves the mean by S_{h−i}/h, so its variance is
   *   σ² (c P c' + Σ_{i=2}^{h} (S_{h−i}/h)²),
   * where P, the variance of the predicted state, already holds the first innovation. In a settled filter without gaps this
   * is σ²/h² · Σ_{j=0}^{h−1} Sⱼ².
   */
  standardErrorOfMean(horizon: number): number {
    const filter = this.#filter;
    const z = filter.observing();
    const mean = new Float64Array(z.length);
    let cumulative = 0;
    let later = 0;
    for (let k = 0; k < horizon; k++) {
      for (let i = 0; i < z.length; i++) mean[i] += z[i] / horizon;
      cumulative += filter.impact(z);
      // S_k belongs to the innovation that k more values follow; that of all h is in P.
      if (k < horizon - 1) later += (cumulative / horizon) ** 2;
      filter.later(z);
    }
    return Math.sqrt(this.sigma2 * (filter.spread(mean) + later));
  }

  /** Point forecasts without a reach. */
  expected(into: Float64Array): Float64Array {
    const { level, scale } = this.#estimate;
    const state = this.#state.slice();
    for (let k = 0; k < into.length; k++) {
      const expected = this.#filter.predict(state);
      this.#filter.step(state, NaN, false);
      into[k] = level + scale * (expected + this.#constantAt(this.#length + k + 1));
    }
    return into;
  }

  /** Returns the standardised innovation, or NaN. */
  #take(value: number): number {
    const { level, scale } = this.#estimate;
    const filter = this.#filter;
    const observed = Number.isFinite(value);
    const { factor } = filter;
    this.#length++;
    filter.advance(observed);
    const innovation = filter.step(this.#state, (value - level) / scale - this.#constantAt(this.#length), observed);
    return filter.counts ? (scale * innovation) / Math.sqrt(factor) : NaN;
  }

  #constantAt(step: number): number {
    const { constant, constantKind } = this.#estimate;
    return constantKind === 'drift' ? constant * step : constantKind === 'mean' ? constant : 0;
  }
}

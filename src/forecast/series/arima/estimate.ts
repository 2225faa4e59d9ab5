import { factorsOf, type Coefficients } from './coefficients.ts';
import { GapLikelihood } from './gap-likelihood.ts';
import { lostToDifferences, type Constant, type FullOrder } from './order.ts';
import { differencedOf, type Prepared } from './prepared.ts';
import { distinct, nearOptima, type Effort } from './search.ts';
import { finish, Workbench, type Optimum } from './workbench.ts';

/** A model fitted by exact maximum likelihood. The filter runs on (y − level)/scale. */
export interface Estimate {
  readonly order: FullOrder;
  readonly constantKind: Constant;
  /** Set to the estimate. */
  readonly coefficients: Coefficients;
  readonly level: number;
  readonly scale: number;
  /** Of the scaled series: mean, or drift per observation, and the innovations' variance. */
  readonly constant: number;
  readonly variance: number;
  /** Observations less those that differencing uses up. */
  readonly observations: number;
  /** In units of the series. */
  readonly logLik: number;
  /** Coefficients, constant and variance. */
  readonly parameters: number;
}

/** Observations times searches on a series with gaps: they cost ten times as much as on a complete one. */
const gapWork = 4000;
/** Optima that are tried where those before are not admissible. */
const spareOptima = 2;

/**
 * Gaps are filled by straight lines for the search; what it finds is searched again on the series as it is.
 * @param admissible optima for which it is false are passed over
 * @returns null where there is no optimum, or none that is admissible
 */
export function estimate(data: Prepared, order: FullOrder, constantKind: Constant, effort: Effort, admissible: (coefficients: Coefficients) => boolean = () => true): Estimate | null {
  const withConstant = constantKind !== 'none';
  const { series, mean, deviation, size } = differencedOf(data, order);
  const scale = withConstant ? deviation : size;
  if (!(scale > 0)) return null;
  const offset = withConstant ? mean : 0;
  const level = order.d + order.D > 0 ? data.filled[0] : offset;
  const scaled = series.map((value) => (value - offset) / scale);
  const bench = new Workbench(scaled, factorsOf(order), withConstant);
  const { coefficients, likelihood } = bench;
  const gaps = data.observed === data.series.length ? null : new GapLikelihood(data.series.map((value) => (value - level) / scale), constantKind, order, coefficients);
  const objective = gaps ?? likelihood;
  let near = nearOptima(scaled, order, withConstant, bench, effort);
  let { finals } = effort;
  if (gaps) {
    const most = Math.max(1, Math.min(4 * finals, Math.round(gapWork / data.series.length)));
    near = distinct(distinct(near.map(({ x }) => ({ x, value: gaps.value(x) }))).slice(0, most).map(({ x }) => bench.explore(x, gaps)));
    finals = Math.min(finals, most);
  }
  // The value also sets the coefficients, which stay those of the optimum that fits.
  const fits = ({ x }: Optimum): boolean => objective.value(x) < Infinity && admissible(coefficients);
  let optimum = distinct(near.slice(0, finals).map(({ x }) => finish(objective, x))).find(fits);
  for (const { x } of near.slice(finals, finals + spareOptima)) {
    if (optimum) break;
    const spare = finish(objective, x);
    if (fits(spare)) optimum = spare;
  }
  if (!optimum) return null;
  const observations = gaps ? gaps.observations : scaled.length;
  const drift = (likelihood.constant + offset / scale) / (order.D > 0 ? order.period : 1);
  return {
    order, constantKind, coefficients, level, scale, observations,
    constant: gaps ? gaps.constant : constantKind === 'drift' ? drift : likelihood.constant,
    variance: objective.variance,
    logLik: -optimum.value - observations * (0.5 * (1 + Math.log(2 * Math.PI)) + Math.log(scale)),
    parameters: coefficients.count + (withConstant ? 2 : 1),
  };
}

export interface Criteria {
  readonly aic: number;
  /** Infinite where there are too few observations for it. */
  readonly aicc: number;
  readonly bic: number;
}

/** Information criteria, −Infinity for a series without noise. */
export function criteriaOf({ logLik, parameters: k, observations: n }: Pick<Estimate, 'logLik' | 'parameters' | 'observations'>): Criteria {
  const aic = 2 * (k - logLik);
  const correction = n > k + 1 ? (2 * k * (k + 1)) / (n - k - 1) : Infinity;
  return { aic, aicc: logLik === Infinity ? -Infinity : aic + correction, bic: k * Math.log(n) - 2 * logLik };
}

/**
 * Fewest observations that an order can be fitted to: one more than it has numbers to estimate, the variance among them, and
 * as many seasons as it looks back.
 */
export function leastObservations(order: FullOrder, constantKind: Constant): number {
  const { p, q, P, Q, period } = order;
  return lostToDifferences(order) + Math.max(P, Q) * period + p + q + P + Q + (constantKind === 'none' ? 0 : 1) + 2;
}

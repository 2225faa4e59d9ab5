import { GatecastError } from '../../../errors.ts';
import { reachOf } from '../reach.ts';
import { Coefficients, factorsOf } from './coefficients.ts';
import { estimate, leastObservations, type Estimate } from './estimate.ts';
import { ArimaModel } from './model.ts';
import { constantOf, fullOrder, lostToDifferences, orderName, paperOrder, type ArimaOrder, type Constant, type FullOrder } from './order.ts';
import { differencedOf, prepared, type Prepared } from './prepared.ts';
import { quick, thorough } from './search.ts';

export interface ArimaSettings {
  /** Default: (5,1,5), the paper's. */
  readonly order?: ArimaOrder;
  /** A mean without differences, a drift with one. Default: a mean, and no drift. */
  readonly constant?: boolean;
}

/**
 * ARIMA by exact maximum likelihood. NaN and infinite values are missing. A series that is constant, too short or without
 * noise gets a simpler model, and `fallback` says why; whatever the series, forecasts are finite.
 * Throws `bad-setting` for an empty series and for orders that are not whole numbers from 0 on.
 */
export function fitArima(values: Float64Array, { order = paperOrder, constant }: ArimaSettings = {}): ArimaModel {
  const wanted = checkedOrder(order);
  const data = observedOf(values);
  const possible = constantOf(wanted);
  return fitOrSimpler(data, wanted, (constant ?? possible === 'mean') ? possible : 'none');
}

export function observedOf(values: Float64Array): Prepared {
  const data = prepared(values);
  if (!data) {
    throw new GatecastError({ code: 'bad-setting', where: 'series', message: `a series of ${values.length} values, none of them a number, cannot be forecast`, remedy: 'choose an origin after the first step' });
  }
  return data;
}

export function checkedOrder(order: ArimaOrder): FullOrder {
  const full = fullOrder(order);
  for (const [name, value] of Object.entries(full)) {
    if (!(Number.isInteger(value) && value >= 0)) {
      throw new GatecastError({ code: 'bad-setting', where: 'order', message: `${name} = ${value} is no order of an ARIMA model`, remedy: 'choose whole numbers from 0 on' });
    }
  }
  return full;
}

/** The wanted model, or the nearest simpler one that can be fitted and whose forecasts do not run away. */
export function fitOrSimpler(data: Prepared, wanted: FullOrder, constantKind: Constant): ArimaModel {
  const modelOf = (estimate: Estimate, fallback: string | null): ArimaModel => new ArimaModel(estimate, data.series, data.skipped, fallback);
  let fallback: string | null = null;
  let kind = constantKind;
  for (let order = wanted; ; ) {
    const next = simpler(order);
    if (next && data.observed < leastObservations(order, kind)) {
      fallback ??= `${data.observed} observations are too few for ${orderName(wanted)}`;
    } else {
      if (differencedOf(data, order).deviation === 0) return modelOf(withoutNoise(data, order), fallback ?? 'the series has no noise');
      const found: Estimate | null = estimate(data, order, kind, fallback === null ? thorough : quick);
      const model: ArimaModel | null = found && modelOf(found, fallback);
      if (model && !(next && runsAway(model, data.series))) return model;
      fallback ??= model ? `forecasts of ${orderName(wanted)} run away` : `${orderName(wanted)} cannot be fitted`;
    }
    if (!next) return modelOf(withoutNoise(data, order), fallback);
    order = next;
    if (order.d + order.D === 0) kind = 'mean';
    else if (order.d + order.D > 1) kind = 'none';
  }
}

/**
 * Whether expectations bend away: over four lengths of the series they leave its range by far, and more than half as far
 * again as a straight line would. Several roots near 1 extrapolate a bend without end.
 */
export function runsAway(model: ArimaModel, series: Float64Array): boolean {
  const n = series.length;
  const { low, high } = reachOf(series);
  const expected = model.expected(new Float64Array(4 * n));
  const [first, middle, last] = [expected[0], expected[n - 1], expected[4 * n - 1]];
  const far = Math.max(low - last, last - high) > 9 * (high - low);
  return !Number.isFinite(last) || (far && Math.abs(last - first) > 6 * Math.abs(middle - first));
}

/** The order with one number less: seasonal ones first, then the larger of p and q, differences last. */
function simpler(order: FullOrder): FullOrder | null {
  const { p, d, q, P, D, Q } = order;
  if (P + Q > 0) return P > 0 ? { ...order, P: P - 1 } : { ...order, Q: Q - 1 };
  if (p + q > 0) return p >= q ? { ...order, p: p - 1 } : { ...order, q: q - 1 };
  if (D > 0) return { ...order, D: D - 1 };
  return d > 0 ? { ...order, d: d - 1 } : null;
}

/** A level, a straight line or a repeated season: what is left when the differenced series does not vary. */
function withoutNoise(data: Prepared, { d, D, period }: FullOrder): Estimate {
  const order: FullOrder = { p: 0, d, q: 0, P: 0, D, Q: 0, period };
  const constantKind = constantOf(order);
  const { mean } = differencedOf(data, order);
  const coefficients = new Coefficients(factorsOf(order));
  coefficients.set(new Float64Array(0));
  return {
    order, constantKind, coefficients, scale: 1, variance: 0, logLik: Infinity,
    level: constantKind === 'mean' ? mean : data.filled[0],
    constant: constantKind === 'drift' ? mean / (D > 0 ? period : 1) : 0,
    observations: data.observed - lostToDifferences(order), parameters: constantKind === 'none' ? 1 : 2,
  };
}

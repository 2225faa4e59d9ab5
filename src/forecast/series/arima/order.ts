/** What an ARIMA(p,d,q)(P,D,Q)m is made of. */
export interface ArimaOrder {
  /** Autoregressive coefficients. */
  readonly p: number;
  /** Differences taken. */
  readonly d: number;
  /** Moving average coefficients. */
  readonly q: number;
  /** Seasonal counterparts of p, d and q. Default 0. */
  readonly P?: number;
  readonly D?: number;
  readonly Q?: number;
  /** Observations in a season, an integer. Default 1: no season. */
  readonly period?: number;
}

export type FullOrder = Required<ArimaOrder>;

/**
 * `mean`: the series varies about a level, without differences. `drift`: with one difference, it rises by a constant per
 * observation. With two differences there is neither.
 */
export type Constant = 'none' | 'mean' | 'drift';

/** Of arXiv 2404.16914. */
export const paperOrder: ArimaOrder = { p: 5, d: 1, q: 5 };

export function fullOrder({ p, d, q, P = 0, D = 0, Q = 0, period = 1 }: ArimaOrder): FullOrder {
  return period > 1 ? { p, d, q, P, D, Q, period } : { p, d, q, P: 0, D: 0, Q: 0, period: 1 };
}

/** "ARIMA(5,1,5)", "ARIMA(0,1,1)(0,1,1)[12]" */
export function orderName(order: ArimaOrder): string {
  const { p, d, q, P, D, Q, period } = fullOrder(order);
  return `ARIMA(${p},${d},${q})${P + D + Q > 0 ? `(${P},${D},${Q})[${period}]` : ''}`;
}

/** The constant that a model of this order has when it has one. */
export function constantOf({ d, D }: FullOrder): Constant {
  if (d + D === 0) return 'mean';
  return d + D === 1 ? 'drift' : 'none';
}

/** Coefficients that shape the autocorrelation: p + q + P + Q. */
export function shapeCount({ p, q, P, Q }: FullOrder): number {
  return p + q + P + Q;
}

/** Observations that differencing uses up. */
export function lostToDifferences({ d, D, period }: FullOrder): number {
  return d + D * period;
}

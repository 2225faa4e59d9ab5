import type { FullOrder } from './order.ts';

/**
 * Keeps roots off the unit circle, where the variance is infinite. A moving average that belongs there loses under
 * (n · 1e-6)² of its log-likelihood.
 */
export const largestPacf = 1 - 1e-6;

/** A part of one of the two polynomials: 1 − a₁B^lag − a₂B^(2 lag), or without the last term. */
export interface Factor {
  readonly side: 'ar' | 'ma';
  readonly degree: 1 | 2;
  readonly lag: number;
  /** Where its numbers stand in x. */
  readonly at: number;
}

/**
 * From the numbers that are searched to the polynomials of the whole model, without its differences:
 *   1 − Σ phi[i − 1] Bⁱ = φ(B) Φ(Bᵐ),   1 + Σ theta[i − 1] Bⁱ = θ(B) Θ(Bᵐ).
 * Each is a product of real quadratic factors and at most one linear one, and each factor is given by its partial
 * autocorrelations r = tanh x: a₁ = r₁ (1 − r₂), a₂ = r₂. So the model is stationary and invertible whatever x is
 * (Barndorff-Nielsen and Schou 1973; Monahan 1984, who take the whole polynomial at once). By factors, a root that belongs on
 * the unit circle moves there along an axis, and the ridges of nearly cancelling factors are straight: half the iterations.
 */
export class Coefficients {
  readonly factors: readonly Factor[];
  /** Length of x. */
  readonly count: number;
  /** Degrees of the two polynomials. */
  readonly arDegree: number;
  readonly maDegree: number;
  /** The larger degree, at least 1: the length of `phi` and `theta`, zero from their degree on. */
  readonly size: number;
  readonly phi: Float64Array;
  readonly theta: Float64Array;
  /** a₁ and a₂ of every factor, where x has its numbers. */
  readonly values: Float64Array;
  /** Derivatives of the partial autocorrelations with respect to x, and those autocorrelations. */
  readonly #slopes: Float64Array;
  readonly #pacf: Float64Array;
  readonly #ar: Product;
  readonly #ma: Product;
  readonly #valuesBar: Float64Array;

  constructor(factors: readonly Factor[]) {
    this.factors = factors;
    this.count = factors.reduce((count, { degree }) => count + degree, 0);
    this.values = new Float64Array(this.count);
    this.#slopes = new Float64Array(this.count);
    this.#pacf = new Float64Array(this.count);
    this.#valuesBar = new Float64Array(this.count);
    this.#ar = new Product(factors.filter(({ side }) => side === 'ar'));
    this.#ma = new Product(factors.filter(({ side }) => side === 'ma'));
    this.arDegree = this.#ar.degree;
    this.maDegree = this.#ma.degree;
    this.size = Math.max(1, this.arDegree, this.maDegree);
    this.phi = new Float64Array(this.size);
    this.theta = new Float64Array(this.size);
  }

  set(x: Float64Array): void {
    const { values } = this;
    const pacf = this.#pacf;
    for (let i = 0; i < x.length; i++) {
      const tanh = Math.tanh(x[i]);
      pacf[i] = largestPacf * tanh;
      this.#slopes[i] = largestPacf * (1 - tanh * tanh);
    }
    for (const { at, degree } of this.factors) {
      values[at] = degree === 1 ? pacf[at] : pacf[at] * (1 - pacf[at + 1]);
      if (degree === 2) values[at + 1] = pacf[at + 1];
    }
    const ar = this.#ar.set(values);
    for (let i = 1; i <= this.arDegree; i++) this.phi[i - 1] = -ar[i];
    const ma = this.#ma.set(values);
    for (let i = 1; i <= this.maDegree; i++) this.theta[i - 1] = ma[i];
  }

  /** Derivatives with respect to `phi` and `theta`, `[≥ size]`, as those with respect to x. Of the last `set`. */
  pullBack(phiBar: Float64Array, thetaBar: Float64Array, gradient: Float64Array): void {
    this.#ar.pullBack(this.values, phiBar, -1, this.#valuesBar);
    this.#ma.pullBack(this.values, thetaBar, 1, this.#valuesBar);
    this.chain(this.#valuesBar, gradient);
  }

  /** Derivatives with respect to `values` as those with respect to x. Of the last `set`; may be in place. */
  chain(valuesBar: Float64Array, gradient: Float64Array): void {
    const pacf = this.#pacf;
    for (const { at, degree } of this.factors) {
      const bar = valuesBar[at];
      if (degree === 1) {
        gradient[at] = bar * this.#slopes[at];
        continue;
      }
      gradient[at + 1] = (valuesBar[at + 1] - bar * pacf[at]) * this.#slopes[at + 1];
      gradient[at] = bar * (1 - pacf[at + 1]) * this.#slopes[at];
    }
  }

  /** Coefficients of one of φ, θ, Φ and Θ: those of lags `lag`, 2 `lag` …, with the signs of their definition. */
  part(side: Factor['side'], lag: number): Float64Array {
    const product = new Product(this.factors.filter((factor) => factor.side === side && factor.lag === lag));
    const polynomial = product.set(this.values);
    return Float64Array.from({ length: product.degree / lag }, (_, i) => (side === 'ar' ? -1 : 1) * polynomial[(i + 1) * lag]);
  }
}

/** The product of some factors, `[degree + 1]`. */
class Product {
  readonly degree: number;
  readonly #factors: readonly Factor[];
  /** Of the first 0, 1, … factors. */
  readonly #partial: readonly Float64Array[];
  readonly #bar: Float64Array;

  constructor(factors: readonly Factor[]) {
    this.#factors = factors;
    let degree = 0;
    const partial = [Float64Array.of(1)];
    for (const factor of factors) partial.push(new Float64Array((degree += factor.degree * factor.lag) + 1));
    this.degree = degree;
    this.#partial = partial;
    this.#bar = new Float64Array(degree + 1);
  }

  set(values: Float64Array): Float64Array {
    for (const [k, { at, degree, lag }] of this.#factors.entries()) {
      const from = this.#partial[k];
      const to = this.#partial[k + 1];
      to.fill(0);
      for (let i = 0; i < from.length; i++) {
        to[i] += from[i];
        to[i + lag] -= values[at] * from[i];
        if (degree === 2) to[i + 2 * lag] -= values[at + 1] * from[i];
      }
    }
    return this.#partial[this.#factors.length];
  }

  /** @param bar derivatives with respect to lags 1 … of the product, times `sign` */
  pullBack(values: Float64Array, bar: Float64Array, sign: number, valuesBar: Float64Array): void {
    const room = this.#bar;
    for (let i = 1; i <= this.degree; i++) room[i] = sign * bar[i - 1];
    for (let k = this.#factors.length - 1; k >= 0; k--) {
      const { at, degree, lag } = this.#factors[k];
      const from = this.#partial[k];
      const second = degree === 2 ? values[at + 1] : 0;
      let firstBar = 0;
      let secondBar = 0;
      for (let i = 0; i < from.length; i++) {
        firstBar -= room[i + lag] * from[i];
        if (degree === 2) secondBar -= room[i + 2 * lag] * from[i];
        room[i] -= values[at] * room[i + lag];
        if (degree === 2) room[i] -= second * room[i + 2 * lag];
      }
      valuesBar[at] = firstBar;
      if (degree === 2) valuesBar[at + 1] = secondBar;
    }
  }
}

/**
 * The factors of a model, in the order in which a search adds them: seasonal ones, linear ones, quadratic ones of the side
 * that has more of them, then pairs of one on each side.
 */
export function factorsOf({ p, q, P, Q, period }: FullOrder): Factor[] {
  const factors: Factor[] = [];
  let at = 0;
  const add = (side: Factor['side'], degree: 1 | 2, lag: number): void => {
    factors.push({ side, degree, lag, at });
    at += degree;
  };
  for (const [side, seasonal] of [['ar', P], ['ma', Q]] as const) {
    if (seasonal % 2 === 1) add(side, 1, period);
    for (let i = 2; i <= seasonal; i += 2) add(side, 2, period);
  }
  if (p % 2 === 1) add('ar', 1, 1);
  if (q % 2 === 1) add('ma', 1, 1);
  const pairs = Math.min(p >> 1, q >> 1);
  for (let i = pairs; i < p >> 1; i++) add('ar', 2, 1);
  for (let i = pairs; i < q >> 1; i++) add('ma', 2, 1);
  for (let i = 0; i < pairs; i++) {
    add('ar', 2, 1);
    add('ma', 2, 1);
  }
  return factors;
}

import { solveDamped } from '../cholesky.ts';
import type { Coefficients } from './coefficients.ts';

/** Gauss–Newton steps of the conditional fit; the exact one goes on from there. */
const steps = 12;

/**
 * Conditional sum of squares: innovations e as if all before the series were 0 (Box and Jenkins). Its derivatives are those
 * innovations through the inverse of the factor in question, ∂e/∂φᵢ = −Bⁱ φ(B)⁻¹ e and ∂e/∂θᵢ = −Bⁱ θ(B)⁻¹ e, seasonal
 * ones alike, so one pass gives the Gauss–Newton matrix: the start of the search, and its scale.
 */
export class ConditionalFit {
  readonly #series: Float64Array;
  readonly #coefficients: Coefficients;
  readonly #e: Float64Array;
  /** Derivatives of e with respect to the factors' coefficients, negated, `[count][n]`, and their products. */
  readonly #columns: readonly Float64Array[];
  readonly #raw: Float64Array;
  readonly #from: number;
  /** Gauss–Newton matrix of the log-likelihood `[count][count]`, and its slope, of the last `information`. */
  readonly matrix: Float64Array;
  readonly slope: Float64Array;

  /** @param series centred */
  constructor(series: Float64Array, coefficients: Coefficients) {
    const n = series.length;
    const { count, arDegree } = coefficients;
    this.#series = series;
    this.#coefficients = coefficients;
    this.#e = new Float64Array(n);
    this.#columns = Array.from({ length: count }, () => new Float64Array(n));
    this.#raw = new Float64Array(count * count);
    this.#from = Math.min(arDegree, n >> 2);
    this.matrix = new Float64Array(count * count);
    this.slope = new Float64Array(count);
  }

  /** Mean of squared innovations. */
  value(x: Float64Array): number {
    this.#coefficients.set(x);
    const { phi, theta, arDegree, maDegree } = this.#coefficients;
    const w = this.#series;
    const e = this.#e;
    const n = w.length;
    let sum = 0;
    for (let t = 0; t < n; t++) {
      let value = w[t];
      for (let i = Math.min(t, arDegree); i >= 1; i--) value -= phi[i - 1] * w[t - i];
      for (let i = Math.min(t, maDegree); i >= 1; i--) value -= theta[i - 1] * e[t - i];
      e[t] = value;
      if (t >= this.#from) sum += value * value;
    }
    return sum / (n - this.#from);
  }

  /** Sets `matrix` and `slope` at the x of the last `value`, which was `variance`. */
  information(variance: number): void {
    const { count, factors, values } = this.#coefficients;
    const e = this.#e;
    const columns = this.#columns;
    for (const { side, degree, lag, at } of factors) {
      throughInverse(e, values[at], degree === 2 ? values[at + 1] : 0, lag, side === 'ar' ? 1 : -1, columns[at]);
      if (degree === 2) delayed(columns[at], lag, columns[at + 1]);
    }
    const raw = this.#raw;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) raw[i * count + j] = raw[j * count + i] = dot(columns[i], columns[j], this.#from) / variance;
      this.slope[i] = -dot(columns[i], e, this.#from) / variance;
    }
    this.#coefficients.chain(this.slope, this.slope);
    // J' A J: derivatives of each row, then of each row of what that leaves, turned.
    for (const [from, to] of [[raw, this.matrix], [this.matrix, raw]] as const) {
      for (let i = 0; i < count; i++) {
        const row = from.subarray(i * count, (i + 1) * count);
        this.#coefficients.chain(row, row);
        for (let j = 0; j < count; j++) to[j * count + i] = row[j];
      }
    }
    this.matrix.set(raw);
  }

  /** Improves x in place by damped Gauss–Newton steps (Levenberg and Marquardt). */
  improve(x: Float64Array): void {
    const { count } = this.#coefficients;
    const step = new Float64Array(count);
    const tried = new Float64Array(count);
    const room = new Float64Array(count * count);
    let damping = 1e-3;
    let best = this.value(x);
    for (let i = 0; i < steps && best > 0; i++) {
      this.information(best);
      let value = Infinity;
      for (; value >= best && damping < 1e4; damping *= 10) {
        if (!solveDamped(this.matrix, this.slope, damping, room, step)) continue;
        const length = Math.min(1, 1 / step.reduce((longest, part) => Math.max(longest, Math.abs(part)), 0));
        for (let j = 0; j < count; j++) tried[j] = x[j] - length * step[j];
        value = this.value(tried);
      }
      if (!(value < best)) return;
      damping /= 100;
      x.set(tried);
      const gain = best - value;
      best = value;
      if (gain < 1e-5 * best) return;
    }
  }
}

/** sign · B^lag (1 − a₁B^lag − a₂B^(2 lag))⁻¹ e */
function throughInverse(e: Float64Array, first: number, second: number, lag: number, sign: number, into: Float64Array): void {
  into.fill(0, 0, lag);
  for (let t = lag; t < e.length; t++) {
    into[t] = sign * e[t - lag] + first * into[t - lag];
    if (t >= 2 * lag) into[t] += second * into[t - 2 * lag];
  }
}

function delayed(from: Float64Array, lag: number, into: Float64Array): void {
  into.fill(0, 0, lag);
  into.set(from.subarray(0, from.length - lag), lag);
}

function dot(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let t = from; t < a.length; t++) sum += a[t] * b[t];
  return sum;
}

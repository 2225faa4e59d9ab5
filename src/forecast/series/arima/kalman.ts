import type { Coefficients } from './coefficients.ts';
import { differenceWeights } from './differences.ts';
import type { FullOrder } from './order.ts';
import { StationaryStart } from './stationary-start.ts';

/** Variance of a value before the series began, in units of σ²; as good as unknown. */
const diffuse = 1e6;
/** An innovation with more variance than this still learns where the series began, and says nothing of the model. */
const learning = 1e4;
/** When no variance moves by more than this, the filter is settled. */
const settled = 1e-10;

/**
 * The Kalman filter of an ARIMA series with gaps. The state is Harvey's (1989): the ARMA part α,
 *   α'[i] = α[i + 1] + φᵢ₊₁ α[0] + θᵢ ε   (θ₀ = 1),
 * followed by the last d + D·m values of y, with y = α[0] + Σ δⱼ yₜ₋ⱼ. States and variances are predictions, before the next
 * observation. Variances do not depend on the values, so one filter serves several series with the same gaps; where they do
 * not move any more, a step costs O(dimension).
 */
export class KalmanFilter {
  readonly dimension: number;
  /** Length of α. */
  readonly armaSize: number;
  /** Of the next innovation, in units of σ². */
  factor = 0;
  /** Of the last `advance`: whether the innovation counts in the likelihood, and whether nothing but states had to move. */
  counts = false;
  rested = false;
  /** P, `[dimension][dimension]`, in units of σ². */
  variance: Float64Array;
  readonly #coefficients: Coefficients;
  readonly #start: StationaryStart;
  /** R: (1, θ) as far as α goes, then 0; φ as far as α goes. As they were at the last `reset`. */
  readonly load: Float64Array;
  readonly #phi: Float64Array;
  readonly #weights: Float64Array;
  /** Lags whose weight is not 0, from 0. */
  readonly #weighted: Int32Array;
  /** Of the last `advance`: T P Z'/F, or 0 for a gap. */
  readonly gain: Float64Array;
  /** P Z' */
  readonly seen: Float64Array;
  /** T P Z' of the last `advance`. */
  readonly #moved: Float64Array;
  #next: Float64Array;
  #settled = false;
  #unknown = 0;

  constructor(order: FullOrder, coefficients: Coefficients) {
    this.#coefficients = coefficients;
    this.#start = new StationaryStart(coefficients);
    this.#weights = differenceWeights(order);
    this.#weighted = Int32Array.from([...this.#weights.keys()].filter((lag) => this.#weights[lag] !== 0));
    this.armaSize = Math.max(1, coefficients.arDegree, coefficients.maDegree + 1);
    this.dimension = this.armaSize + this.#weights.length;
    const vector = (): Float64Array => new Float64Array(this.dimension);
    this.#phi = new Float64Array(this.armaSize);
    this.load = vector();
    this.gain = vector();
    this.seen = vector();
    this.#moved = vector();
    this.variance = new Float64Array(this.dimension * this.dimension);
    this.#next = new Float64Array(this.dimension * this.dimension);
  }

  /** Before the first observation, with the coefficients as they are now. False where the variance cannot be computed. */
  reset(): boolean {
    if (!this.#start.set()) return false;
    const { variance: gamma, gain } = this.#start;
    const { dimension: n, armaSize: r, variance } = this;
    const phi = this.#phi;
    const load = this.load;
    phi.set(this.#coefficients.phi.subarray(0, r));
    load[0] = 1;
    load.set(this.#coefficients.theta.subarray(0, r - 1), 1);
    variance.fill(0);
    variance[0] = gamma;
    for (let i = 1; i < r; i++) variance[i * n] = variance[i] = gamma * (gain[i - 1] - phi[i - 1]);
    for (let i = r - 1; i >= 1; i--) {
      for (let j = i; j >= 1; j--) {
        let sum = phi[i] * phi[j] * gamma + load[i] * load[j];
        if (j + 1 < r) sum += phi[i] * variance[j + 1];
        if (i + 1 < r) sum += phi[j] * variance[i + 1] + variance[(i + 1) * n + j + 1];
        variance[i * n + j] = variance[j * n + i] = sum;
      }
    }
    for (let i = r; i < n; i++) variance[i * (n + 1)] = diffuse;
    this.#unknown = n - r;
    this.#settled = false;
    this.#see();
    return true;
  }

  /** Moves the variances over the next observation, or over a gap. Afterwards `step` every state. */
  advance(observed: boolean): void {
    this.counts = observed && !(this.#unknown > 0 && this.factor > learning);
    if (observed && !this.counts) this.#unknown--;
    this.rested = this.#settled && observed;
    if (this.rested) return;
    this.move(this.seen, this.#moved);
    const inverse = observed ? 1 / this.factor : 0;
    for (let i = 0; i < this.dimension; i++) this.gain[i] = this.#moved[i] * inverse;
    const change = this.#moveVariance();
    this.#settled = observed && change < settled;
    this.#see();
  }

  /** Innovation of the next value; moves a state over it, which ignores the value in a gap. Call after `advance`. */
  step(state: Float64Array, value: number, observed: boolean): number {
    const { dimension: n, armaSize: r } = this;
    const phi = this.#phi;
    const gain = this.gain;
    const expected = this.predict(state);
    const innovation = observed ? value - expected : 0;
    const first = state[0];
    for (let i = 0; i < r - 1; i++) state[i] = state[i + 1] + phi[i] * first + gain[i] * innovation;
    state[r - 1] = phi[r - 1] * first + gain[r - 1] * innovation;
    for (let i = n - 1; i > r; i--) state[i] = state[i - 1] + gain[i] * innovation;
    if (n > r) state[r] = observed ? value : expected;
    return innovation;
  }

  /** What a state expects of the next value. */
  predict(state: Float64Array): number {
    let sum = state[0];
    for (const lag of this.#weighted) sum += this.#weights[lag] * state[this.armaSize + lag];
    return sum;
  }

  /** T x */
  move(x: Float64Array, into: Float64Array): void {
    const { dimension: n, armaSize: r } = this;
    for (let i = 0; i < r; i++) into[i] = (i + 1 < r ? x[i + 1] : 0) + this.#phi[i] * x[0];
    if (n > r) into[r] = this.predict(x);
    for (let i = r + 1; i < n; i++) into[i] = x[i - 1];
  }

  /** z T in place of z, a row that stands `at` a place of its array: what reads a value off the state reads the next one. */
  later(z: Float64Array, at = 0): void {
    const { dimension: n, armaSize: r } = this;
    const level = n > r ? z[at + r] : 0;
    let first = level;
    for (let i = 0; i < r; i++) first += z[at + i] * this.#phi[i];
    for (let i = r - 1; i >= 1; i--) z[at + i] = z[at + i - 1];
    z[at] = first;
    for (let i = r; i < n; i++) z[at + i] = level * this.#weights[i - r] + (i + 1 < n ? z[at + i + 1] : 0);
  }

  /**
   * Adjoint of `reset`: adds what comes from the derivative with respect to P, `bar`, `[dimension][dimension]` and symmetric,
   * to those with respect to φ and (1, θ), `[> size]`.
   * @param bar used up
   */
  resetAdjoint(bar: Float64Array, phiBar: Float64Array, loadBar: Float64Array): void {
    const { dimension: n, armaSize: r } = this;
    const { variance: gamma, gain } = this.#start;
    const phi = this.#phi;
    const load = this.load;
    const first = (i: number): number => (i < r ? gamma * (gain[i - 1] - phi[i - 1]) : 0);
    const gainBar = new Float64Array(gain.length);
    let gammaBar = bar[0];
    for (let i = 1; i < r; i++) {
      for (let j = 1; j <= i; j++) {
        const one = i === j ? bar[i * (n + 1)] : bar[i * n + j] + bar[j * n + i];
        phiBar[i] += one * (phi[j] * gamma + first(j + 1));
        phiBar[j] += one * (phi[i] * gamma + first(i + 1));
        gammaBar += one * phi[i] * phi[j];
        loadBar[i] += one * load[j];
        loadBar[j] += one * load[i];
        if (j + 1 < r) bar[j + 1] += one * phi[i];
        if (i + 1 === r) continue;
        bar[i + 1] += one * phi[j];
        bar[(i + 1) * n + j + 1] += one;
      }
    }
    for (let i = 1; i < r; i++) {
      const one = bar[i] + bar[i * n];
      gainBar[i - 1] += one * gamma;
      phiBar[i - 1] -= one * gamma;
      gammaBar += one * (gain[i - 1] - phi[i - 1]);
    }
    this.#start.pullBack(gammaBar, gainBar, phiBar, loadBar.subarray(1));
  }

  /** Z, the row that turns a state into the next value. */
  observing(): Float64Array {
    const z = new Float64Array(this.dimension);
    z[0] = 1;
    z.set(this.#weights, this.armaSize);
    return z;
  }

  /** z · P · z' in units of σ². */
  spread(z: Float64Array): number {
    const { dimension: n, variance } = this;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      if (z[i] === 0) continue;
      let row = 0;
      for (let j = 0; j < n; j++) row += variance[i * n + j] * z[j];
      sum += z[i] * row;
    }
    return Math.max(0, sum);
  }

  /** z · R: what an innovation adds to z · α. */
  impact(z: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < this.armaSize; i++) sum += z[i] * this.load[i];
    return sum;
  }

  /** P' = T P T' + R R' less what was observed; returns the largest change. */
  #moveVariance(): number {
    const { dimension: n, armaSize: r, variance: old } = this;
    const next = this.#next;
    const seen = this.seen;
    const moved = this.#moved;
    const gain = this.gain;
    const phi = this.#phi;
    const load = this.load;
    let change = 0;
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        let sum = 0;
        if (j < r) {
          sum = phi[i] * (phi[j] * old[0] + (j + 1 < r ? old[j + 1] : 0)) + load[i] * load[j];
          if (i + 1 < r) sum += phi[j] * old[i + 1] + (j + 1 < r ? old[(i + 1) * n + j + 1] : 0);
        } else if (j === r) {
          sum = moved[i];
        } else if (i < r) {
          sum = phi[i] * old[j - 1] + (i + 1 < r ? old[(i + 1) * n + j - 1] : 0);
        } else {
          sum = i === r ? seen[j - 1] : old[(i - 1) * n + j - 1];
        }
        sum -= gain[i] * moved[j];
        change = Math.max(change, Math.abs(sum - old[i * n + j]));
        next[i * n + j] = next[j * n + i] = sum;
      }
    }
    this.variance = next;
    this.#next = old;
    return change;
  }

  #see(): void {
    const { dimension: n, armaSize: r, variance } = this;
    const seen = this.seen;
    for (let i = 0; i < n; i++) {
      let sum = variance[i * n];
      for (const lag of this.#weighted) sum += this.#weights[lag] * variance[i * n + r + lag];
      seen[i] = sum;
    }
    this.factor = this.predict(seen);
  }
}

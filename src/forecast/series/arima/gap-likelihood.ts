import type { Objective } from './bfgs.ts';
import type { Coefficients } from './coefficients.ts';
import { KalmanFilter } from './kalman.ts';
import { smallestVariance } from './likelihood.ts';
import type { Constant, FullOrder } from './order.ts';

/**
 * Exact likelihood of a series with gaps, by the Kalman filter on the series itself, so that what is known on both sides of
 * a gap counts. Without gaps it is that of `Likelihood`, at several times the cost. The gradient is its exact adjoint, for
 * which P Z' and the first column of P are kept of every step that moved the variances.
 */
export class GapLikelihood implements Objective {
  /** Of the last `value`: the constant (per observation, where it is a drift) and the innovations' variance. */
  constant = 0;
  variance = 0;
  /** Observations that count: those that are there, less those that differencing uses up. */
  observations = 0;
  readonly #series: Float64Array;
  readonly #kind: Constant;
  readonly #coefficients: Coefficients;
  readonly #filter: KalmanFilter;
  readonly #state: Float64Array;
  readonly #constantState: Float64Array;
  /** Innovations and first states, of the series and of the constant. */
  readonly #v: Float64Array;
  readonly #u: Float64Array;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #factor: Float64Array;
  readonly #counts: Uint8Array;
  /** The step whose gain each step used: itself, or the last one that moved the variances. */
  readonly #gainOf: Int32Array;
  /** `[n][dimension]` */
  readonly #seen: Float64Array;
  readonly #first: Float64Array;
  readonly #phiBar: Float64Array;
  readonly #loadBar: Float64Array;
  readonly #room: readonly Float64Array[];
  #varianceBar: Float64Array;
  #transposed: Float64Array;

  /** @param series NaN in gaps, near 0, in units of about its innovations' deviation */
  constructor(series: Float64Array, kind: Constant, order: FullOrder, coefficients: Coefficients) {
    const n = series.length;
    this.#series = series;
    this.#kind = kind;
    this.#coefficients = coefficients;
    this.#filter = new KalmanFilter(order, coefficients);
    const { dimension } = this.#filter;
    const vector = (): Float64Array => new Float64Array(dimension);
    this.#state = vector();
    this.#constantState = vector();
    this.#v = new Float64Array(n);
    this.#u = new Float64Array(n);
    this.#a = new Float64Array(n);
    this.#b = new Float64Array(n);
    this.#factor = new Float64Array(n);
    this.#counts = new Uint8Array(n);
    this.#gainOf = new Int32Array(n);
    this.#seen = new Float64Array(n * dimension);
    this.#first = new Float64Array(n * dimension);
    this.#phiBar = new Float64Array(coefficients.size + 1);
    this.#loadBar = new Float64Array(coefficients.size + 2);
    this.#room = Array.from({ length: 5 }, vector);
    this.#varianceBar = new Float64Array(dimension * dimension);
    this.#transposed = new Float64Array(dimension * dimension);
  }

  /** As `Likelihood.value`, with n the observations that count. */
  value(x: Float64Array): number {
    this.#coefficients.set(x);
    const filter = this.#filter;
    if (!filter.reset()) return Infinity;
    const { dimension } = filter;
    const series = this.#series;
    const state = this.#state.fill(0);
    const constantState = this.#constantState.fill(0);
    let n = 0;
    let logs = 0;
    let vv = 0;
    let uv = 0;
    let uu = 0;
    for (let t = 0; t < series.length; t++) {
      const observed = !Number.isNaN(series[t]);
      const { factor } = filter;
      this.#factor[t] = factor;
      this.#a[t] = state[0];
      this.#b[t] = constantState[0];
      this.#seen.set(filter.seen, t * dimension);
      for (let i = 0; i < dimension; i++) this.#first[t * dimension + i] = filter.variance[i];
      filter.advance(observed);
      this.#gainOf[t] = filter.rested ? this.#gainOf[t - 1] : t;
      const v = filter.step(state, series[t], observed);
      const u = this.#kind === 'none' ? 0 : filter.step(constantState, this.#kind === 'mean' ? 1 : t + 1, observed);
      this.#v[t] = v;
      this.#u[t] = u;
      this.#counts[t] = filter.counts ? 1 : 0;
      if (!filter.counts) continue;
      n++;
      logs += Math.log(factor);
      vv += (v * v) / factor;
      uv += (u * v) / factor;
      uu += (u * u) / factor;
    }
    this.observations = n;
    this.constant = uu > 0 ? uv / uu : 0;
    this.variance = Math.max(smallestVariance, (vv - this.constant * uv) / n);
    const value = 0.5 * (n * Math.log(this.variance) + logs);
    return Number.isNaN(value) ? Infinity : value;
  }

  gradient(into: Float64Array): void {
    const filter = this.#filter;
    const { dimension, armaSize } = filter;
    const phiBar = this.#phiBar.fill(0);
    const loadBar = this.#loadBar.fill(0);
    this.#varianceBar.fill(0);
    const [stateBar, gainBar, moved] = this.#room;
    stateBar.fill(0);
    gainBar.fill(0);
    const z = filter.observing();
    let factorBar = 0;
    for (let t = this.#series.length - 1; t >= 0; t--) {
      const gainAt = this.#gainOf[t];
      const moves = gainAt === t;
      // Steps since then used the variance that this one left.
      if (moves) this.#addToVariance(z, z, factorBar / 2);
      if (moves) factorBar = 0;
      filter.move(this.#seen.subarray(gainAt * dimension, (gainAt + 1) * dimension), moved);
      const v = this.#v[t] - this.constant * this.#u[t];
      const first = this.#a[t] - this.constant * this.#b[t];
      const observed = !Number.isNaN(this.#series[t]);
      let vBar = 0;
      if (observed) {
        for (let i = 0; i < dimension; i++) {
          vBar += (stateBar[i] * moved[i]) / this.#factor[gainAt];
          gainBar[i] += stateBar[i] * v;
        }
      }
      for (let i = 0; i < armaSize; i++) phiBar[i] += stateBar[i] * first;
      if (this.#counts[t] === 1) {
        const scaled = v / (this.variance * this.#factor[t]);
        vBar += scaled;
        factorBar += (0.5 * (1 - v * scaled)) / this.#factor[t];
      }
      if (moves) {
        this.#advanceAdjoint(t, observed, factorBar, z);
        factorBar = 0;
      }
      filter.later(stateBar);
      for (let i = 0; i < dimension; i++) stateBar[i] -= z[i] * vBar;
    }
    filter.resetAdjoint(this.#varianceBar, phiBar, loadBar);
    this.#coefficients.pullBack(phiBar, loadBar.subarray(1), into);
  }

  /** Back through `advance`: from the variance and the gain after step t to the variance before it. */
  #advanceAdjoint(t: number, observed: boolean, factorBar: number, z: Float64Array): void {
    const { dimension: n, armaSize, load } = this.#filter;
    const [, gainBar, moved, firstMoved, seenBar] = this.#room;
    const variance = this.#varianceBar;
    const factor = this.#factor[t];
    this.#filter.move(this.#first.subarray(t * n, (t + 1) * n), firstMoved);
    let factorLeft = factorBar;
    for (let i = 0; i < n; i++) {
      let byFirst = 0;
      let byLoad = 0;
      let byMoved = 0;
      for (let j = 0, at = i * n; j < n; j++, at++) {
        byFirst += variance[at] * firstMoved[j];
        byLoad += variance[at] * load[j];
        byMoved += variance[at] * moved[j];
      }
      seenBar[i] = (gainBar[i] - 2 * byMoved) / factor;
      factorLeft += (moved[i] * (byMoved - gainBar[i])) / (factor * factor);
      if (i >= armaSize) continue;
      this.#phiBar[i] += 2 * byFirst + (observed ? seenBar[i] * this.#seen[t * n] : 0);
      this.#loadBar[i] += 2 * byLoad;
    }
    this.#carryVariance();
    if (observed) {
      this.#filter.later(seenBar);
      for (let i = 0; i < n; i++) seenBar[i] += z[i] * factorLeft;
      this.#addToVariance(seenBar, z, 0.5);
    }
    gainBar.fill(0);
  }

  /** T' P̄ T */
  #carryVariance(): void {
    const n = this.#filter.dimension;
    for (let turn = 0; turn < 2; turn++) {
      const from = this.#varianceBar;
      const to = this.#transposed;
      for (let i = 0; i < n; i++) {
        this.#filter.later(from, i * n);
        for (let j = 0; j < n; j++) to[j * n + i] = from[i * n + j];
      }
      this.#varianceBar = to;
      this.#transposed = from;
    }
  }

  /** P̄ += weight · (c z' + z c') */
  #addToVariance(c: Float64Array, z: Float64Array, weight: number): void {
    const n = c.length;
    if (weight === 0) return;
    for (let i = 0; i < n; i++) {
      if (c[i] === 0 && z[i] === 0) continue;
      for (let j = 0; j < n; j++) this.#varianceBar[i * n + j] += weight * (c[i] * z[j] + z[i] * c[j]);
    }
  }
}

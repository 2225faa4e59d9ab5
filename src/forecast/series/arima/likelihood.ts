import type { Coefficients } from './coefficients.ts';
import { StationaryStart } from './stationary-start.ts';

/** When the length of L is under this, the gain counts as settled: what is left to come is of the order of its square. */
const settled = 1e-6;

/** A perfect fit ends here, in units of the series' variance. */
export const smallestVariance = 1e-14;

/**
 * Exact Gaussian likelihood of a complete ARMA series, with its gradient, at a cost of O(n · size).
 *
 * One step of the filter in innovations form, with the prediction a of the next `size` values:
 *   v = w − a[0],   a'[i] = a[i + 1] + φᵢ w + (Kᵢ − φᵢ) v,   Var v = σ² F.
 * For a stationary process Pₜ₊₁ − Pₜ = −Fₜ L L' has rank one (Morf, Sidhu and Kailath 1974; Pearlman 1980), so K and F move
 * on without a covariance matrix. With ℓ = L[0] and G[i] = L[i + 1] + φᵢ ℓ,
 *   K' = (K − ℓG)/(1 − ℓ²),   L' = (G − ℓK)/(1 − ℓ²),   F' = F (1 − ℓ²),   L = K at the start;
 * ℓ is a partial autocorrelation of the innovations, and once L has died away K and F stay as they are.
 *
 * A constant is profiled out by generalised least squares (its innovations u come from the same filter), and so is σ².
 * The gradient is the exact adjoint of this recursion, so that it costs about as much as two more values, however many
 * coefficients there are.
 */
export class Likelihood {
  /** Of the last `value`: the constant, and the innovations' variance (maximum likelihood). */
  constant = 0;
  variance = 0;
  readonly #series: Float64Array;
  readonly #withConstant: boolean;
  readonly #coefficients: Coefficients;
  readonly #start: StationaryStart;
  /** Innovations of the series and of a constant 1, and their variance factors. */
  readonly #v: Float64Array;
  readonly #u: Float64Array;
  readonly #factor: Float64Array;
  /** K and L before each observation until they settle, `[n + 1][size + 1]`; the last column of L stays 0. */
  readonly #gains: Float64Array;
  readonly #changes: Float64Array;
  #settledAt = 0;
  /** Predictions of both, and adjoints, `[size + 1]`. */
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #gainBar: Float64Array;
  readonly #changeBar: Float64Array;
  readonly #phiBar: Float64Array;
  readonly #thetaBar: Float64Array;

  /** @param series differenced and complete, in units of about its standard deviation */
  constructor(series: Float64Array, coefficients: Coefficients, withConstant: boolean) {
    const n = series.length;
    const width = coefficients.size + 1;
    this.#series = series;
    this.#withConstant = withConstant;
    this.#coefficients = coefficients;
    this.#start = new StationaryStart(coefficients);
    this.#v = new Float64Array(n);
    this.#u = new Float64Array(n);
    this.#factor = new Float64Array(n);
    this.#gains = new Float64Array((n + 1) * width);
    this.#changes = new Float64Array((n + 1) * width);
    this.#a = new Float64Array(width);
    this.#b = new Float64Array(width);
    this.#gainBar = new Float64Array(width);
    this.#changeBar = new Float64Array(width);
    this.#phiBar = new Float64Array(width);
    this.#thetaBar = new Float64Array(width);
  }

  /** −log-likelihood less its fixed part, n/2 (1 + log 2π). Infinity where it cannot be computed. */
  value(x: Float64Array): number {
    this.#coefficients.set(x);
    if (!this.#start.set()) return Infinity;
    const n = this.#series.length;
    const logFactors = this.#filter();
    const factor = this.#factor;
    const v = this.#v;
    const u = this.#u;
    let vv = 0;
    let uv = 0;
    let uu = 0;
    for (let t = 0; t < n; t++) {
      const scaled = v[t] / factor[t];
      vv += v[t] * scaled;
      uv += u[t] * scaled;
      uu += (u[t] * u[t]) / factor[t];
    }
    this.constant = uu > 0 ? uv / uu : 0;
    this.variance = Math.max(smallestVariance, (vv - this.constant * uv) / n);
    const value = 0.5 * (n * Math.log(this.variance) + logFactors);
    return Number.isNaN(value) ? Infinity : value;
  }

  /** Standardised innovations of the last `value`, `[n]`, in units of the series. */
  innovations(into: Float64Array): void {
    for (let t = 0; t < into.length; t++) into[t] = (this.#v[t] - this.constant * this.#u[t]) / Math.sqrt(this.#factor[t]);
  }

  /** Runs the filter; returns Σ log F. */
  #filter(): number {
    const { phi, size } = this.#coefficients;
    const width = size + 1;
    const series = this.#series;
    const n = series.length;
    const gains = this.#gains;
    const changes = this.#changes;
    const both = this.#withConstant;
    const a = this.#a.fill(0);
    const b = this.#b.fill(0);
    for (let i = 0; i < size; i++) gains[i] = changes[i] = this.#start.gain[i];
    let factor = this.#start.variance;
    let product = 1;
    let logs = 0;
    let t = 0;
    let row = 0;
    for (let open = true; open && t < n; t++, row += width) {
      const w = series[t];
      const v = w - a[0];
      const u = both ? 1 - b[0] : 0;
      this.#v[t] = v;
      this.#u[t] = u;
      this.#factor[t] = factor;
      product *= factor;
      if (product > 1e200) {
        logs += Math.log(product);
        product = 1;
      }
      const change = changes[row];
      const scale = 1 / ((1 - change) * (1 + change));
      let changes2 = 0;
      for (let i = 0; i < size; i++) {
        const gain = gains[row + i];
        const excess = gain - phi[i];
        a[i] = a[i + 1] + phi[i] * w + excess * v;
        if (both) b[i] = b[i + 1] + phi[i] + excess * u;
        const moved = changes[row + i + 1] + phi[i] * change;
        gains[row + width + i] = (gain - change * moved) * scale;
        const left = (moved - change * gain) * scale;
        changes[row + width + i] = left;
        changes2 += left * left;
      }
      factor /= scale;
      // No innovation varies less than σ²: where rounding says so, roots of both polynomials meet on the unit circle.
      if (!(scale > 0 && factor > 1 - 1e-7)) return NaN;
      open = changes2 > settled * settled;
    }
    this.#settledAt = t;
    for (; t < n; t++) {
      const w = series[t];
      const v = w - a[0];
      const u = both ? 1 - b[0] : 0;
      this.#v[t] = v;
      this.#u[t] = u;
      this.#factor[t] = factor;
      for (let i = 0; i < size; i++) {
        const excess = gains[row + i] - phi[i];
        a[i] = a[i + 1] + phi[i] * w + excess * v;
        if (both) b[i] = b[i + 1] + phi[i] + excess * u;
      }
    }
    return logs + Math.log(product) + (n - this.#settledAt) * Math.log(factor);
  }

  /** Derivatives of the last `value`, which was finite. */
  gradient(into: Float64Array): void {
    const n = this.#series.length;
    const phiBar = this.#phiBar.fill(0);
    const thetaBar = this.#thetaBar.fill(0);
    const gainBar = this.#gainBar.fill(0);
    const changeBar = this.#changeBar.fill(0);
    this.#a.fill(0);
    let factorBar = this.#settledAdjoint(n - 1, this.#settledAt);
    for (let t = this.#settledAt - 1; t >= 0; t--) factorBar = this.#stepAdjoint(t, factorBar);
    for (let i = 0; i < this.#coefficients.size; i++) gainBar[i] += changeBar[i];
    this.#start.pullBack(factorBar, gainBar, phiBar, thetaBar);
    this.#coefficients.pullBack(phiBar, thetaBar, into);
  }

  /** Back through the observations that the settled gain took in; returns the derivative with respect to F. */
  #settledAdjoint(from: number, to: number): number {
    const { phi, size } = this.#coefficients;
    const gains = this.#gains;
    const gainBar = this.#gainBar;
    const phiBar = this.#phiBar;
    const adjoint = this.#a;
    const row = to * (size + 1);
    let factorBar = 0;
    for (let t = from; t >= to; t--) {
      const v = this.#v[t] - this.constant * this.#u[t];
      const known = this.#series[t] - this.constant - v;
      const scaled = v / (this.variance * this.#factor[t]);
      let vBar = scaled;
      for (let i = size - 1; i >= 0; i--) {
        const bar = adjoint[i];
        vBar += bar * (gains[row + i] - phi[i]);
        phiBar[i] += bar * known;
        gainBar[i] += bar * v;
        adjoint[i + 1] = bar;
      }
      adjoint[0] = -vBar;
      factorBar += (0.5 * (1 - v * scaled)) / this.#factor[t];
    }
    return factorBar;
  }

  /** Back through one observation, and from K, L and F after it to those before it; returns the derivative for that F. */
  #stepAdjoint(t: number, factorBar: number): number {
    const { phi, size } = this.#coefficients;
    const gains = this.#gains;
    const changes = this.#changes;
    const gainBar = this.#gainBar;
    const changeBar = this.#changeBar;
    const phiBar = this.#phiBar;
    const adjoint = this.#a;
    const row = t * (size + 1);
    const next = row + size + 1;
    const factor = this.#factor[t];
    const v = this.#v[t] - this.constant * this.#u[t];
    const known = this.#series[t] - this.constant - v;
    const scaled = v / (this.variance * factor);
    const change = changes[row];
    const inverse = (1 - change) * (1 + change);
    const scale = 1 / inverse;
    let vBar = scaled;
    let scaleBar = -factorBar * factor * inverse;
    let firstBar = 0;
    for (let i = size - 1; i >= 0; i--) {
      const bar = adjoint[i];
      const gain = gains[row + i];
      const ar = phi[i];
      const moved = changes[row + i + 1] + ar * change;
      const afterGain = gainBar[i];
      const afterChange = changeBar[i];
      const movedBar = scale * (afterChange - change * afterGain);
      scaleBar += afterGain * gains[next + i] + afterChange * changes[next + i];
      firstBar += movedBar * ar - scale * (afterGain * moved + afterChange * gain);
      vBar += bar * (gain - ar);
      phiBar[i] += movedBar * change + bar * known;
      gainBar[i] = scale * (afterGain - change * afterChange) + bar * v;
      changeBar[i + 1] = movedBar;
      adjoint[i + 1] = bar;
    }
    adjoint[0] = -vBar;
    changeBar[0] = firstBar + 2 * change * scale * scaleBar;
    return factorBar * inverse + (0.5 * (1 - v * scaled)) / factor;
  }
}

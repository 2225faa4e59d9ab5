import type { Coefficients } from './coefficients.ts';
import { stepDown } from './step-down.ts';

/**
 * What a filter of an ARMA process knows before the first observation, in units of the innovations' variance: the process
 * variance γ₀ and the gain K = g/γ₀, with g[i] the covariance of yₜ and the part of y₍ₜ₊₁₊ᵢ₎ that is determined by then,
 *   g[i] = Σ_{j>i} φⱼ γ_{j−i−1} + Σ_{j>i} θⱼ ψ_{j−i−1}   (j from 1).
 * The whole of Gardner's (1980) initial covariance is not needed. γ is that of θ(B) applied to the pure autoregression,
 * whose own follows from its partial autocorrelations without a system of equations.
 */
export class StationaryStart {
  /** γ₀ */
  variance = 0;
  /** K, `[size]` */
  readonly gain: Float64Array;
  readonly #of: Coefficients;
  /** Autoregressions of all orders, as `stepDown` leaves them. */
  readonly #orders: Float64Array;
  readonly #ordersBar: Float64Array;
  readonly #pacf: Float64Array;
  /** Autocovariances of the pure autoregression, and of the whole process. */
  readonly #pure: Float64Array;
  readonly #pureBar: Float64Array;
  readonly #gamma: Float64Array;
  readonly #gammaBar: Float64Array;
  /** Σ θᵢθᵢ₊ₘ with θ₀ = 1. */
  readonly #products: Float64Array;
  readonly #psi: Float64Array;
  readonly #psiBar: Float64Array;

  constructor(of: Coefficients) {
    const { arDegree: p, maDegree: q, size } = of;
    const triangle = (p * (p + 1)) / 2;
    const lags = Math.max(1, p);
    this.#of = of;
    this.gain = new Float64Array(size);
    this.#orders = new Float64Array(triangle);
    this.#ordersBar = new Float64Array(triangle);
    this.#pacf = new Float64Array(p);
    this.#pure = new Float64Array(lags + q);
    this.#pureBar = new Float64Array(lags + q);
    this.#gamma = new Float64Array(lags);
    this.#gammaBar = new Float64Array(lags);
    this.#products = new Float64Array(q + 1);
    this.#psi = new Float64Array(Math.max(1, q));
    this.#psiBar = new Float64Array(Math.max(1, q));
  }

  /** Of the coefficients as they are now. False where rounding has made the autoregression non-stationary. */
  set(): boolean {
    const { phi, theta, arDegree: p, maDegree: q } = this.#of;
    if (!this.#setPure(phi, p)) return false;
    this.#setProducts(theta, q);
    const pure = this.#pure;
    const gamma = this.#gamma;
    for (let k = 0; k < gamma.length; k++) {
      let sum = this.#products[0] * pure[k];
      for (let m = 1; m <= q; m++) sum += this.#products[m] * (pure[k + m] + pure[Math.abs(k - m)]);
      gamma[k] = sum;
    }
    const psi = this.#psi;
    psi[0] = 1;
    for (let j = 1; j < q; j++) {
      let sum = theta[j - 1];
      for (let i = 1; i <= Math.min(j, p); i++) sum += phi[i - 1] * psi[j - i];
      psi[j] = sum;
    }
    this.variance = gamma[0];
    for (let i = 0; i < this.gain.length; i++) {
      let sum = 0;
      for (let j = i; j < p; j++) sum += phi[j] * gamma[j - i];
      for (let j = i; j < q; j++) sum += theta[j] * psi[j - i];
      this.gain[i] = sum / this.variance;
    }
    return this.variance > 0 && this.variance < Infinity;
  }

  /** Adds to the derivatives with respect to phi and theta what comes from those with respect to γ₀ and K. */
  pullBack(varianceBar: number, gainBar: Float64Array, phiBar: Float64Array, thetaBar: Float64Array): void {
    const { phi, theta, arDegree: p, maDegree: q } = this.#of;
    const gamma = this.#gamma;
    const gammaBar = this.#gammaBar.fill(0);
    const psi = this.#psi;
    const psiBar = this.#psiBar.fill(0);
    gammaBar[0] = varianceBar;
    for (let i = 0; i < this.gain.length; i++) {
      const bar = gainBar[i] / this.variance;
      gammaBar[0] -= bar * this.gain[i];
      for (let j = i; j < p; j++) {
        phiBar[j] += bar * gamma[j - i];
        gammaBar[j - i] += bar * phi[j];
      }
      for (let j = i; j < q; j++) {
        thetaBar[j] += bar * psi[j - i];
        psiBar[j - i] += bar * theta[j];
      }
    }
    for (let j = q - 1; j >= 1; j--) {
      thetaBar[j - 1] += psiBar[j];
      for (let i = 1; i <= Math.min(j, p); i++) {
        phiBar[i - 1] += psiBar[j] * psi[j - i];
        psiBar[j - i] += psiBar[j] * phi[i - 1];
      }
    }
    this.#productsAdjoint(theta, q, thetaBar);
    this.#pureAdjoint(p, phiBar);
  }

  #setPure(phi: Float64Array, p: number): boolean {
    const orders = this.#orders;
    const pure = this.#pure;
    if (!stepDown(phi, p, orders, this.#pacf)) return false;
    let variance = 1;
    for (let k = 0; k < p; k++) variance /= (1 - this.#pacf[k]) * (1 + this.#pacf[k]);
    pure[0] = variance;
    for (let k = 1; k < pure.length; k++) {
      const order = Math.min(k, p);
      const at = (order * (order - 1)) / 2;
      let sum = 0;
      for (let i = 0; i < order; i++) sum += orders[at + i] * pure[k - 1 - i];
      pure[k] = sum;
    }
    return true;
  }

  #pureAdjoint(p: number, phiBar: Float64Array): void {
    const orders = this.#orders;
    const ordersBar = this.#ordersBar.fill(0);
    const pure = this.#pure;
    const bar = this.#pureBar;
    for (let k = pure.length - 1; k >= 1; k--) {
      const order = Math.min(k, p);
      const at = (order * (order - 1)) / 2;
      const barK = bar[k];
      for (let i = 0; i < order; i++) {
        ordersBar[at + i] += barK * pure[k - 1 - i];
        bar[k - 1 - i] += barK * orders[at + i];
      }
    }
    for (let k = 1, at = 0; k <= p; at += k, k++) {
      const pacf = this.#pacf[k - 1];
      const scale = 1 / ((1 - pacf) * (1 + pacf));
      const below = at - (k - 1);
      let pacfBar = 2 * pacf * scale * bar[0] * pure[0];
      for (let i = 0; i < k - 1; i++) {
        const lower = ordersBar[below + i] * scale;
        ordersBar[at + i] += lower;
        ordersBar[at + k - 2 - i] += lower * pacf;
        pacfBar += lower * (orders[at + k - 2 - i] + 2 * pacf * orders[below + i]);
      }
      ordersBar[at + k - 1] += pacfBar;
    }
    const last = (p * (p - 1)) / 2;
    for (let i = 0; i < p; i++) phiBar[i] += ordersBar[last + i];
  }

  #setProducts(theta: Float64Array, q: number): void {
    for (let m = 0; m <= q; m++) {
      let sum = m === 0 ? 1 : theta[m - 1];
      for (let i = 1; i + m <= q; i++) sum += theta[i - 1] * theta[i + m - 1];
      this.#products[m] = sum;
    }
  }

  /** Leaves the derivative with respect to the pure autocovariances behind. */
  #productsAdjoint(theta: Float64Array, q: number, thetaBar: Float64Array): void {
    const gammaBar = this.#gammaBar;
    const pure = this.#pure;
    const pureBar = this.#pureBar.fill(0);
    for (let m = 0; m <= q; m++) {
      const product = this.#products[m];
      let bar = 0;
      for (let k = 0; k < gammaBar.length; k++) {
        if (m === 0) {
          bar += gammaBar[k] * pure[k];
          pureBar[k] += product * gammaBar[k];
          continue;
        }
        const mirrored = Math.abs(k - m);
        bar += gammaBar[k] * (pure[k + m] + pure[mirrored]);
        pureBar[k + m] += product * gammaBar[k];
        pureBar[mirrored] += product * gammaBar[k];
      }
      if (m > 0) thetaBar[m - 1] += bar;
      for (let i = 1; i + m <= q; i++) {
        thetaBar[i - 1] += bar * theta[i + m - 1];
        thetaBar[i + m - 1] += bar * theta[i - 1];
      }
    }
  }
}

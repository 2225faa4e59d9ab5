import { placeOf } from './split-conformal.ts';

export interface AdaptiveSettings {
  /** Wanted coverage, between 0 and 1. */
  readonly coverage: number;
  /** γ, how fast the level moves: default 0.02. Higher follows drift faster and makes widths less steady. */
  readonly rate?: number;
  /** Latest residuals that the radius is a quantile of; default 100. */
  readonly window?: number;
  /** Radius that no residual exceeds; default 1, since shares lie between 0 and 1. */
  readonly widest?: number;
}

/**
 * Adaptive conformal inference (Gibbs and Candès 2021) for one series: the level of the quantile moves by γ (miss −
 * wanted misses) with each residual, so that coverage holds in the long run whatever the series does: over T residuals
 * it is within (1 + γ) / (γ T) of the wanted one.
 */
export class AdaptiveConformal {
  readonly #coverage: number;
  readonly #rate: number;
  readonly #widest: number;
  /** Latest absolute residuals as they came, oldest overwritten first, and in order. */
  readonly #latest: Float64Array;
  readonly #sorted: Float64Array;
  #seen = 0;
  #level: number;

  constructor({ coverage, rate = 0.02, window = 100, widest = 1 }: AdaptiveSettings) {
    this.#coverage = coverage;
    this.#rate = rate;
    this.#widest = widest;
    this.#level = coverage;
    this.#latest = new Float64Array(window);
    this.#sorted = new Float64Array(window);
  }

  /** Coverage that the quantile aims at now; over 1 where even the widest residual was not enough. */
  get level(): number {
    return this.#level;
  }

  /** Half-width of the next interval: 0 when the level fell to 0, the widest one when the residuals so far do not suffice. */
  get radius(): number {
    if (this.#level <= 0) return 0;
    const count = Math.min(this.#seen, this.#latest.length);
    const place = placeOf(count, this.#level);
    return place > count ? this.#widest : Math.min(this.#widest, this.#sorted[place - 1]);
  }

  /**
   * Takes in what a forecast turned out to err by.
   * @param residual absolute; NaN is left out
   * @param issued the radius that was given with that forecast: horizons end long after their origin
   */
  observe(residual: number, issued: number): void {
    if (!Number.isFinite(residual)) return;
    this.#level += this.#rate * ((residual > issued ? 1 : 0) - (1 - this.#coverage));
    const window = this.#latest.length;
    const at = this.#seen % window;
    let count = Math.min(this.#seen, window);
    if (this.#seen >= window) {
      const leaving = this.#sorted.indexOf(this.#latest[at]);
      this.#sorted.copyWithin(leaving, leaving + 1);
      count--;
    }
    this.#latest[at] = residual;
    for (; count > 0 && this.#sorted[count - 1] > residual; count--) this.#sorted[count] = this.#sorted[count - 1];
    this.#sorted[count] = residual;
    this.#seen++;
  }
}

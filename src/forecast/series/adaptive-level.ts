/**
 * Adaptive conformal inference (Gibbs and Candès 2021): the coverage that a quantile of past errors aims at, which moves by
 * γ (missed − wanted misses) with each interval that is over. While it stays between 0 and 1, coverage over T intervals is
 * within 1 / (γ T) of the wanted one, whatever comes. It is kept there: beyond the largest past error there is nothing to
 * aim at, and a level that had run far off would take long to come back.
 */
export class AdaptiveLevel {
  readonly #coverage: number;
  readonly #rate: number;
  #level: number;

  /**
   * @param coverage wanted, between 0 and 1
   * @param rate γ: higher follows drift faster and makes widths less steady
   */
  constructor(coverage: number, rate: number) {
    this.#coverage = coverage;
    this.#rate = rate;
    this.#level = coverage;
  }

  get level(): number {
    return this.#level;
  }

  /** @param missed part of the truths that an interval did not hold, 0 to 1 */
  observe(missed: number): void {
    this.#level = Math.min(1, Math.max(0, this.#level + this.#rate * (this.#coverage - (1 - missed))));
  }
}

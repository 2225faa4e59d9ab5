import type { History } from '../contract.ts';
import { earlyForecasts, intervalAround, intervalRadius, missOf, resolvedForecasts, type Interval, type Miss, type PastForecast } from '../past-misses.ts';
import { AdaptiveLevel } from '../series/adaptive-level.ts';

/** How fast the level moves with an origin's misses (γ of Gibbs and Candès). */
const rate = 0.1;

interface Made extends PastForecast {
  /** Of the interval that was given; null where there was none. */
  readonly radius: number | null;
  miss: Miss;
}

/**
 * Intervals of one contender, layer and horizon from what its earlier forecasts turned out to miss by, origins in ascending
 * order: split conformal with residuals brought up to now (`past-misses.ts`), at a level that adapts to what the intervals
 * held so far, since loads drift. An origin resolves so slowly that one expert's residuals are too few; they are put
 * together over the experts.
 */
export class PastErrorIntervals {
  readonly #horizonSteps: number;
  readonly #level: AdaptiveLevel;
  #made: Made[] = [];

  constructor(horizonSteps: number, coverage: number) {
    this.#horizonSteps = horizonSteps;
    this.#level = new AdaptiveLevel(coverage, rate);
  }

  /**
   * The interval around a forecast; null while too few origins have resolved.
   * @param history what is known at the origin: the only thing that misses are read off
   * @param mean forecast of the horizon's mean, `[experts]`
   */
  around(history: History, originStep: number, mean: Float64Array): Interval | null {
    this.#resolve(history, originStep);
    const radius = intervalRadius(this.#made.map(({ miss }) => miss), this.#level.level);
    this.#made.push({ originStep, mean, radius, miss: { early: null, residuals: null } });
    return radius === null ? null : intervalAround(mean, radius);
  }

  /** Takes in what has come, and forgets what serves no longer. */
  #resolve(history: History, originStep: number): void {
    for (const made of this.#made) {
      if (made.miss.residuals) continue;
      made.miss = missOf(history, originStep, this.#horizonSteps, made);
      const { radius, miss: { residuals } } = made;
      if (radius !== null && residuals) this.#level.observe(residuals.reduce((missed, residual) => missed + (residual > radius ? 1 : 0), 0) / residuals.length);
    }
    const resolved = this.#made.filter(({ miss }) => miss.residuals !== null).length;
    this.#made = this.#made.slice(Math.max(0, resolved - resolvedForecasts - earlyForecasts));
  }
}

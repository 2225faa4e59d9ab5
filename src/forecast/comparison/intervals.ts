import { rowAtStep } from '../../trace/trace.ts';
import type { History } from '../contract.ts';
import { meanOfRows } from '../history.ts';
import { AdaptiveConformal } from '../series/adaptive-conformal.ts';

/** Bounds of the horizon's mean, `[experts]`. */
export interface Interval {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Origins that have to have resolved before there is an interval. */
const fewestResolved = 5;
/**
 * Latest resolved origins that radii are quantiles of. Errors shrink as a training settles: with 20 of them, bands for
 * 90 % hold 90 to 98 % on the recorded traces 1,000 steps ahead, with 6 of them 89 to 96 %.
 */
const rememberedOrigins = 6;
/** How fast the level moves with a whole origin's misses (γ of Gibbs and Candès). */
const rate = 0.05;

interface Pending {
  readonly originStep: number;
  readonly mean: Float64Array;
  /** Radius, in scales, that an interval was or would have been given. */
  readonly radius: number;
}

/**
 * Intervals of one contender, layer and horizon from what its earlier forecasts turned out to err by, origins in ascending
 * order. Adaptive conformal, since loads settle and drift. An origin resolves so slowly that one expert's residuals are too
 * few; they are put together over the experts, each in units of √(p (1 − p)), p the forecast share, as sampling spreads.
 */
export class PastErrorIntervals {
  readonly #horizonSteps: number;
  readonly #conformal: AdaptiveConformal;
  #pending: Pending[] = [];
  #resolved = 0;
  /** Stands in where the level asks for more than any residual. */
  #largest = 0;

  constructor(experts: number, horizonSteps: number, coverage: number) {
    this.#horizonSteps = horizonSteps;
    this.#conformal = new AdaptiveConformal({ coverage, rate: rate / experts, window: rememberedOrigins * experts, widest: Infinity });
  }

  /**
   * The interval around a forecast; null while too few origins have resolved.
   * @param history what is known at the origin: the only thing that errors are read off
   * @param mean forecast of the horizon's mean, `[experts]`
   */
  around(history: History, originStep: number, mean: Float64Array): Interval | null {
    this.#resolve(history, originStep);
    // What was forecast before any error was known had no interval that could be missed.
    const radius = this.#resolved === 0 ? Infinity : Math.min(this.#conformal.radius, this.#largest);
    this.#pending.push({ originStep, mean, radius });
    if (this.#resolved < fewestResolved) return null;
    const lower = mean.map((share) => Math.max(0, share - radius * scaleOf(share, mean.length)));
    const upper = mean.map((share) => Math.min(1, share + radius * scaleOf(share, mean.length)));
    return { lower, upper };
  }

  /** Takes in the forecasts whose horizon is over. */
  #resolve(history: History, originStep: number): void {
    const over = (one: Pending): boolean => one.originStep + this.#horizonSteps <= originStep;
    for (const { originStep: from, mean, radius } of this.#pending.filter(over)) {
      const first = rowAtStep(history.steps, from);
      const end = rowAtStep(history.steps, from + this.#horizonSteps);
      if (end === first) continue;
      const truth = meanOfRows(history, first, end);
      mean.forEach((share, expert) => {
        const residual = Math.abs(share - truth[expert]) / scaleOf(share, mean.length);
        this.#conformal.observe(residual, radius);
        this.#largest = Math.max(this.#largest, residual);
      });
      this.#resolved++;
    }
    this.#pending = this.#pending.filter((one) => !over(one));
  }
}

/** √(p (1 − p)) of a share that is kept off 0 and 1: a forecast of nothing is not certain. */
function scaleOf(share: number, experts: number): number {
  const least = 0.01 / experts;
  const p = Math.min(1 - least, Math.max(least, share));
  return Math.sqrt(p * (1 - p));
}

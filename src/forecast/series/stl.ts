import { GatecastError } from '../../errors.ts';
import { fillGaps } from './gaps.ts';
import { loess, loessAt, type LoessSettings } from './loess.ts';

export interface StlSettings {
  /** Values a cycle, at least 2; the series holds more than two cycles. */
  readonly period: number;
  /** Cycles over which the seasonal shape may change, at least 3; "periodic" (default) keeps it the same throughout. */
  readonly seasonalWindow?: number | 'periodic';
  /** Default 0. */
  readonly seasonalDegree?: 0 | 1;
  /** Values; default the next odd number from 1.5 period / (1 − 1.5 / seasonalWindow). */
  readonly trendWindow?: number;
  /** Default 1. */
  readonly trendDegree?: 0 | 1;
  /** Gives outliers less weight: 15 rounds of weights, one pass each, instead of two passes without. Default false. */
  readonly robust?: boolean;
}

/** A series as seasonal + trend + remainder, each as long as the series. */
export interface StlParts {
  readonly seasonal: Float64Array;
  readonly trend: Float64Array;
  /** 0 where the value is missing. */
  readonly remainder: Float64Array;
  /** How much each value counted, 0 to 1; 0 where it is missing. */
  readonly weights: Float64Array;
}

/**
 * Seasonal and trend decomposition by loess (Cleveland et al. 1990), with the defaults of R's `stats::stl`. NaN is a
 * missing value and has no weight, which the method allows anywhere.
 * Rejects with `bad-setting` a series of two cycles or fewer.
 */
export function stl(series: Float64Array, settings: StlSettings): StlParts {
  const { period, seasonalWindow = 'periodic', seasonalDegree = 0, trendDegree = 1, robust = false } = settings;
  const { length } = series;
  if (!Number.isInteger(period) || period < 2 || length <= 2 * period) {
    throw new GatecastError({ code: 'bad-setting', where: 'period', message: `${length} values do not hold more than two cycles of ${period}`, remedy: 'choose a shorter period of at least 2 steps' });
  }
  const periodic = seasonalWindow === 'periodic';
  const seasonWindow = periodic ? 10 * length + 1 : Math.max(3, seasonalWindow);
  const trendWindow = settings.trendWindow ?? odd(Math.ceil((1.5 * period) / (1 - 1.5 / seasonWindow)));
  const work = new Decomposition(series, period, {
    seasonal: smoother(seasonWindow, periodic ? 0 : seasonalDegree),
    trend: smoother(trendWindow, trendDegree),
    lowPass: smoother(odd(period), trendDegree),
  });
  const { present } = work;
  let weights: Float64Array | null = present.includes(0) ? present : null;
  const [passes, rounds] = robust ? [1, 15] : [2, 0];
  for (let pass = 0; pass < passes; pass++) work.pass(weights);
  for (let round = 0; round < rounds; round++) {
    weights = robustWeights(series, work.seasonal, work.trend);
    work.pass(weights);
  }
  if (periodic) averageCycles(work.seasonal, period);
  return {
    seasonal: work.seasonal,
    trend: work.trend,
    remainder: Float64Array.from(series, (value, i) => (present[i] === 1 ? value - work.seasonal[i] - work.trend[i] : 0)),
    weights: weights ?? present,
  };
}

function odd(value: number): number {
  const whole = Math.round(value);
  return whole % 2 === 0 ? whole + 1 : whole;
}

function smoother(window: number, degree: 0 | 1): LoessSettings {
  return { window: odd(Math.max(3, window)), degree, jump: Math.ceil(window / 10) };
}

interface Smoothers {
  readonly seasonal: LoessSettings;
  readonly trend: LoessSettings;
  readonly lowPass: LoessSettings;
}

class Decomposition {
  readonly seasonal: Float64Array;
  readonly trend: Float64Array;
  /** 1, or 0 where a value is missing. */
  readonly present: Float64Array;
  /** The series; where a value is missing, what the parts say so far, which counts where no value with weight is near. */
  readonly #series: Float64Array;
  readonly #period: number;
  readonly #smoothers: Smoothers;
  /** Smoothed cycles, a period longer than the series at each end. */
  readonly #cycles: Float64Array;
  readonly #work: readonly Float64Array[];

  constructor(series: Float64Array, period: number, smoothers: Smoothers) {
    const { length } = series;
    this.#series = fillGaps(series.slice());
    this.present = Float64Array.from(series, (value) => (Number.isFinite(value) ? 1 : 0));
    this.#period = period;
    this.#smoothers = smoothers;
    this.seasonal = new Float64Array(length);
    this.trend = new Float64Array(length);
    this.#cycles = new Float64Array(length + 2 * period);
    this.#work = Array.from({ length: 4 }, () => new Float64Array(length + 2 * period));
  }

  /** One pass of the inner loop: seasonal from the series without trend, then trend from the series without seasonal. */
  pass(weights: Float64Array | null): void {
    const series = this.#series;
    const { length } = series;
    const [rest, low, other, work] = this.#work;
    for (let i = 0; i < length; i++) rest[i] = series[i] - this.trend[i];
    this.#smoothCycles(rest, weights);
    const longer = length + 2 * this.#period;
    movingMean(this.#cycles, longer, this.#period, low);
    movingMean(low, longer - this.#period + 1, this.#period, other);
    movingMean(other, length + 2, 3, low);
    loess(low, length, this.#smoothers.lowPass, null, other, work);
    for (let i = 0; i < length; i++) {
      this.seasonal[i] = this.#cycles[this.#period + i] - other[i];
      rest[i] = this.present[i] === 1 ? series[i] - this.seasonal[i] : NaN;
    }
    fillGaps(rest.subarray(0, length));
    loess(rest, length, this.#smoothers.trend, weights, this.trend, work);
    for (let i = 0; i < length; i++) if (this.present[i] === 0) series[i] = this.seasonal[i] + this.trend[i];
  }

  /** Smooths the values of each place in the cycle over the cycles, and one cycle further at both ends. */
  #smoothCycles(values: Float64Array, weights: Float64Array | null): void {
    const period = this.#period;
    const { length } = this.#series;
    const [, places, smoothed, work] = this.#work;
    const placeWeights = weights && new Float64Array(Math.ceil(length / period));
    for (let place = 0; place < period; place++) {
      const count = Math.floor((length - 1 - place) / period) + 1;
      for (let i = 0; i < count; i++) {
        places[i] = values[i * period + place];
        if (placeWeights && weights) placeWeights[i] = weights[i * period + place];
      }
      const settings = this.#smoothers.seasonal;
      loess(places, count, settings, placeWeights, smoothed, work);
      const before = loessAt(places, count, settings, -1, 0, placeWeights, work);
      const after = loessAt(places, count, settings, count, Math.max(0, count - settings.window), placeWeights, work);
      this.#cycles[place] = Number.isNaN(before) ? smoothed[0] : before;
      for (let i = 0; i < count; i++) this.#cycles[(i + 1) * period + place] = smoothed[i];
      this.#cycles[(count + 1) * period + place] = Number.isNaN(after) ? smoothed[count - 1] : after;
    }
  }
}

function movingMean(values: Float64Array, length: number, window: number, into: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum += values[i];
    if (i >= window) sum -= values[i - window];
    if (i >= window - 1) into[i - window + 1] = sum / window;
  }
}

/** Bisquare weights of remainders, 0 from six times their median size on; 0 where the value is missing. */
function robustWeights(series: Float64Array, seasonal: Float64Array, trend: Float64Array): Float64Array {
  const sizes = series.map((value, i) => Math.abs(value - seasonal[i] - trend[i]));
  const sorted = sizes.filter(Number.isFinite).sort();
  // Remainders that are but rounding are no outliers of each other.
  const rounding = 1e-12 * series.reduce((largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest), 0);
  const reach = Math.max(rounding, 3 * (sorted[sorted.length >> 1] + sorted[(sorted.length - 1) >> 1]));
  return sizes.map((size) => {
    if (size <= 0.001 * reach) return 1;
    if (!(size <= 0.999 * reach)) return 0;
    const part = size / reach;
    return (1 - part * part) ** 2;
  });
}

/** Makes every cycle the mean of all of them. */
function averageCycles(seasonal: Float64Array, period: number): void {
  for (let place = 0; place < period; place++) {
    let sum = 0;
    let count = 0;
    for (let i = place; i < seasonal.length; i += period) {
      sum += seasonal[i];
      count++;
    }
    for (let i = place; i < seasonal.length; i += period) seasonal[i] = sum / count;
  }
}

import { GatecastError } from '../../errors.ts';
import { pathMean, pathValues, type DampedPath } from './damped-path.ts';
import { minimise, type SearchSettings } from './minimise.ts';
import { reachOf, type Reach } from './reach.ts';
import type { SeriesModel } from './series-model.ts';
import { bestStart, type SmoothingStart } from './smoothing-start.ts';
import { smooth, smoothingErrorOfMean, smoothingErrors, type SmoothingKind, type SmoothingParameters, type SmoothingState } from './smoothing.ts';

/** Bounds of R's `forecast::ets`: 0.0001 ≤ α ≤ 0.9999, 0.0001 ≤ β ≤ α, 0.8 ≤ φ ≤ 0.98. */
const smallest = 1e-4;
const largest = 0.9999;
const smallestPhi = 0.8;
const largestPhi = 0.98;

/** Free numbers of each kind, the state before the first value among them. */
const freedom: Readonly<Record<SmoothingKind, number>> = { 'simple': 2, 'holt': 4, 'damped-holt': 5 };
/** Values beyond the free numbers that a fit needs to have more than, as in R. */
const spareValues = 4;
/** For series that are too short to say, simple smoothing with this. */
const shortSeries: SmoothingParameters = { alpha: 0.3, beta: 0, phi: 1 };

export class SmoothingModel implements SeriesModel {
  readonly kind: SmoothingKind;
  readonly parameters: SmoothingParameters;
  /** Before the first value, and now. */
  readonly start: Readonly<SmoothingState>;
  readonly state: Readonly<SmoothingState>;
  /** Sum of squared one-step errors so far. */
  readonly squares: number;
  readonly #count: number;
  readonly #reach: Reach;

  constructor(kind: SmoothingKind, parameters: SmoothingParameters, start: SmoothingState, series: Float64Array) {
    this.kind = kind;
    this.parameters = parameters;
    this.start = { level: start.level, slope: start.slope };
    const state = { level: start.level, slope: start.slope };
    const { squares, count } = smooth(series, parameters, state);
    this.state = state;
    this.squares = squares;
    this.#count = count;
    this.#reach = reachOf(series);
  }

  /** Variance of one-step errors: their squares over their number less what was fitted. */
  get variance(): number {
    const rest = this.#count - freedom[this.kind];
    return this.squares / (rest > 0 ? rest : Math.max(1, this.#count));
  }

  get #path(): DampedPath {
    return { start: this.state.level, slope: this.state.slope, phi: this.parameters.phi };
  }

  forecast(into: Float64Array): Float64Array {
    return pathValues(this.#path, this.#reach, into);
  }

  horizonMean(horizon: number): number {
    return pathMean(this.#path, this.#reach, horizon);
  }

  standardErrors(into: Float64Array): Float64Array {
    return smoothingErrors(this.parameters, Math.sqrt(this.variance), into);
  }

  /** Standard error of the mean of the next `horizon` values, errors of single values being independent. */
  standardErrorOfMean(horizon: number): number {
    return smoothingErrorOfMean(this.parameters, Math.sqrt(this.variance), horizon);
  }

  /** The state before the first value is fitted anew: it is one of this series. */
  over(series: Float64Array): SmoothingModel {
    return series.some(Number.isFinite) ? modelWith(series, this.kind, this.parameters) : this;
  }
}

/**
 * Exponential smoothing of a series, NaN being a missing value. Parameters and the state before the first value are
 * those with the least squared one-step errors (which is the most likely with Gaussian errors), as R's `ses` and `holt`
 * search them. Parameters that are given stay; the state is fitted all the same. Series that are too short for
 * their kind (up to 6, 8 and 9 values) get simple smoothing with α = 0.3.
 * Rejects with `bad-setting` a series without any value.
 */
export function fitSmoothing(series: Float64Array, kind: SmoothingKind, given?: SmoothingParameters): SmoothingModel {
  const values = series.reduce((count, value) => count + (Number.isFinite(value) ? 1 : 0), 0);
  if (values === 0) {
    throw new GatecastError({ code: 'bad-setting', where: 'series', message: `none of the ${series.length} steps has a value`, remedy: 'choose an origin after the first recorded step' });
  }
  if (given) return modelWith(series, kind, given);
  if (values <= freedom[kind] + spareValues) return modelWith(series, 'simple', shortSeries);
  return modelWith(series, kind, fittedParameters(series, kind));
}

function modelWith(series: Float64Array, kind: SmoothingKind, parameters: SmoothingParameters): SmoothingModel {
  const start = bestStart(series, parameters, kind !== 'simple', { level: 0, slope: 0, squares: 0 });
  return new SmoothingModel(kind, parameters, start, series);
}

/**
 * Searched as log-odds of α, log-odds of β / α, and φ. Squares have several minima: rough searches start at the best points
 * of a coarse grid that do not lie side by side, and a fine one at the best that these found.
 */
function fittedParameters(series: Float64Array, kind: SmoothingKind): SmoothingParameters {
  const start: SmoothingStart = { level: 0, slope: 0, squares: 0 };
  const at = { alpha: 0, beta: 0, phi: 1 };
  const scale = bestStart(series, { alpha: smallest, beta: 0, phi: 1 }, false, start).squares;
  if (!(scale > 0)) return shortSeries;
  const squares = (point: ArrayLike<number>): number => Math.log(bestStart(series, parametersAt(point, kind, at), kind !== 'simple', start).squares / scale + 1e-300);
  const axes = axesOf[kind];
  const lower = axes.map((axis) => axis[0]);
  const upper = axes.map((axis) => axis[axis.length - 1]);
  const found = startsOf(axes, squares).map((point) => minimise(squares, point, lower, upper, rough));
  const best = found.reduce((least, one) => (one.value < least.value ? one : least));
  return { ...parametersAt(minimise(squares, best.point, lower, upper, fine).point, kind, at) };
}

const rough: SearchSettings = { spread: 0.1, tolerance: 1e-5, evaluations: 60 };
const fine: SearchSettings = { spread: 0.05, tolerance: 1e-10, evaluations: 300 };
const mostStarts = 4;

/** The best points of a grid, no two of which are neighbours. */
function startsOf(axes: readonly (readonly number[])[], value: (point: number[]) => number): number[][] {
  const points = axes.reduce<number[][]>((before, axis) => before.flatMap((places) => axis.map((_, place) => [...places, place])), [[]]);
  const pointAt = (places: readonly number[]): number[] => places.map((place, axis) => axes[axis][place]);
  const ranked = points.map((places) => ({ places, value: value(pointAt(places)) })).sort((a, b) => a.value - b.value);
  const chosen: number[][] = [];
  for (const { places } of ranked) {
    if (chosen.length === mostStarts) break;
    if (chosen.every((other) => places.some((place, axis) => Math.abs(place - other[axis]) > 1))) chosen.push(places);
  }
  return chosen.map(pointAt);
}

const logOdds = (part: number): number => Math.log(part / (1 - part));
const fromLogOdds = (odds: number): number => 1 / (1 + Math.exp(-odds));

/** Grids from bound to bound. */
const alphas = [smallest, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.12, 0.25, 0.4, 0.6, 0.8, 0.95, largest].map(logOdds);
const slopeParts = [smallest, 0.003, 0.02, 0.1, 0.4, largest].map(logOdds);
const axesOf: Readonly<Record<SmoothingKind, readonly (readonly number[])[]>> = {
  'simple': [alphas],
  'holt': [alphas, slopeParts],
  'damped-holt': [alphas, slopeParts, [smallestPhi, 0.9, largestPhi]],
};

function parametersAt(point: ArrayLike<number>, kind: SmoothingKind, into: { alpha: number; beta: number; phi: number }): SmoothingParameters {
  into.alpha = fromLogOdds(point[0]);
  into.beta = kind === 'simple' ? 0 : Math.max(smallest, Math.min(into.alpha, into.alpha * fromLogOdds(point[1])));
  into.phi = kind === 'damped-holt' ? point[2] : 1;
  return into;
}

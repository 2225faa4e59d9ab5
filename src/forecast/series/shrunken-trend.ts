import { recentStride } from '../history.ts';

export interface TrendSettings {
  /** Rows at the end of the history that the line is fitted to. */
  readonly windowRows: number;
  /** What the load is linear in: the training step, or ln(step + 1). */
  readonly scale: 'linear' | 'log';
  /**
   * Part of the slope that is kept, 0 to 1: a number, or how it is found.
   * "by-error", of each series: max(0, 1 − (s / b)²), b the slope and s its standard error (the positive-part estimator of
   * James and Stein, for one slope), so that a slope within its own error counts for nothing.
   * "by-halves", one for all series: Σ 2 b₁ b₂ / Σ (b₁² + b₂²), at least 0, b₁ and b₂ the slopes of the window's halves:
   * how far slopes last. A slope that is certain need not last: on the recorded traces (windows and horizons of 1,000 steps)
   * it errs less, 1.48, 5.39 and 2.89 % against 2.02, 5.96 and 5.32 %.
   */
  readonly keep: number | 'by-error' | 'by-halves';
}

/** Lines through the means of windows, one a series, with slopes shrunk towards 0: `mean + slope (x − centre)`. */
export interface ShrunkenTrends {
  readonly experts: number;
  /** Mean of each series over the window. */
  readonly means: Float64Array;
  /** Shrunken slopes per unit of x. */
  readonly slopes: Float64Array;
  /** Mean x of each series' window, where its line passes through its mean. */
  readonly centres: Float64Array;
  /** Furthest that a forecast leaves a series' mean: the width of what its window holds. */
  readonly reaches: Float64Array;
  readonly scale: 'linear' | 'log';
  /** Last known training step, and steps from one row to the next. */
  readonly lastStep: number;
  readonly stride: number;
}

/**
 * Least-squares lines through the last rows of many series, with shrunken slopes. Fewer than three values have no slope,
 * none at all have mean 0.
 * @param values `[rows][experts]`; NaN is a missing value
 * @param steps training step of each row
 */
export function shrunkenTrends(values: Float64Array | Float32Array, steps: Float64Array, experts: number, { windowRows, scale, keep }: TrendSettings): ShrunkenTrends {
  const rows = steps.length;
  const from = Math.max(0, rows - Math.max(1, Math.floor(windowRows)));
  const x = Float64Array.from(steps.subarray(from), (step) => abscissa(step, scale));
  const y = new Float64Array(x.length);
  const means = new Float64Array(experts);
  const slopes = new Float64Array(experts);
  const centres = new Float64Array(experts);
  const reaches = new Float64Array(experts);
  const half = x.length >> 1;
  let lasting = 0;
  let total = 0;
  for (let expert = 0; expert < experts; expert++) {
    for (let i = 0, at = from * experts + expert; i < y.length; i++, at += experts) y[i] = values[at];
    const line = leastSquares(x, y);
    means[expert] = line.mean;
    centres[expert] = line.centre;
    reaches[expert] = line.width;
    slopes[expert] = line.slope * (keep === 'by-error' ? partByError(x, y, line) : 1);
    if (keep !== 'by-halves') continue;
    const before = leastSquares(x.subarray(0, half), y.subarray(0, half)).slope;
    const after = leastSquares(x.subarray(half), y.subarray(half)).slope;
    lasting += 2 * before * after;
    total += before * before + after * after;
  }
  const part = keep === 'by-halves' ? (total > 0 ? lasting / total : 0) : keep === 'by-error' ? 1 : keep;
  for (let expert = 0; expert < experts; expert++) slopes[expert] *= Math.min(1, Math.max(0, part));
  return { experts, means, slopes, centres, reaches, scale, lastStep: rows > 0 ? steps[rows - 1] : 0, stride: recentStride(steps) };
}

function abscissa(step: number, scale: 'linear' | 'log'): number {
  return scale === 'log' ? Math.log(Math.max(0, step) + 1) : step;
}

interface Line {
  readonly count: number;
  readonly mean: number;
  readonly centre: number;
  readonly slope: number;
  /** Σ (x − centre)² */
  readonly spread: number;
  /** Highest less lowest value. */
  readonly width: number;
}

function leastSquares(x: Float64Array, y: Float64Array): Line {
  let count = 0;
  let mean = 0;
  let centre = 0;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i])) continue;
    count++;
    mean += (y[i] - mean) / count;
    centre += (x[i] - centre) / count;
    if (y[i] < low) low = y[i];
    if (y[i] > high) high = y[i];
  }
  let spread = 0;
  let product = 0;
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i])) continue;
    spread += (x[i] - centre) * (x[i] - centre);
    product += (x[i] - centre) * (y[i] - mean);
  }
  const slope = count >= 3 && spread > 0 ? product / spread : 0;
  return { count, mean, centre, slope, spread, width: count > 0 ? high - low : 0 };
}

/**
 * max(0, 1 − (s / b)²). Residuals that follow each other make s larger: by √((1 + r) / (1 − r)), r their correlation
 * from one row to the next, from 0 to 0.99.
 */
function partByError(x: Float64Array, y: Float64Array, { count, mean, centre, slope, spread }: Line): number {
  if (slope === 0) return 0;
  let squares = 0;
  let products = 0;
  let previous = 0;
  for (let i = 0; i < y.length; i++) {
    const residual = Number.isFinite(y[i]) ? y[i] - mean - slope * (x[i] - centre) : 0;
    squares += residual * residual;
    products += residual * previous;
    previous = residual;
  }
  const correlation = squares > 0 ? Math.min(0.99, Math.max(0, products / squares)) : 0;
  const error = Math.sqrt((squares / (count - 2) / spread) * ((1 + correlation) / (1 - correlation)));
  return Math.max(0, 1 - (error / slope) ** 2);
}

/** Forecasts of the next `into.length / experts` rows, `[rows][experts]`. */
export function trendValues(trends: ShrunkenTrends, into: Float64Array): Float64Array {
  const { experts, lastStep, stride, scale } = trends;
  for (let row = 0; (row + 1) * experts <= into.length; row++) {
    linesAt(trends, abscissa(lastStep + (row + 1) * stride, scale), into.subarray(row * experts, (row + 1) * experts));
  }
  return into;
}

/** Forecasts of the mean of the next `horizonRows` rows, `[experts]`. */
export function trendMeans(trends: ShrunkenTrends, horizonRows: number, into = new Float64Array(trends.experts)): Float64Array {
  const { lastStep, stride, scale } = trends;
  let x = 0;
  for (let row = 1; row <= horizonRows; row++) x += abscissa(lastStep + row * stride, scale);
  return linesAt(trends, x / horizonRows, into);
}

function linesAt({ experts, means, slopes, centres, reaches }: ShrunkenTrends, x: number, into: Float64Array): Float64Array {
  for (let expert = 0; expert < experts; expert++) {
    const moved = slopes[expert] * (x - centres[expert]);
    into[expert] = means[expert] + Math.min(reaches[expert], Math.max(-reaches[expert], moved));
  }
  return into;
}

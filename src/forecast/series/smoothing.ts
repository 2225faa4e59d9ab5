/**
 * Exponential smoothing in innovations form (Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing",
 * 2008, chapter 5): e = y − (l + φ b), l ← l + φ b + α e, b ← φ b + β e. Simple smoothing has no slope (β = 0, b = 0),
 * Holt's method has φ = 1. β is that of the innovations form; Holt's own β* is β / α.
 * A missing value corrects nothing: the state moves on as was forecast.
 */
export type SmoothingKind = 'simple' | 'holt' | 'damped-holt';

export interface SmoothingParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly phi: number;
}

export interface SmoothingState {
  level: number;
  slope: number;
}

/** Squared one-step errors of values that are there. */
export interface OneStepErrors {
  readonly squares: number;
  readonly count: number;
}

/** Runs over a series from the state before its first value; `state` becomes the one after its last. */
export function smooth(series: Float64Array, { alpha, beta, phi }: SmoothingParameters, state: SmoothingState): OneStepErrors {
  let { level, slope } = state;
  let squares = 0;
  let count = 0;
  for (let t = 0; t < series.length; t++) {
    slope *= phi;
    level += slope;
    const value = series[t];
    if (!Number.isFinite(value)) continue;
    const error = value - level;
    level += alpha * error;
    slope += beta * error;
    squares += error * error;
    count++;
  }
  state.level = level;
  state.slope = slope;
  return { squares, count };
}

/**
 * Standard errors of point forecasts, h = 1 … `into.length`, for one-step errors of standard deviation `sigma`:
 * σ² (1 + Σ_{j<h} c_j²), c_j = α + β (φ + … + φ^j) (class 1 of the book, chapter 6).
 */
export function smoothingErrors({ alpha, beta, phi }: SmoothingParameters, sigma: number, into: Float64Array): Float64Array {
  let variance = 1;
  let damping = 1;
  let moved = 0;
  for (let h = 0; h < into.length; h++) {
    into[h] = sigma * Math.sqrt(variance);
    damping *= phi;
    moved += damping;
    const effect = alpha + beta * moved;
    variance += effect * effect;
  }
  return into;
}

/** Standard error of the mean of the next `horizon` values: an error j values ahead moves all that come after it. */
export function smoothingErrorOfMean({ alpha, beta, phi }: SmoothingParameters, sigma: number, horizon: number): number {
  let squares = 0;
  let effects = 1;
  let damping = 1;
  let moved = 0;
  for (let left = 0; left < horizon; left++) {
    squares += effects * effects;
    damping *= phi;
    moved += damping;
    effects += alpha + beta * moved;
  }
  return (sigma * Math.sqrt(squares)) / horizon;
}

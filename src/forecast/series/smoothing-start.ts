import type { SmoothingParameters, SmoothingState } from './smoothing.ts';

/** The state before a series' first value that makes the squared one-step errors least, and those squares. */
export interface SmoothingStart extends SmoothingState {
  squares: number;
}

/**
 * One-step errors are linear in the state before the first value, so the best one is a least-squares solution and need
 * not be searched for: one pass carries the errors from a first guess (level of the first value, no slope) and their
 * derivatives.
 * @param withSlope simple smoothing has none
 */
export function bestStart(series: Float64Array, { alpha, beta, phi }: SmoothingParameters, withSlope: boolean, into: SmoothingStart): SmoothingStart {
  const guess = series.find(Number.isFinite) ?? 0;
  let level = 0;
  let slope = 0;
  // Derivatives of level and slope by the first level (1) and the first slope (2).
  let level1 = 1;
  let slope1 = 0;
  let level2 = 0;
  let slope2 = withSlope ? 1 : 0;
  let squares = 0;
  let a11 = 0;
  let a12 = 0;
  let a22 = 0;
  let b1 = 0;
  let b2 = 0;
  for (let t = 0; t < series.length; t++) {
    slope *= phi;
    slope1 *= phi;
    slope2 *= phi;
    level += slope;
    level1 += slope1;
    level2 += slope2;
    const value = series[t];
    if (!Number.isFinite(value)) continue;
    const error = value - guess - level;
    squares += error * error;
    a11 += level1 * level1;
    a12 += level1 * level2;
    a22 += level2 * level2;
    b1 += level1 * error;
    b2 += level2 * error;
    level += alpha * error;
    slope += beta * error;
    slope1 -= beta * level1;
    slope2 -= beta * level2;
    level1 -= alpha * level1;
    level2 -= alpha * level2;
  }
  const determinant = a11 * a22 - a12 * a12;
  // A slope that the series cannot tell from a level stays 0.
  const twice = determinant > 1e-10 * a11 * a22;
  const first = twice ? (b1 * a22 - b2 * a12) / determinant : a11 > 0 ? b1 / a11 : 0;
  const second = twice ? (b2 * a11 - b1 * a12) / determinant : 0;
  into.level = guess + first;
  into.slope = second;
  into.squares = Math.max(0, squares - first * b1 - second * b2);
  return into;
}

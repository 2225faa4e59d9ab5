import { dampedSumTotal } from './damped-path.ts';
import type { SmoothingParameters } from './smoothing.ts';

/**
 * Damped Holt smoothing of many series with settings that are given, forecasting at every anchor: at each block, the
 * mean of the `horizonBlocks` blocks after it, from that block and those before alone. It starts with the first value
 * and no slope. A missing value (NaN) corrects nothing; a forecast before a series' first value is 0.
 * @param blocks means of equal blocks of steps, `[blocks][experts]`
 * @param into forecasts, `[blocks][experts]`
 */
export function holtAnchorMeans(
  blocks: Float64Array,
  experts: number,
  { alpha, beta, phi }: SmoothingParameters,
  horizonBlocks: number,
  into = new Float64Array(blocks.length),
): Float64Array {
  const reach = dampedSumTotal(phi, horizonBlocks) / horizonBlocks;
  const levels = new Float64Array(experts).fill(NaN);
  const slopes = new Float64Array(experts);
  for (let from = 0; from < blocks.length; from += experts) {
    for (let expert = 0; expert < experts; expert++) {
      const value = blocks[from + expert];
      let slope = slopes[expert] * phi;
      let level = levels[expert] + slope;
      if (Number.isFinite(value)) {
        const error = Number.isNaN(level) ? 0 : value - level;
        level = Number.isNaN(level) ? value : level + alpha * error;
        slope += beta * error;
      }
      levels[expert] = level;
      slopes[expert] = slope;
      into[from + expert] = Number.isNaN(level) ? 0 : level + reach * slope;
    }
  }
  return into;
}

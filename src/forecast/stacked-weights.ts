import { judgedAnchors, outcomesAt, type AnchorGrid } from './anchors.ts';
import { bankAt } from './bank.ts';
import { nonNegativeRidge } from './series/non-negative-ridge.ts';
import { normalEquations } from './series/normal-equations.ts';

/** Past anchors that weights are fitted to: the last 1,200 resolved steps. */
const stackedAnchors = 24;
/**
 * λ as a part of the mean square that the bank's forecasts differ by from their mean. Anything from 3 to 30 does as well on
 * the recorded traces; with 0.1 the load error 1,000 steps ahead is 1.27, 4.57 and 1.87 % against 1.26, 4.52 and 1.82.
 */
const penalty = 3;

/**
 * Stacking: weights of the bank's forecasts, not negative and summing to 1, with which they would have come nearest to what
 * came after the last resolved anchors, in least squares over anchors and experts, drawn towards equal weights. All is taken
 * relative to the mean of the bank, which changes nothing but what the ridge is measured by. Equal where nothing is resolved.
 */
export function stackedWeights(grid: AnchorGrid, horizonSteps: number): Float64Array {
  const lag = judgedAnchors(grid, horizonSteps);
  const to = Math.max(0, grid.count - lag);
  const from = Math.max(0, to - stackedAnchors);
  const bank = bankAt(grid, lag * grid.everySteps, from, to);
  const features: number[] = [];
  const target: number[] = [];
  outcomesAt(grid, lag, from, to).forEach((outcome, i) => {
    if (Number.isNaN(outcome)) return;
    const mean = bank.reduce((sum, forecasts) => sum + forecasts[i] / bank.length, 0);
    for (const forecasts of bank) features.push(forecasts[i] - mean);
    target.push(outcome - mean);
  });
  if (target.length === 0) return new Float64Array(bank.length).fill(1 / bank.length);
  return nonNegativeRidge(normalEquations(Float64Array.from(features), Float64Array.from(target)), { ridge: penalty });
}

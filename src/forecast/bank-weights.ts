import { judgedAnchors, loadErrors, outcomesAt, type AnchorGrid } from './anchors.ts';
import { bankAt } from './bank.ts';
import { pastError } from './past-choice.ts';
import { inverseErrorWeights } from './series/combination.ts';

/** Past anchors that weights are read off: the last 1,200 resolved steps. */
const weighedAnchors = 24;

/** Weights of the bank's forecasts at the origin, by their load errors at anchors whose horizon is over. */
export function bankWeights(grid: AnchorGrid, horizonSteps: number): Float64Array {
  const { count, everySteps, history: { experts } } = grid;
  const lag = judgedAnchors(grid, horizonSteps);
  const to = Math.max(0, count - lag);
  const from = Math.max(0, to - weighedAnchors);
  const outcomes = outcomesAt(grid, lag, from, to);
  const errors = bankAt(grid, lag * everySteps, from, to).map((forecasts) => pastError(loadErrors(forecasts, outcomes, experts), to - from - 1, weighedAnchors));
  return inverseErrorWeights(Float64Array.from(errors));
}

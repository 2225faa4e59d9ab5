import { judgedAnchors, loadErrors, outcomesAt, type AnchorGrid } from './anchors.ts';
import { bankAt } from './bank.ts';
import { pastError } from './past-choice.ts';
import { inverseErrorWeights } from './series/combination.ts';

/** Past anchors that weights are read off: the last 1,200 resolved steps. */
const weighedAnchors = 24;

/** How the bank's forecasts did at anchors whose horizon is over. */
export interface BankRecord {
  /** Horizon that they are judged at, steps, and at how many anchors; none where nothing is resolved yet. */
  readonly judgedSteps: number;
  readonly anchors: number;
  /** Mean load error of each member, as a share; NaN where nothing is resolved. */
  readonly errors: Float64Array;
}

export function bankRecord(grid: AnchorGrid, horizonSteps: number): BankRecord {
  const { count, everySteps, history: { experts } } = grid;
  const lag = judgedAnchors(grid, horizonSteps);
  const to = Math.max(0, count - lag);
  const from = Math.max(0, to - weighedAnchors);
  const outcomes = outcomesAt(grid, lag, from, to);
  const errors = bankAt(grid, lag * everySteps, from, to).map((forecasts) => pastError(loadErrors(forecasts, outcomes, experts), to - from - 1, weighedAnchors));
  return { judgedSteps: lag * everySteps, anchors: to - from, errors: Float64Array.from(errors) };
}

/** Weights of the bank's forecasts at the origin: the better one did lately, the more it counts. */
export function bankWeights(grid: AnchorGrid, horizonSteps: number): Float64Array {
  return inverseErrorWeights(bankRecord(grid, horizonSteps).errors);
}

import { anchorGrid, judgedAnchors, loadErrors, outcomesAt, type AnchorGrid } from './anchors.ts';
import { bankAt } from './bank.ts';
import type { Forecaster, Parameter } from './contract.ts';
import { choiceOf } from './parameter-values.ts';
import { pastError } from './past-choice.ts';
import { inverseErrorWeights, meanForecast, medianForecast, weightedForecast } from './series/combination.ts';
import { ontoSimplex } from './simplex.ts';

/** Past anchors that weights are read off: the last 1,200 resolved steps. */
const weighedAnchors = 24;

const way = {
  id: 'way', label: 'Combined by', kind: 'choice', default: 'inverse-error',
  choices: [{ value: 'inverse-error', label: 'Past errors' }, { value: 'mean', label: 'Mean' }, { value: 'median', label: 'Median' }],
  help: 'Past errors: the better a forecast did lately, the more it counts. Mean: all count alike. Median: the middle one, expert by expert.',
} as const satisfies Parameter;

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

/** A combination of the bank. In M4 no single method beat the simple combination of several. */
export const combination: Forecaster = {
  id: 'combination',
  label: 'Combination',
  help: 'Puts the ridges on averages, damped Holt and the sliding average together.',
  phrase: 'the combination',
  pools: true,
  cost: 'cheap',
  parameters: [way],
  fit(history, values) {
    const { experts } = history;
    const by = choiceOf(way, values);
    const grid = anchorGrid(history);
    return {
      forecast(horizonSteps) {
        const forecasts = bankAt(grid, horizonSteps, grid.count - 1, grid.count);
        const mean = by === 'mean' ? meanForecast(forecasts) : by === 'median' ? medianForecast(forecasts) : weightedForecast(forecasts, bankWeights(grid, horizonSteps));
        return { experts, blocks: 1, mean: ontoSimplex(mean, experts) };
      },
    };
  },
};

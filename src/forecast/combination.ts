import { anchorGrid, type AnchorGrid } from './anchors.ts';
import { bankAt } from './bank.ts';
import { bankWeights } from './bank-weights.ts';
import type { Forecaster, Parameter } from './contract.ts';
import { choiceOf } from './parameter-values.ts';
import { meanForecast, medianForecast, weightedForecast } from './series/combination.ts';
import { ontoSimplex } from './simplex.ts';
import { stackedWeights } from './stacked-weights.ts';

const way = {
  id: 'way', label: 'Combined by', kind: 'choice', default: 'inverse-error',
  choices: [
    { value: 'inverse-error', label: 'Past errors' }, { value: 'stacking', label: 'Stacking' }, { value: 'mean', label: 'Mean' }, { value: 'median', label: 'Median' },
  ],
  help: 'Past errors: the better a forecast did lately, the more it counts. Stacking: the mixture that would have come nearest lately. Mean: all count alike. Median: the middle one, expert by expert.',
} as const satisfies Parameter;

const ways: Readonly<Record<string, (forecasts: readonly Float64Array[], grid: AnchorGrid, horizonSteps: number) => Float64Array>> = {
  'inverse-error': (forecasts, grid, horizonSteps) => weightedForecast(forecasts, bankWeights(grid, horizonSteps)),
  'stacking': (forecasts, grid, horizonSteps) => weightedForecast(forecasts, stackedWeights(grid, horizonSteps)),
  'mean': (forecasts) => meanForecast(forecasts),
  'median': (forecasts) => medianForecast(forecasts),
};

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
    const combined = ways[choiceOf(way, values)];
    const grid = anchorGrid(history);
    return {
      forecast(horizonSteps) {
        const forecasts = bankAt(grid, horizonSteps, grid.count - 1, grid.count);
        return { experts, blocks: 1, mean: ontoSimplex(combined(forecasts, grid, horizonSteps), experts) };
      },
    };
  },
};

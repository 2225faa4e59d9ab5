import { anchorGrid } from './anchors.ts';
import type { Forecaster, Parameter } from './contract.ts';
import { choiceOf } from './parameter-values.ts';
import { ridgeAt, type Pool } from './pooled-ridge.ts';

const reversion = {
  id: 'reversion', label: 'Reversion', kind: 'choice', default: 'uniform',
  choices: [{ value: 'uniform', label: 'Towards equal shares' }, { value: 'none', label: 'None' }],
  help: 'Whether the distance to equal shares explains the future as well: balanced routers pull loads back to them.',
} as const satisfies Parameter;

const pool = {
  id: 'pool', label: 'Learns from', kind: 'choice', default: 'half',
  choices: [{ value: 'half', label: 'This layer and all layers' }, { value: 'layer', label: 'This layer alone' }, { value: 'all', label: 'All layers alike' }],
  help: 'Whose past the coefficients are fitted to; of very large traces it is this layer’s alone.',
} as const satisfies Parameter;

/** Ridge regression on means over windows of many lengths. */
export const ridge: Forecaster = {
  id: 'ridge',
  label: 'Ridge on averages',
  help: 'Weighs averages over many windows, and the pull towards equal shares, as would have forecast the recent past best.',
  phrase: 'the ridge on averages',
  pools: true,
  cost: 'cheap',
  parameters: [reversion, pool],
  fit(history, values) {
    const settings = { reversion: choiceOf(reversion, values) === 'uniform', holts: false, longestFittedSteps: 500 };
    const pools = [choiceOf(pool, values) as Pool];
    const grid = anchorGrid(history);
    return {
      forecast(horizonSteps) {
        const [mean] = ridgeAt(grid, settings, pools, horizonSteps, grid.count - 1, grid.count);
        return { experts: history.experts, blocks: 1, mean };
      },
    };
  },
};

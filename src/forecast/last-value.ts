import type { Forecaster } from './contract.ts';
import { ontoSimplex } from './simplex.ts';

/** The last known step's shares, for the whole horizon. */
export const lastValue: Forecaster = {
  id: 'last-value',
  label: 'Last value',
  help: 'Repeats the shares of the last known step.',
  phrase: 'the last value',
  cost: 'cheap',
  parameters: [],
  fit({ shares, rows, experts }) {
    const mean = ontoSimplex(Float64Array.from(shares.subarray((rows - 1) * experts, rows * experts)), experts);
    return { forecast: () => ({ experts, blocks: 1, mean: mean.slice() }) };
  },
};

import type { Forecaster } from './contract.ts';
import { followingModel } from './following-model.ts';
import { ontoSimplex } from './simplex.ts';

/** The last known step's shares, for the whole horizon. */
export const lastValue: Forecaster = {
  id: 'last-value',
  label: 'Last value',
  help: 'Repeats the shares of the last known step.',
  phrase: 'the last value',
  cost: 'cheap',
  parameters: [],
  fit: (history) => followingModel(
    history,
    ({ shares, rows, experts }) => ontoSimplex(Float64Array.from(shares.subarray((rows - 1) * experts, rows * experts)), experts),
    (last) => last.slice(),
  ),
};

import { blockLength, levelRate, smoothedForecast } from './block-smoothing.ts';
import type { Forecaster } from './contract.ts';
import { numberOf } from './parameter-values.ts';

/** Simple exponential smoothing (Brown 1956) with a rate that is given. */
export const exponentialSmoothing: Forecaster = {
  id: 'exponential-smoothing',
  label: 'Exponential smoothing',
  help: 'Repeats an average of the whole past in which older steps count for less and less.',
  phrase: 'the exponential smoothing',
  cost: 'cheap',
  parameters: [levelRate, blockLength],
  fit(history, values) {
    const alpha = numberOf(levelRate, values);
    const blockSteps = numberOf(blockLength, values);
    return { forecast: (horizonSteps) => smoothedForecast(history, { alpha, beta: 0, phi: 1 }, blockSteps, horizonSteps) };
  },
};

import { blockLength, blockSmoothing, levelRate } from './block-smoothing.ts';
import type { Forecaster } from './contract.ts';
import { choiceOf, numberOf } from './parameter-values.ts';
import { shareSpace, spaceChoice } from './share-space.ts';

/** Simple exponential smoothing (Brown 1956) with a rate that is given. */
export const exponentialSmoothing: Forecaster = {
  id: 'exponential-smoothing',
  label: 'Exponential smoothing',
  help: 'Repeats an average of the whole past in which older steps count for less and less.',
  phrase: 'the exponential smoothing',
  cost: 'cheap',
  parameters: [levelRate, blockLength, spaceChoice],
  fit(history, values) {
    const alpha = numberOf(levelRate, values);
    return blockSmoothing(history, { alpha, beta: 0, phi: 1 }, numberOf(blockLength, values), shareSpace(choiceOf(spaceChoice, values)));
  },
};

import type { WorkOptions } from '../progress.ts';
import { blockLength } from './block-smoothing.ts';
import type { Forecaster, History, Model } from './contract.ts';
import { fitEachExpert, pastBlocks, type Blocks } from './each-expert.ts';
import { numberOf } from './parameter-values.ts';
import { shareSpace } from './share-space.ts';

/** Probability that any expert of a layer without seasonality is taken for seasonal. */
const falseAlarms = 0.01;

/** STL and damped Holt on block means, each expert by itself with its own period; damped Holt alone where there is none. */
export const seasonal: Forecaster = {
  id: 'seasonal',
  label: 'Seasonal',
  help: 'Looks for a pattern that repeats and continues it on top of damped Holt; without one it is damped Holt, fitted to each share.',
  phrase: 'the seasonal forecast',
  cost: 'fitted',
  parameters: [blockLength, pastBlocks],
  fit(history, values, options) {
    return fitted(history, { blockSteps: numberOf(blockLength, values), mostBlocks: numberOf(pastBlocks, values), space: shareSpace('shares') }, options);
  },
};

async function fitted(history: History, blocks: Blocks, options?: WorkOptions): Promise<Model> {
  // Loaded where something is fitted: the page lists forecasters and never fits one.
  const [{ detectPeriod }, { SeasonalModel }, { fitSmoothing }] = await Promise.all([import('./series/period.ts'), import('./series/seasonal.ts'), import('./series/smoothing-fit.ts')]);
  return fitEachExpert(history, blocks, 'Looking for patterns that repeat', (series) => {
    const found = detectPeriod(series, { falseAlarms: falseAlarms / history.experts });
    return found ? new SeasonalModel(series, { period: found.period }) : fitSmoothing(series, 'damped-holt');
  }, options);
}

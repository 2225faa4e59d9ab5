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
  const { experts } = history;
  return fitEachExpert(history, blocks, 'Looking for patterns that repeat', {
    fit(series) {
      const found = detectPeriod(series, { falseAlarms: falseAlarms / experts });
      return found ? new SeasonalModel(series, { period: found.period }) : fitSmoothing(series, 'damped-holt');
    },
    explain(models) {
      const repeating = models.filter((model) => model instanceof SeasonalModel).length;
      return repeating === 0
        ? 'No expert’s share repeats a pattern beyond chance: each is forecast by damped Holt.'
        : `The shares of ${repeating} of ${experts} experts repeat a pattern; the others are forecast by damped Holt.`;
    },
  }, options);
}

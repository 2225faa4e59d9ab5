import type { WorkOptions } from '../progress.ts';
import { blockLength } from './block-smoothing.ts';
import type { Forecaster, History, Model, OnlyIf, Parameter } from './contract.ts';
import { fitEachExpert, pastBlocks, type Blocks, type ExpertFit } from './each-expert.ts';
import { choiceOf, numberOf } from './parameter-values.ts';
import type { ArimaModel } from './series/arima/model.ts';
import type { ArimaOrder } from './series/arima/order.ts';
import { shareSpace, spaceChoice } from './share-space.ts';

const orderChoice = {
  id: 'order', label: 'Order', kind: 'choice', default: 'given',
  choices: [{ value: 'given', label: 'As given' }, { value: 'automatic', label: 'Chosen automatically' }],
  help: 'As given: p, d and q below, for every expert. Chosen automatically: for each expert by itself, by tests and AICc.',
} as const satisfies Parameter;

const givenOrder: OnlyIf = { parameter: orderChoice.id, values: ['given'] };

const autoregression = {
  id: 'p', label: 'p', kind: 'integer', minimum: 0, maximum: 8, default: 5, onlyIf: givenOrder,
  help: 'Past blocks that a block depends on, where the order is given.',
} as const satisfies Parameter;

const differences = {
  id: 'd', label: 'd', kind: 'integer', minimum: 0, maximum: 2, default: 1, onlyIf: givenOrder,
  help: 'How often differences are taken, where the order is given: 0 returns to a mean, 1 starts from the last level.',
} as const satisfies Parameter;

const movingAverage = {
  id: 'q', label: 'q', kind: 'integer', minimum: 0, maximum: 8, default: 5, onlyIf: givenOrder,
  help: 'Past surprises that a block depends on, where the order is given.',
} as const satisfies Parameter;

/** ARIMA by exact maximum likelihood on block means, each expert by itself. (5,1,5) is the order of arXiv 2404.16914. */
export const arima: Forecaster = {
  id: 'arima',
  label: 'ARIMA',
  help: 'Fits each share by its own past blocks and past surprises, after differences.',
  phrase: 'ARIMA',
  cost: 'fitted',
  parameters: [orderChoice, autoregression, differences, movingAverage, blockLength, pastBlocks, spaceChoice],
  fit(history, values, options) {
    const given: ArimaOrder = { p: numberOf(autoregression, values), d: numberOf(differences, values), q: numberOf(movingAverage, values) };
    const blocks = { blockSteps: numberOf(blockLength, values), mostBlocks: numberOf(pastBlocks, values), space: shareSpace(choiceOf(spaceChoice, values)) };
    return fitted(history, choiceOf(orderChoice, values) === 'given' ? given : null, blocks, options);
  },
};

/** @param order null: chosen for each expert */
async function fitted(history: History, order: ArimaOrder | null, blocks: Blocks, options?: WorkOptions): Promise<Model> {
  return fitEachExpert(history, blocks, 'Fitting ARIMA models', await fitOf(order), options);
}

/** The code is loaded where something is fitted: the page lists forecasters and never fits one. */
async function fitOf(order: ArimaOrder | null): Promise<ExpertFit<ArimaModel>> {
  const { arimaInWords } = await import('./arima-words.ts');
  if (order) {
    const { fitArima } = await import('./series/arima/fit.ts');
    return { fit: (series) => fitArima(series, { order }), explain: arimaInWords };
  }
  const { autoArima } = await import('./series/arima/auto.ts');
  return { fit: (series) => autoArima(series).model, explain: arimaInWords };
}

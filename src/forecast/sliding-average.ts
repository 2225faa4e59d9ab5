import { GatecastError } from '../errors.ts';
import type { Forecaster, History, Parameter } from './contract.ts';
import { followingModel } from './following-model.ts';
import { meanOfRows, recentStride, windowStart } from './history.ts';
import { choiceOf } from './parameter-values.ts';
import { slidWeights } from './series/slid-weights.ts';
import { ontoSimplex } from './simplex.ts';

/** Mean shares of the last `windowSteps` steps of a history, `[experts]`; of all of it when the window is longer. */
export function averageOfWindow(history: History, windowSteps: number): Float64Array {
  const start = windowStart(history.steps, history.rows, windowSteps);
  return ontoSimplex(meanOfRows(history, start, history.rows), history.experts);
}

/**
 * Mean of the horizon, `[experts]`, when the window slides over it: every forecast row is the mean of the window before it
 * and enters the next ones, so that early rows of the window drop out. Rows are the trace's own distance apart.
 */
export function slidAverage({ steps, rows, shares, experts }: History, windowSteps: number, horizonSteps: number): Float64Array {
  const start = windowStart(steps, rows, windowSteps);
  const weights = slidWeights(rows - start, Math.max(1, Math.round(horizonSteps / recentStride(steps))));
  const mean = new Float64Array(experts);
  for (let row = start, at = start * experts; row < rows; row++) {
    const weight = weights[row - start];
    for (let expert = 0; expert < experts; expert++, at++) mean[expert] += weight * shares[at];
  }
  return ontoSimplex(mean, experts);
}

const defaultWindowSteps = 100;

const slid = {
  id: 'slid', label: 'Over the horizon', kind: 'choice', default: 'held',
  choices: [{ value: 'held', label: 'The mean is held' }, { value: 'recursive', label: 'The window slides on' }],
  help: 'Held: the mean of the window for every step. Slides on: each forecast enters the window of the next, as in the paper, and newer steps weigh more.',
} as const satisfies Parameter;

/** SW_Avg of arXiv 2404.16914, the best forecaster there. */
export const slidingAverage: Forecaster = {
  id: 'sliding-average',
  label: 'Sliding average',
  help: 'Repeats the mean shares of the last steps.',
  phrase: 'the sliding average',
  cost: 'cheap',
  parameters: [{
    id: 'windowSteps', label: 'Window', kind: 'integer', unit: 'steps',
    minimum: 1, maximum: 10_000_000, default: defaultWindowSteps, scale: 'log',
    help: 'How many past steps are averaged; all of them when the history is shorter.',
  }, slid],
  fit(history, values) {
    const { windowSteps = defaultWindowSteps } = values;
    if (typeof windowSteps !== 'number' || !(windowSteps > 0)) {
      throw new GatecastError({ code: 'bad-setting', where: 'window', message: `a window of ${windowSteps} steps cannot be averaged`, remedy: 'choose at least 1 step' });
    }
    return choiceOf(slid, values) === 'recursive'
      ? followingModel(history, (known) => known, (known, horizonSteps) => slidAverage(known, windowSteps, horizonSteps))
      : followingModel(history, (known) => averageOfWindow(known, windowSteps), (mean) => mean.slice());
  },
};

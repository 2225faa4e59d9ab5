import { GatecastError } from '../errors.ts';
import type { Forecaster, History } from './contract.ts';
import { meanOfRows, windowStart } from './history.ts';
import { ontoSimplex } from './simplex.ts';

/** Mean shares of the last `windowSteps` steps of a history, `[experts]`; of all of it when the window is longer. */
export function averageOfWindow(history: History, windowSteps: number): Float64Array {
  const start = windowStart(history.steps, history.rows, windowSteps);
  return ontoSimplex(meanOfRows(history, start, history.rows), history.experts);
}

const defaultWindowSteps = 100;

/** SW_Avg of arXiv 2404.16914, the best forecaster there; slid over the horizon it stays at its mean. */
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
  }],
  fit(history, { windowSteps = defaultWindowSteps }) {
    if (typeof windowSteps !== 'number' || !(windowSteps > 0)) {
      throw new GatecastError({ code: 'bad-setting', where: 'window', message: `a window of ${windowSteps} steps cannot be averaged`, remedy: 'choose at least 1 step' });
    }
    const mean = averageOfWindow(history, windowSteps);
    return { forecast: () => ({ experts: history.experts, blocks: 1, mean: mean.slice() }) };
  },
};

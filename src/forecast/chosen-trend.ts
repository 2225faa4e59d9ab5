import { anchorGrid, horizonAnchors, judgedAnchors, loadErrors, outcomesAt, pastAnchors } from './anchors.ts';
import type { Forecaster } from './contract.ts';
import { bestAt } from './past-choice.ts';
import { trendMeans } from './series/shrunken-trend.ts';
import { BlockTrends } from './shrunken-trend.ts';
import { ontoSimplex } from './simplex.ts';

const lines = [1000, 200, 500, 2000].flatMap((windowSteps) => (['log', 'linear'] as const).map((scale) => ({ windowSteps, scale })));
const parts = [0.2, 0, 0.1, 0.3, 0.4, 0.6, 0.8];

/** The shrunken trend with nothing to set: window, scale and part of the slope are those of the least load error on the past. */
export const chosenTrend: Forecaster = {
  id: 'chosen-trend',
  label: 'Shrunken trend, settings chosen on the past',
  help: 'Continues a line with a part of its slope; which line and part is what would have forecast the recent past best.',
  phrase: 'the shrunken trend, its settings chosen on the past,',
  cost: 'cheap',
  parameters: [],
  fit(history) {
    const { experts } = history;
    const grid = anchorGrid(history);
    const trends = new BlockTrends(grid);
    const origin = grid.count - 1;

    /** Forecasts at an anchor with every line and part, `[lines × parts][experts]`. */
    const forecastsAt = (anchor: number, horizon: number): readonly Float64Array[] => lines.flatMap(({ windowSteps, scale }) => {
      const line = trends.at(anchor, windowSteps, { scale, keep: 1 });
      const whole = trendMeans(line, horizon);
      return parts.map((part) => whole.map((share, expert) => line.means[expert] + part * (share - line.means[expert])));
    });

    return {
      forecast(horizonSteps) {
        const lag = judgedAnchors(grid, horizonSteps);
        const first = Math.max(0, origin - lag - pastAnchors + 1);
        const outcomes = outcomesAt(grid, lag, first, origin);
        const errors = lines.flatMap(() => parts.map(() => new Float64Array(outcomes.length / experts)));
        for (let i = 0; i * experts < outcomes.length; i++) {
          const outcome = outcomes.subarray(i * experts, (i + 1) * experts);
          forecastsAt(first + i, lag).forEach((forecast, setting) => { errors[setting][i] = loadErrors(forecast, outcome, experts)[0]; });
        }
        const [best] = bestAt(errors, origin - lag - first, 1);
        return { experts, blocks: 1, mean: ontoSimplex(forecastsAt(origin, horizonAnchors(grid, horizonSteps))[best], experts) };
      },
    };
  },
};

import { anchorGrid, horizonAnchors, judgedAnchors, loadErrors, outcomesAt, pastAnchors, type AnchorGrid } from './anchors.ts';
import type { Forecaster, History } from './contract.ts';
import { chosenOnce, followingModel } from './following-model.ts';
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
    const fitted = new Lines(history);
    const settingFor = chosenOnce((horizonSteps) => fitted.bestFor(horizonSteps));
    return followingModel(history, (known) => new Lines(known), (now, horizonSteps) => ontoSimplex(now.atOrigin(horizonSteps)[settingFor(horizonSteps)], experts));
  },
};

/** Every line with every part of its slope. */
class Lines {
  readonly #grid: AnchorGrid;
  readonly #trends: BlockTrends;

  constructor(history: History) {
    this.#grid = anchorGrid(history);
    this.#trends = new BlockTrends(this.#grid);
  }

  atOrigin(horizonSteps: number): readonly Float64Array[] {
    return this.#at(this.#grid.count - 1, horizonAnchors(this.#grid, horizonSteps));
  }

  /** Forecasts made at an anchor, `[lines × parts][experts]`. */
  #at(anchor: number, horizon: number): readonly Float64Array[] {
    return lines.flatMap(({ windowSteps, scale }) => {
      const line = this.#trends.at(anchor, windowSteps, { scale, keep: 1 });
      const whole = trendMeans(line, horizon);
      return parts.map((part) => whole.map((share, expert) => line.means[expert] + part * (share - line.means[expert])));
    });
  }

  /** Place of the setting with the least load error over the last anchors that were resolved. */
  bestFor(horizonSteps: number): number {
    const grid = this.#grid;
    const { experts } = grid.history;
    const origin = grid.count - 1;
    const lag = judgedAnchors(grid, horizonSteps);
    const first = Math.max(0, origin - lag - pastAnchors + 1);
    const outcomes = outcomesAt(grid, lag, first, origin);
    const errors = lines.flatMap(() => parts.map(() => new Float64Array(outcomes.length / experts)));
    for (let i = 0; i * experts < outcomes.length; i++) {
      const outcome = outcomes.subarray(i * experts, (i + 1) * experts);
      this.#at(first + i, lag).forEach((forecast, setting) => { errors[setting][i] = loadErrors(forecast, outcome, experts)[0]; });
    }
    return bestAt(errors, origin - lag - first, 1)[0];
  }
}

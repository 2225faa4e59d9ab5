import { rowAtStep } from '../../trace/trace.ts';
import type { Forecast, History } from '../contract.ts';
import { historyBefore, meanOfRows } from '../history.ts';
import type { LayerShares } from '../layer-shares.ts';
import { coveredBy, meanOfBlocks, widthOf } from '../past-misses.ts';
import { judge } from '../scores.ts';
import { truthFrom, type Truth } from '../truth.ts';
import { PastErrorIntervals } from './intervals.ts';
import type { ComparisonPoint, ComparisonSettings } from './types.ts';

/** What a contender forecast at an origin that was not forecast here, as the LSTM's. */
export interface GivenForecast {
  readonly originStep: number;
  /** Place among the horizons. */
  readonly horizon: number;
  readonly blocks: number;
  /** `[blocks][experts]` */
  readonly mean: Float64Array;
  readonly elapsedMs: number;
}

/** Horizons that the last value's error is a mean over, at most. */
const mostHorizonsBack = 100;

/** What a forecast is judged by at one origin. */
export interface Judged {
  /** What is known at the origin. */
  readonly history: History;
  /** What came after it. */
  readonly truth: Truth;
}

/** Judges the forecasts of one contender and layer, origins in ascending order. */
export class ContenderJudge {
  readonly #intervals: readonly PastErrorIntervals[];

  constructor({ horizons, coverage }: Pick<ComparisonSettings, 'horizons' | 'coverage'>) {
    this.#intervals = horizons.map((horizonSteps) => new PastErrorIntervals(horizonSteps, coverage));
  }

  /** Takes in a forecast that serves the intervals alone. */
  recall(history: History, originStep: number, horizon: number, forecast: Pick<Forecast, 'blocks' | 'mean'>): void {
    this.#intervals[horizon].around(history, originStep, meanOfBlocks(forecast, history.experts));
  }

  judge({ history, truth }: Judged, horizon: number, forecast: Pick<Forecast, 'blocks' | 'mean'>): Pick<ComparisonPoint, 'scores' | 'mase' | 'covered' | 'width'> {
    const mean = meanOfBlocks(forecast, truth.experts);
    const { scores } = judge(truth, forecast);
    const interval = this.#intervals[horizon].around(history, truth.originStep, mean);
    return {
      scores,
      mase: scores.absoluteBlock / naiveError(history, truth),
      covered: interval ? coveredBy(interval, truth.mean) : NaN,
      width: interval ? widthOf(interval) : NaN,
    };
  }
}

/**
 * Judges forecasts that were made elsewhere, as `compareLayer` judges its own.
 * @param given of one contender and layer, origins in ascending order
 * @param fromOriginStep those of earlier origins serve the intervals alone, and give no points
 */
export function judgeGiven(
  layer: number, shares: LayerShares, contender: number, settings: ComparisonSettings, given: readonly GivenForecast[], fromOriginStep = -Infinity,
): readonly ComparisonPoint[] {
  const judge = new ContenderJudge(settings);
  return given.flatMap(({ originStep, horizon, elapsedMs, ...forecast }) => {
    const history = historyBefore(shares, originStep);
    if (originStep < fromOriginStep) {
      judge.recall(history, originStep, horizon, forecast);
      return [];
    }
    const truth = truthFrom(shares, originStep, settings.horizons[horizon], settings.coldShare);
    return truth ? [{ layer, contender, originStep, horizon, elapsedMs, ...judge.judge({ history, truth }, horizon, forecast) }] : [];
  });
}

/**
 * What the last value erred by, one horizon back from the origin, two back and so on as far as something is known: mean
 * over these and over experts, percentage points. Mean errors are divided, not each expert's own: one expert's error of a
 * few times may be next to nothing.
 * @returns NaN where nothing was known a horizon back, or the error is 0
 */
function naiveError(history: History, { originStep, horizonSteps }: Truth): number {
  const { experts, shares, steps } = history;
  let sum = 0;
  let times = 0;
  for (let back = 0; back < mostHorizonsBack; back++) {
    const end = originStep - back * horizonSteps;
    const then = rowAtStep(steps, end - horizonSteps);
    if (then === 0) break;
    const until = rowAtStep(steps, end);
    if (until === then) continue;
    const last = (then - 1) * experts;
    sum += meanOfRows(history, then, until).reduce((error, share, expert) => error + Math.abs(share - shares[last + expert]), 0);
    times++;
  }
  return sum > 0 ? (100 * sum) / experts / times : NaN;
}

import { rowAtStep } from '../trace/trace.ts';
import type { Forecaster, History } from './contract.ts';
import { chosenOnce, followingModel } from './following-model.ts';
import { endStep, meanOfRows, recentStride, windowStart } from './history.ts';
import { averageOfWindow } from './sliding-average.ts';

/** Windows that are tried, steps. */
export const candidateWindows: readonly number[] = [10, 20, 50, 100, 200, 350, 500, 700, 1000, 1400, 2000];

/** Past origins that a choice looks at, and their distance: the last 600 resolved steps. More of the past is worse. */
const pastOrigins = 24;
const pastOriginsEverySteps = 25;
/**
 * Longest horizon that past origins are judged on, steps. Long horizons resolve late: choosing at 500 steps beats
 * choosing at 1,000 on all three recorded traces (load error 1.37, 4.93, 2.87 % against 1.44, 5.20, 2.98).
 */
const longestResolvedSteps = 500;
/** Where nothing is resolved yet. */
const fallbackWindowSteps = 100;

/**
 * The window of the sliding average that did best on the past: past origins whose horizon ended before this history
 * did, judged by the load error of the horizon's mean.
 * @returns window, steps
 */
export function chooseWindow(history: History, horizonSteps: number): number {
  const { steps, rows, experts, cumulative } = history;
  const end = endStep(steps);
  const knownSteps = end - steps[0];
  const stride = recentStride(steps);
  const resolvedSteps = Math.max(stride, Math.min(horizonSteps, longestResolvedSteps, Math.floor(knownSteps / 3)));
  const every = Math.max(stride, pastOriginsEverySteps);
  const windows = candidateWindows.filter((window, i) => i === 0 || window <= knownSteps);
  const errors = new Float64Array(windows.length);
  const truth = new Float64Array(experts);
  let judged = 0;
  for (let i = 0; i < pastOrigins; i++) {
    const origin = end - resolvedSteps - i * every;
    const known = rowAtStep(steps, origin);
    const until = Math.min(rows, rowAtStep(steps, origin + resolvedSteps));
    if (known === 0) break;
    if (until === known) continue;
    judged++;
    meanOfRows(history, known, until, truth);
    for (let w = 0; w < windows.length; w++) {
      const start = windowStart(steps, known, windows[w]);
      const scale = 1 / (known - start);
      const low = start * experts;
      const high = known * experts;
      let error = 0;
      for (let expert = 0; expert < experts; expert++) {
        error += Math.abs((cumulative[high + expert] - cumulative[low + expert]) * scale - truth[expert]);
      }
      errors[w] += error;
    }
  }
  if (judged === 0) return Math.min(fallbackWindowSteps, Math.max(1, knownSteps));
  let best = 0;
  for (let w = 1; w < windows.length; w++) if (errors[w] < errors[best]) best = w;
  return windows[best];
}

/** The sliding average with nothing to set. */
export const chosenAverage: Forecaster = {
  id: 'chosen-average',
  label: 'Sliding average, window chosen on the past',
  help: 'Repeats the mean shares of the last steps; how many is what would have forecast the recent past best.',
  phrase: 'the sliding average, its window chosen on the past,',
  cost: 'cheap',
  parameters: [],
  fit(history) {
    const windowOf = chosenOnce((horizonSteps) => chooseWindow(history, horizonSteps));
    return followingModel(history, (known) => known, (known, horizonSteps) => averageOfWindow(known, windowOf(horizonSteps)));
  },
};

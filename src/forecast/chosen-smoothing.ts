import { anchorGrid, blockMeans, horizonAnchors, judgedAnchors, loadErrors, outcomesAt, pastAnchors, type AnchorGrid } from './anchors.ts';
import type { Forecaster, History, Model } from './contract.ts';
import { chosenOnce, followingModel } from './following-model.ts';
import { bestAt } from './past-choice.ts';
import { holtAnchorMeans } from './series/holt-anchors.ts';
import type { SmoothingParameters } from './series/smoothing.ts';
import { ontoSimplex } from './simplex.ts';

const simple = (alpha: number): SmoothingParameters => ({ alpha, beta: 0, phi: 1 });

/** The first is taken where nothing is resolved yet. */
const smoothingSettings: readonly SmoothingParameters[] = [0.1, 0.03, 0.05, 0.07, 0.15, 0.2, 0.3, 0.5, 0.8].map(simple);

/**
 * Slopes are damped well: with φ up to 0.98 the choice falls on settings that were right by chance (load error 1.37, 4.86,
 * 2.73 % against 1.36, 4.57, 2.67 on the recorded traces, 1,000 steps ahead).
 */
const holtSettings: readonly SmoothingParameters[] = [0.1, 0.03, 0.05, 0.2, 0.3].flatMap((alpha) => [
  simple(alpha), ...[0.03, 0.1].flatMap((rate) => [0.8, 0.9].map((phi) => ({ alpha, beta: rate * alpha, phi }))),
]);

/**
 * One setting for all experts: at each anchor `from` (in) to `to` (out) that of the least load error over the last resolved
 * anchors before it.
 * @returns places among the settings, `[anchors]`
 */
function chosenAt(grid: AnchorGrid, settings: readonly SmoothingParameters[], horizonSteps: number, from: number, to: number): Uint32Array {
  const { history: { experts } } = grid;
  const blocks = blockMeans(grid);
  const lag = judgedAnchors(grid, horizonSteps);
  const firstJudged = Math.max(0, from - lag - pastAnchors + 1);
  const outcomes = outcomesAt(grid, lag, firstJudged, to - lag);
  const room = new Float64Array(blocks.length);
  const errors = settings.map((setting) => loadErrors(holtAnchorMeans(blocks, experts, setting, lag, room).subarray(firstJudged * experts), outcomes, experts));
  return bestAt(errors, from - lag - firstJudged, to - from);
}

/**
 * Smoothing of block means with the settings chosen for anchors `from` (in) on.
 * @returns mean shares of the horizon, on the simplex, `[anchors][experts]`
 */
function smoothedAt(grid: AnchorGrid, settings: readonly SmoothingParameters[], chosen: Uint32Array, horizonSteps: number, from: number): Float64Array {
  const { history: { experts } } = grid;
  const blocks = blockMeans(grid);
  const horizon = horizonAnchors(grid, horizonSteps);
  const room = new Float64Array(blocks.length);
  const forecasts = new Float64Array(chosen.length * experts);
  for (const one of new Set(chosen)) {
    holtAnchorMeans(blocks, experts, settings[one], horizon, room);
    chosen.forEach((setting, i) => {
      if (setting === one) forecasts.set(room.subarray((from + i) * experts, (from + i + 1) * experts), i * experts);
    });
  }
  return ontoSimplex(forecasts, experts);
}

export function chosenHoltAt(grid: AnchorGrid, horizonSteps: number, from: number, to: number): Float64Array {
  return smoothedAt(grid, holtSettings, chosenAt(grid, holtSettings, horizonSteps, from, to), horizonSteps, from);
}

function modelOf(history: History, settings: readonly SmoothingParameters[]): Model {
  const fitted = anchorGrid(history);
  const chosenFor = chosenOnce((horizonSteps) => chosenAt(fitted, settings, horizonSteps, fitted.count - 1, fitted.count));
  return followingModel(history, (known) => anchorGrid(known), (grid, horizonSteps) => smoothedAt(grid, settings, chosenFor(horizonSteps), horizonSteps, grid.count - 1));
}

/** Exponential smoothing with nothing to set. */
export const chosenSmoothing: Forecaster = {
  id: 'chosen-smoothing',
  label: 'Exponential smoothing, rate chosen on the past',
  help: 'Repeats an average in which older steps count for less; how fast is what would have forecast the recent past best.',
  phrase: 'the exponential smoothing, its rate chosen on the past,',
  cost: 'cheap',
  parameters: [],
  fit: (history) => modelOf(history, smoothingSettings),
};

/** Damped Holt with nothing to set. */
export const chosenHolt: Forecaster = {
  id: 'chosen-holt',
  label: 'Damped Holt, settings chosen on the past',
  help: 'Follows level and slope of each share; how fast is what would have forecast the recent past best.',
  phrase: 'the damped Holt smoothing, its settings chosen on the past,',
  cost: 'cheap',
  parameters: [],
  fit: (history) => modelOf(history, holtSettings),
};

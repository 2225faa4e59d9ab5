import { historyAt, type AnchorGrid } from './anchors.ts';
import { chosenHoltAt } from './chosen-smoothing.ts';
import { chooseWindow } from './choose-window.ts';
import { ridgeAt, type Pool, type RidgeSettings } from './pooled-ridge.ts';
import { averageOfWindow } from './sliding-average.ts';

/** Fitted to a short horizon, and to a longer one with Holt smoothings among the features. */
const ridges: readonly RidgeSettings[] = [
  { reversion: true, holts: false, longestFittedSteps: 500 },
  { reversion: true, holts: true, longestFittedSteps: 1000 },
];

/**
 * Forecasts that a combination puts together: ridges on averages (each with coefficients of the layer alone, of all layers,
 * and half and half), damped Holt, and the sliding average, both with settings chosen on the past. Where the other layers
 * are not at hand there are the layer's own ridges alone.
 * @returns of each, mean shares of the horizon at anchors `from` (in) to `to` (out),
 * `[anchors][experts]`; ridges first, the average last
 */
export function bankAt(grid: AnchorGrid, horizonSteps: number, from: number, to: number): readonly Float64Array[] {
  const pools: readonly Pool[] = (grid.history.others ?? []).length > 0 ? ['layer', 'half', 'all'] : ['layer'];
  return [
    ...ridges.flatMap((settings) => ridgeAt(grid, settings, pools, horizonSteps, from, to)),
    chosenHoltAt(grid, horizonSteps, from, to),
    chosenAverageAt(grid, horizonSteps, from, to),
  ];
}

function chosenAverageAt(grid: AnchorGrid, horizonSteps: number, from: number, to: number): Float64Array {
  const { experts } = grid.history;
  const forecasts = new Float64Array((to - from) * experts);
  for (let anchor = from; anchor < to; anchor++) {
    const known = historyAt(grid, anchor);
    forecasts.set(averageOfWindow(known, chooseWindow(known, horizonSteps)), (anchor - from) * experts);
  }
  return forecasts;
}

import { layersKey, rememberedAt } from './anchor-memo.ts';
import { historyAt, judgedAnchors, type AnchorGrid } from './anchors.ts';
import { chosenHoltAt } from './chosen-smoothing.ts';
import { chooseWindow } from './choose-window.ts';
import { ridgeAt, type Pool, type RidgeSettings } from './pooled-ridge.ts';
import { averageOfWindow } from './sliding-average.ts';

/** Fitted to a short horizon, and to a longer one with Holt smoothings among the features. */
const ridges: readonly (RidgeSettings & { readonly name: string })[] = [
  { name: 'Ridge', reversion: true, holts: false, longestFittedSteps: 500 },
  { name: 'Ridge with Holts', reversion: true, holts: true, longestFittedSteps: 1000 },
];
const poolNames: Readonly<Record<Pool, string>> = { layer: 'of this layer', half: 'of this and all layers', all: 'of all layers' };

/** Names of the members, in the order of `bankAt`. */
export function bankMembers(grid: AnchorGrid): readonly string[] {
  return [...ridges.flatMap(({ name }) => poolsOf(grid).map((pool) => `${name}, ${poolNames[pool]}`)), 'Damped Holt', 'Sliding average'];
}

/**
 * Forecasts that a combination puts together: ridges on averages (each with coefficients of the layer alone, of all layers,
 * and half and half), damped Holt, and the sliding average, both with settings chosen on the past. Where the other layers
 * are not at hand there are the layer's own ridges alone.
 * @returns of each, mean shares of the horizon at anchors `from` (in) to `to` (out),
 * `[anchors][experts]`; ridges first, the average last
 */
export function bankAt(grid: AnchorGrid, horizonSteps: number, from: number, to: number): readonly Float64Array[] {
  const { experts, others = [] } = grid.history;
  const lags = ridges.map(({ longestFittedSteps }) => judgedAnchors(grid, horizonSteps, longestFittedSteps));
  const byAnchor = rememberedAt(grid, `bank ${horizonSteps} ${lags.join()} ${layersKey(others)}`, 0, from, to, (first, end) => {
    const members = makeBank(grid, horizonSteps, first, end);
    return Array.from({ length: end - first }, (_, i) => concatenated(members.map((member) => member.subarray(i * experts, (i + 1) * experts))));
  });
  return Array.from({ length: bankMembers(grid).length }, (_, member) => concatenated(byAnchor.map((numbers) => numbers.subarray(member * experts, (member + 1) * experts))));
}

function poolsOf({ history: { others = [] } }: AnchorGrid): readonly Pool[] {
  return others.length > 0 ? ['layer', 'half', 'all'] : ['layer'];
}

function makeBank(grid: AnchorGrid, horizonSteps: number, from: number, to: number): readonly Float64Array[] {
  return [
    ...ridges.flatMap((settings) => ridgeAt(grid, settings, poolsOf(grid), horizonSteps, from, to)),
    chosenHoltAt(grid, horizonSteps, from, to),
    chosenAverageAt(grid, horizonSteps, from, to),
  ];
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
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

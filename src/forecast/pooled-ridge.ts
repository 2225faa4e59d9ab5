import { rememberedAt } from './anchor-memo.ts';
import { anchorGrid, judgedAnchors, pastAnchors, type AnchorGrid } from './anchors.ts';
import { solveDamped } from './series/cholesky.ts';
import { ontoSimplex } from './simplex.ts';
import { anchorEquations, sizeOf, windowFeatures, type Equations, type FeatureChoice, type WindowFeatures } from './window-features.ts';

/** Where coefficients come from: the layer's own experts, those of all layers, or half and half. */
export type Pool = 'layer' | 'half' | 'all';
const ownPart: Readonly<Record<Pool, number>> = { layer: 1, half: 0.5, all: 0 };

/**
 * λ as a part of the mean diagonal of XᵀX, for coefficients that come from one layer. From n layers they come from n times
 * as much, and λ is an n-th of it. On the recorded traces 0.1 does better alone than 0.01 (load error 1.31, 4.62, 2.01 %
 * against 1.36, 4.76, 2.10, 1,000 steps ahead), pooled it makes no difference of note.
 */
const penalty = 0.1;

export interface RidgeSettings extends FeatureChoice {
  /** Longest horizon that coefficients are fitted to, steps. */
  readonly longestFittedSteps: number;
}

/**
 * Forecasts of the mean of the horizon by ridge regression on windows' means, one for each way of pooling, with
 * coefficients fitted to the last resolved anchors before each anchor: 12 of them, 600 steps.
 * Layers weigh by the inverse mean square of what is explained.
 * @returns mean shares, on the simplex, `[anchors][experts]`, at anchors `from` (in) to `to` (out); the recent mean where
 * nothing was resolved
 */
export function ridgeAt(grid: AnchorGrid, settings: RidgeSettings, pools: readonly Pool[], horizonSteps: number, from: number, to: number): readonly Float64Array[] {
  const { experts, others = [] } = grid.history;
  const lag = judgedAnchors(grid, horizonSteps, settings.longestFittedSteps);
  const features = windowFeatures(grid, settings, lag, from, to);
  const size = features.columns.length;
  const grids = pools.every((pool) => pool === 'layer') ? [grid] : [grid, ...others.map((history) => anchorGrid(history, grid.everySteps))];
  const layers = grids.map((one) => recentEquations(one, settings, lag, from, to));
  const forecasts = pools.map(() => new Float64Array((to - from) * experts));
  for (let i = 0; i < to - from; i++) {
    const own = layers[0][i];
    const all = own.map((_, entry) => layers.reduce((sum, layer) => sum + layer[i][entry], 0) / layers.length);
    pools.forEach((pool, which) => {
      const part = ownPart[pool];
      const equations = pool === 'layer' ? own : own.map((value, entry) => part * value + (1 - part) * all[entry]);
      const coefficients = solved(equations, size, penalty / (pool === 'layer' ? 1 : layers.length));
      predict(features, from + i, coefficients, forecasts[which].subarray(i * experts, (i + 1) * experts));
    });
  }
  return forecasts.map((forecast) => ontoSimplex(forecast, experts));
}

/**
 * XᵀX and Xᵀy of a layer over the last resolved anchors before each anchor `from` (in) to `to` (out), divided by the mean
 * square of what is explained, `[size × size + size]` each; zeros where nothing was resolved.
 */
function recentEquations(grid: AnchorGrid, choice: FeatureChoice, lag: number, from: number, to: number): readonly Float64Array[] {
  return rememberedAt(grid, `recent ${choice.reversion} ${choice.holts} ${lag}`, 0, from, to, (start, end) => {
    const first = Math.max(0, start - lag - pastAnchors + 1);
    const equations = anchorEquations(grid, choice, lag, first, Math.max(first, end - lag));
    return Array.from({ length: end - start }, (_, i) => {
      const resolved = start + i - lag - first + 1;
      return scaledSum(equations.slice(Math.max(0, resolved - pastAnchors), Math.max(0, resolved)), sizeOf(choice));
    });
  });
}

function scaledSum(equations: readonly Equations[], size: number): Float64Array {
  const length = size * size + size;
  const sum = new Float64Array(length + 2);
  for (const one of equations) for (let i = 0; i < sum.length; i++) sum[i] += one[i];
  const [square, anchors] = [sum[length], sum[length + 1]];
  return sum.subarray(0, length).map((value) => (square > 0 ? (value * anchors) / square : 0));
}

/** Coefficients of a ridge without intercept; 0 where nothing is explained. */
function solved(equations: Float64Array, size: number, ridge: number): Float64Array {
  const damped = equations.slice(0, size * size);
  const cross = equations.subarray(size * size);
  let diagonal = 0;
  for (let i = 0; i < size; i++) diagonal += damped[i * size + i] / size;
  for (let i = 0; i < size; i++) damped[i * size + i] += ridge * diagonal;
  const coefficients = new Float64Array(size);
  return solveDamped(damped, cross, 0, new Float64Array(size * size), coefficients) ? coefficients : coefficients.fill(0);
}

function predict({ from, base, columns }: WindowFeatures, anchor: number, coefficients: Float64Array, into: Float64Array): void {
  const experts = into.length;
  const first = (anchor - from) * experts;
  into.set(base.subarray(first, first + experts));
  columns.forEach((column, feature) => {
    for (let expert = 0; expert < experts; expert++) into[expert] += coefficients[feature] * column[first + expert];
  });
}

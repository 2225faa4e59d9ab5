import { anchorGrid, judgedAnchors, pastAnchors, type AnchorGrid } from './anchors.ts';
import { solveDamped } from './series/cholesky.ts';
import type { NormalEquations } from './series/normal-equations.ts';
import { ontoSimplex } from './simplex.ts';
import { RunningEquations, windowFeatures, type FeatureChoice, type WindowFeatures } from './window-features.ts';

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
  const first = Math.max(0, from - lag - pastAnchors + 1);
  const features = windowFeatures(grid, settings, lag, first, to);
  const own = new RunningEquations(grid, features, lag, to - lag);
  const layers = pools.every((pool) => pool === 'layer') ? [own] : [own, ...others.map((history) => {
    const other = anchorGrid(history, grid.everySteps);
    return new RunningEquations(other, windowFeatures(other, settings, lag, first, Math.max(first, to - lag)), lag, to - lag);
  })];
  const forecasts = pools.map(() => new Float64Array((to - from) * experts));
  for (let anchor = from; anchor < to; anchor++) {
    // Anchors that were resolved at this one, counted from the first.
    const end = anchor - lag - first + 1;
    const added = (part: readonly RunningEquations[]): NormalEquations => {
      const sum = nothing(features.columns.length);
      for (const one of part) one.add(end - pastAnchors, end, 1 / part.length, sum);
      return sum;
    };
    const layer = added([own]);
    const all = layers.length > 1 ? added(layers) : layer;
    pools.forEach((pool, i) => {
      const coefficients = solved(blend(layer, all, ownPart[pool]), penalty / (pool === 'layer' ? 1 : layers.length));
      predict(features, anchor, coefficients, forecasts[i].subarray((anchor - from) * experts, (anchor - from + 1) * experts));
    });
  }
  return forecasts.map((forecast) => ontoSimplex(forecast, experts));
}

function nothing(size: number): NormalEquations {
  return { size, gram: new Float64Array(size * size), cross: new Float64Array(size) };
}

function blend(layer: NormalEquations, all: NormalEquations, part: number): NormalEquations {
  const mixed = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => part * value + (1 - part) * b[i]);
  return { size: layer.size, gram: mixed(layer.gram, all.gram), cross: mixed(layer.cross, all.cross) };
}

/** Coefficients of a ridge without intercept; 0 where nothing is explained. */
function solved({ size, gram, cross }: NormalEquations, ridge: number): Float64Array {
  let diagonal = 0;
  for (let i = 0; i < size; i++) diagonal += gram[i * size + i] / size;
  const damped = gram.slice();
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

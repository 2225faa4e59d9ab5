import { rowTotals } from './shares.ts';
import type { TraceLayer } from './trace.ts';

export interface TotalRange {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

const rangeOfLayer = new WeakMap<TraceLayer, TotalRange>();

/** Smallest, middle and largest row sum of a layer; kept for the layer. */
export function totalRange(layer: TraceLayer): TotalRange {
  const known = rangeOfLayer.get(layer);
  if (known) return known;
  const sorted = rowTotals(layer).slice().sort();
  const range = { minimum: sorted[0], median: sorted[sorted.length >> 1], maximum: sorted[sorted.length - 1] };
  rangeOfLayer.set(layer, range);
  return range;
}

/** 1 or 100 where the rows of all layers sum to that, as shares do; null where they do not. */
export function wholeOf(layers: readonly TraceLayer[]): 1 | 100 | null {
  return wholeOfSums(layers.map((layer) => totalRange(layer).median));
}

/** The same of the middle row sum of each layer. */
export function wholeOfSums(medians: readonly number[]): 1 | 100 | null {
  const near = (whole: number): boolean => medians.every((median) => Math.abs(median - whole) < whole * 0.01);
  return near(1) ? 1 : near(100) ? 100 : null;
}

const lateSumsOfLayer = new WeakMap<TraceLayer, Float64Array>();

/** The sums are known from elsewhere, and the layer's values need not be read for them. */
export function knownLateSums(layer: TraceLayer, sums: Float64Array): void {
  lateSumsOfLayer.set(layer, sums);
}

/** Sum of every expert over the last tenth of the rows, at least one row; kept for the layer. */
export function lateSums(layer: TraceLayer): Float64Array {
  const known = lateSumsOfLayer.get(layer);
  if (known) return known;
  const sums = sumLateRows(layer);
  lateSumsOfLayer.set(layer, sums);
  return sums;
}

function sumLateRows(layer: TraceLayer): Float64Array {
  const { values, experts } = layer;
  const rows = values.length / experts;
  const sums = new Float64Array(experts);
  for (let row = rows - Math.max(1, Math.ceil(rows / 10)); row < rows; row++) {
    for (let expert = 0; expert < experts; expert++) sums[expert] += values[row * experts + expert];
  }
  return sums;
}

/** How many experts, equally loaded, would be as unequal: exp of the entropy of their shares. 0 without any load. */
export function effectiveExperts(sums: Float64Array): number {
  const total = sums.reduce((a, b) => a + b, 0);
  if (!(total > 0)) return 0;
  let entropy = 0;
  for (const sum of sums) if (sum > 0) entropy -= (sum / total) * Math.log(sum / total);
  return Math.exp(entropy);
}

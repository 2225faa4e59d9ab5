import type { TraceLayer } from './trace.ts';

const totalsOfLayer = new WeakMap<TraceLayer, Float64Array>();

/** Sum over the experts of each row; kept for the layer, since every picture needs it. */
export function rowTotals(layer: TraceLayer): Float64Array {
  const known = totalsOfLayer.get(layer);
  if (known) return known;
  const totals = sumRows(layer.values, layer.experts);
  totalsOfLayer.set(layer, totals);
  return totals;
}

/** The sums are known from elsewhere, and the layer's values need not be read for them. */
export function knownTotals(layer: TraceLayer, totals: Float64Array): void {
  totalsOfLayer.set(layer, totals);
}

/** @param values `[rows][experts]` */
export function sumRows(values: Uint32Array | Float32Array, experts: number): Float64Array {
  const totals = new Float64Array(values.length / experts);
  for (let row = 0, at = 0; row < totals.length; row++) {
    let sum = 0;
    for (let expert = 0; expert < experts; expert++) sum += values[at++];
    totals[row] = sum;
  }
  return totals;
}

/**
 * Adds the mean load share of every expert over rows `from` (in) to `to` (out). A row without tokens counts as uniform.
 * @param totals sums of the rows, from `rowTotals`
 */
export function addMeanShares(values: Uint32Array | Float32Array, totals: Float64Array, experts: number, from: number, to: number, into: Float64Array | Float32Array): void {
  const weight = 1 / (to - from);
  for (let row = from; row < to; row++) {
    const at = row * experts;
    if (totals[row] > 0) {
      const scale = weight / totals[row];
      for (let expert = 0; expert < experts; expert++) into[expert] += values[at + expert] * scale;
    } else {
      for (let expert = 0; expert < experts; expert++) into[expert] += weight / experts;
    }
  }
}

/**
 * Load proportions `[rows][experts]`: each value over its row's sum, so that rows sum to 1; a row without tokens is uniform.
 * @param totals sums of the rows, from `sumRows`
 */
export function toShares(values: Uint32Array | Float32Array, totals: Float64Array, experts: number): Float32Array {
  const shares = new Float32Array(values.length);
  for (let row = 0, at = 0; row < totals.length; row++) {
    const end = at + experts;
    if (totals[row] > 0) {
      const scale = 1 / totals[row];
      for (; at < end; at++) shares[at] = values[at] * scale;
    } else {
      shares.fill(1 / experts, at, end);
      at = end;
    }
  }
  return shares;
}

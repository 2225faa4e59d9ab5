import { addMeanShares, rowTotals } from '../shares.ts';
import type { TraceLayer } from '../trace.ts';

/** Rows that a block stands for. */
export const blockRows = 16;

export function blocksOf(rows: number): number {
  return Math.ceil(rows / blockRows);
}

/**
 * Mean load share of every expert over blocks of 16 rows, `[blocks][experts]`: what drawings of a long span need of a layer,
 * a sixteenth of its size. A row without tokens counts as uniform.
 */
export function blockMeans(layer: TraceLayer): Float32Array<ArrayBuffer> {
  const { values, experts } = layer;
  const totals = rowTotals(layer);
  const rows = totals.length;
  const means = new Float32Array(blocksOf(rows) * experts);
  for (let block = 0; block * blockRows < rows; block++) {
    const into = means.subarray(block * experts, (block + 1) * experts);
    addMeanShares(values, totals, experts, block * blockRows, Math.min(rows, (block + 1) * blockRows), into);
  }
  return means;
}

import { blockRows } from '../kept/block-means.ts';
import { addMeanShares, rowTotals } from '../shares.ts';
import type { TraceLayer } from '../trace.ts';

/** Adds the mean load share of every expert over rows `from` (in) to `to` (out). */
type MeanOfRows = (from: number, to: number, into: Float64Array) => void;

/**
 * How to find means over the columns of a picture: from the layer's values or, where it has block means and every column
 * is at least two blocks wide, from these. A block that lies across the edge of columns then counts in each with the part
 * that lies in it, so that an edge is blurred by up to 15 rows.
 */
export function meanOfColumns(layer: TraceLayer, edges: Int32Array): MeanOfRows {
  const columns = edges.length - 1;
  const narrowest = Math.floor((edges[columns] - edges[0]) / columns);
  const means = narrowest >= 2 * blockRows ? layer.means : undefined;
  return means ? meanOfBlocks(means, layer.experts, rowTotals(layer).length) : meanOfValues(layer);
}

function meanOfValues(layer: TraceLayer): MeanOfRows {
  const { values, experts } = layer;
  const totals = rowTotals(layer);
  return (from, to, into) => addMeanShares(values, totals, experts, from, to, into);
}

function meanOfBlocks(means: Float32Array, experts: number, rows: number): MeanOfRows {
  return (from, to, into) => {
    for (let block = Math.floor(from / blockRows); block * blockRows < to; block++) {
      const start = Math.max(from, block * blockRows);
      const end = Math.min(to, (block + 1) * blockRows, rows);
      const weight = (end - start) / (to - from);
      for (let expert = 0; expert < experts; expert++) into[expert] += weight * means[block * experts + expert];
    }
  };
}

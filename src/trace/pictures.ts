/** Summaries of a trace for drawing: a few thousand points, however long the trace. */
import { checkExperts, columnEdges, layerOf, rowsOfSpan, stepsOfColumns } from './columns.ts';
import { rowMeasure } from './imbalance.ts';
import { decimateSeries, emptyLines, summarise } from './lines.ts';
import type { HeatmapPicture, HeatmapRequest, ImbalanceRequest, LinesPicture, LinesRequest } from './pictures-types.ts';
import { rowTotals } from './shares.ts';
import type { Trace } from './trace.ts';

/** Mean load share of every expert in each column. Rejects with `bad-setting` for an empty span or an unknown layer. */
export function heatmapPicture(trace: Trace, request: HeatmapRequest): HeatmapPicture {
  const layer = layerOf(trace, request.layer);
  const edges = columnEdges(rowsOfSpan(trace.steps, request), request.columns);
  const columns = edges.length - 1;
  const { values, experts } = layer;
  const totals = rowTotals(layer);
  const shares = new Float32Array(experts * columns);
  const sums = new Float64Array(experts);
  let maximum = 0;
  for (let column = 0; column < columns; column++) {
    sums.fill(0);
    for (let row = edges[column]; row < edges[column + 1]; row++) {
      const at = row * experts;
      if (totals[row] > 0) {
        const scale = 1 / totals[row];
        for (let expert = 0; expert < experts; expert++) sums[expert] += values[at + expert] * scale;
      } else {
        for (let expert = 0; expert < experts; expert++) sums[expert] += 1 / experts;
      }
    }
    const rows = edges[column + 1] - edges[column];
    for (let expert = 0; expert < experts; expert++) {
      const share = sums[expert] / rows;
      shares[expert * columns + column] = share;
      if (share > maximum) maximum = share;
    }
  }
  const { fromStep, toStep } = request;
  return { layer: request.layer, fromStep, toStep, experts, columns, shares, columnSteps: stepsOfColumns(trace.steps, edges), maximum };
}

/**
 * Load shares of chosen experts, one series each in the order asked for.
 * Rejects with `bad-setting` for an empty span, an unknown layer or expert.
 */
export function linesPicture(trace: Trace, request: LinesRequest): LinesPicture {
  const layer = layerOf(trace, request.layer);
  checkExperts(request.experts, layer.experts);
  const edges = columnEdges(rowsOfSpan(trace.steps, request), request.columns);
  const { values, experts } = layer;
  const totals = rowTotals(layer);
  return decimateSeries(trace.steps, edges, request.experts.length, request.smoothingSteps, (index, from, to, into) => {
    const expert = request.experts[index];
    for (let row = from; row < to; row++) {
      into[row] = totals[row] > 0 ? values[row * experts + expert] / totals[row] : 1 / experts;
    }
  });
}

/**
 * How unequal the load of each step is, one series a layer in the order asked for.
 * @param breathe awaited between layers, so that messages come in; what it throws (a cancel) ends the work
 */
export async function imbalancePicture(trace: Trace, request: ImbalanceRequest, breathe?: () => Promise<void>): Promise<LinesPicture> {
  const edges = columnEdges(rowsOfSpan(trace.steps, request), request.columns);
  const end = edges[edges.length - 1];
  const values = new Float64Array(end);
  const picture = emptyLines(trace.steps, edges, request.layers.length);
  for (const [index, number] of request.layers.entries()) {
    if (index > 0) await breathe?.();
    const layer = layerOf(trace, number);
    const totals = rowTotals(layer);
    const measure = rowMeasure(request.measure, layer.experts);
    for (let row = edges[0]; row < end; row++) values[row] = measure(layer.values, row * layer.experts, layer.experts, totals[row]);
    summarise(values, edges, index, picture);
  }
  return picture;
}

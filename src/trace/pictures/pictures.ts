/** Summaries of a trace for drawing: a few thousand points, however long the trace. */
import { checkExperts, columnEdges, layerOf, rowsOfSpan, stepsOfColumns } from './columns.ts';
import { meanOfColumns } from './column-shares.ts';
import { rowMeasure } from './imbalance.ts';
import { decimateSeries, emptyLines, summarise } from './lines.ts';
import type { HeatmapPicture, HeatmapRequest, ImbalanceRequest, LinesPicture, LinesRequest } from './pictures-types.ts';
import { rowTotals } from '../shares.ts';
import type { Trace } from '../trace.ts';

/** Mean load share of every expert in each column. Rejects with `bad-setting` for an empty span or an unknown layer. */
export function heatmapPicture(trace: Trace, request: HeatmapRequest): HeatmapPicture {
  const layer = layerOf(trace, request.layer);
  const edges = columnEdges(rowsOfSpan(trace.steps, request), request.columns);
  const columns = edges.length - 1;
  const { experts } = layer;
  const addMean = meanOfColumns(layer, edges);
  const shares = new Float32Array(experts * columns);
  const mean = new Float64Array(experts);
  let maximum = 0;
  for (let column = 0; column < columns; column++) {
    mean.fill(0);
    addMean(edges[column], edges[column + 1], mean);
    for (let expert = 0; expert < experts; expert++) {
      shares[expert * columns + column] = mean[expert];
      if (mean[expert] > maximum) maximum = mean[expert];
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
  const series = new Float64Array(end);
  const picture = emptyLines(trace.steps, edges, request.layers.length);
  for (const [index, number] of request.layers.entries()) {
    if (index > 0) await breathe?.();
    const { values, experts } = layerOf(trace, number);
    const totals = rowTotals(layerOf(trace, number));
    const measure = rowMeasure(request.measure, experts);
    for (let row = edges[0]; row < end; row++) series[row] = measure(values, row * experts, experts, totals[row]);
    summarise(series, edges, index, picture);
  }
  return picture;
}

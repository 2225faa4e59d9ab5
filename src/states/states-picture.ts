import { GatecastError, throwIfAborted } from '../errors.ts';
import type { WorkOptions } from '../progress.ts';
import { columnEdges, columnMeans, stepsOfColumns } from '../trace/pictures/columns.ts';
import { rowTotals, toShares } from '../trace/shares.ts';
import { stepStride, type Trace, type TraceLayer } from '../trace/trace.ts';
import { findBoundaries, type BoundarySearch } from './boundary.ts';
import { driftOfRows, fluctuationNoise, routingNoise } from './drift.ts';
import { boundaryReason, tooShortReason } from './reason.ts';
import { slidingSpread } from './sliding.ts';
import type { LayerStates, StatesPicture, StatesSettings } from './types.ts';

export interface StatesOptions extends WorkOptions {
  /** Awaited between layers, so that messages come in. */
  readonly breathe?: () => Promise<void>;
}

/**
 * Sliding variance and range, drift and boundaries of every layer.
 * Widths are turned into rows by the trace's usual distance of steps. Rejects with `bad-setting`, and `cancelled`.
 * About 0.2 s for a layer of 256 experts × 20,000 steps; at once when only threshold, hold time or re-arming changed.
 */
export async function statesPicture(
  trace: Trace,
  settings: StatesSettings & { readonly columns: number },
  { signal, onProgress, breathe }: StatesOptions = {},
): Promise<StatesPicture> {
  checkSettings(settings);
  const { steps } = trace;
  const edges = columnEdges({ from: 0, to: steps.length }, settings.columns);
  const columns = edges.length - 1;
  const stride = stepStride(steps);
  const inRows = (widthSteps: number): number => Math.max(1, Math.round(widthSteps / stride));
  const widths = { short: inRows(settings.shortSteps), long: inRows(settings.longSteps), drift: inRows(settings.driftSteps) };
  const holdRows = inRows(settings.holdSteps);
  // Two drift windows leave rows − 2w + 1 drifts; with fewer than the hold time no layer can become stable.
  const needRows = 2 * widths.drift + holdRows;
  const tooShort = steps.length < needRows - 1;
  const empty = (): Float32Array => new Float32Array(trace.layers.length * columns);
  const picture = {
    columnSteps: stepsOfColumns(steps, edges),
    varianceShort: empty(), varianceLong: empty(), rangeShort: empty(), rangeLong: empty(),
    criterion: empty(), criterionThreshold: new Float32Array(trace.layers.length),
  };
  const layers: LayerStates[] = [];
  for (const [index, layer] of trace.layers.entries()) {
    if (index > 0) await breathe?.();
    throwIfAborted(signal);
    onProgress?.({ done: index * steps.length, total: trace.layers.length * steps.length, unit: 'steps', label: `layer ${layer.name}` });
    const series = layerSeries(layer, edges, widths);
    picture.varianceShort.set(series.varianceShort, index * columns);
    picture.varianceLong.set(series.varianceLong, index * columns);
    picture.rangeShort.set(series.rangeShort, index * columns);
    picture.rangeLong.set(series.rangeLong, index * columns);
    picture.criterion.set(series.criterion, index * columns);
    const { drift, lastDrift, fluctuation, routing } = series;
    // Twice the noise of routing: a drift that is seldom passed by chance alone.
    const threshold = Math.max(settings.threshold, 2 * routing);
    picture.criterionThreshold[index] = threshold;
    if (tooShort) {
      const reason = tooShortReason(settings, needRows * stride, steps.length * stride);
      layers.push({ layer: index, spans: [], boundaryStep: null, tooShort, reason });
      continue;
    }
    const search = findBoundaries(drift, threshold, holdRows, settings.rearm ? Math.max(1, widths.drift >> 1) : null);
    const reason = boundaryReason({ search, settings, steps, threshold, lastDrift, noise: fluctuation });
    layers.push(layerStates(index, search, steps, stride, reason));
  }
  return { layers, ...picture };
}

/** What of a layer does not depend on threshold, hold time and re-arming. */
interface LayerSeries {
  /** Each one value a column. */
  readonly varianceShort: Float32Array;
  readonly varianceLong: Float32Array;
  readonly rangeShort: Float32Array;
  readonly rangeLong: Float32Array;
  readonly criterion: Float32Array;
  /** One value a row. */
  readonly drift: Float64Array;
  /** Load errors in %; NaN when the trace is too short for a drift. */
  readonly lastDrift: number;
  readonly fluctuation: number;
  /** 0 when the tokens of a step are not known. */
  readonly routing: number;
}

interface WidthsInRows {
  readonly short: number;
  readonly long: number;
  readonly drift: number;
}

/** The last series of each layer: moving a threshold must not slide all windows again. */
const lastSeries = new WeakMap<TraceLayer, { readonly key: string; readonly series: LayerSeries }>();

function layerSeries(layer: TraceLayer, edges: Int32Array, widths: WidthsInRows): LayerSeries {
  const key = [edges.length, edges[edges.length - 1], widths.short, widths.long, widths.drift].join(' ');
  const known = lastSeries.get(layer);
  if (known?.key === key) return known.series;
  const { experts } = layer;
  const totals = rowTotals(layer);
  const shares = toShares(layer.values, totals, experts);
  const decimated = (values: Float64Array): Float32Array => {
    const result = new Float32Array(edges.length - 1);
    columnMeans(values, edges, result);
    return result;
  };
  const short = slidingSpread(shares, experts, widths.short);
  const long = slidingSpread(shares, experts, widths.long);
  const drift = driftOfRows(shares, experts, widths.drift);
  const lastRow = totals.length - widths.drift;
  const judged = lastRow >= widths.drift;
  const tokens = layer.values instanceof Uint32Array ? median(totals) : 0;
  const series: LayerSeries = {
    varianceShort: decimated(short.variance),
    varianceLong: decimated(long.variance),
    rangeShort: decimated(short.range),
    rangeLong: decimated(long.range),
    criterion: decimated(drift),
    drift,
    lastDrift: judged ? drift[lastRow] : NaN,
    fluctuation: judged ? fluctuationNoise(shares, experts, widths.drift, lastRow) : NaN,
    routing: tokens > 0 ? routingNoise(experts, widths.drift, tokens) : 0,
  };
  lastSeries.set(layer, { key, series });
  return series;
}

function layerStates(layer: number, { changes }: BoundarySearch, steps: Float64Array, stride: number, reason: string): LayerStates {
  const starts = changes[0]?.row === 0 ? changes : [{ row: 0, state: 'transient' as const }, ...changes];
  const end = steps[steps.length - 1] + stride;
  const spans = starts.map(({ row, state }, i) => ({ fromStep: steps[row], toStep: i + 1 < starts.length ? steps[starts[i + 1].row] : end, state }));
  const last = spans[spans.length - 1];
  return { layer, spans, boundaryStep: last.state === 'stable' ? last.fromStep : null, tooShort: false, reason };
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1];
}

function checkSettings(settings: StatesSettings): void {
  const widths = ['shortSteps', 'longSteps', 'driftSteps', 'holdSteps'] as const;
  const wrong = widths.find((id) => !(settings[id] >= 1 && Number.isFinite(settings[id])));
  if (wrong) throw badSetting(wrong, `${settings[wrong]} steps is not a width`, 'choose at least 1 step');
  if (!(settings.threshold > 0)) throw badSetting('threshold', `a threshold of ${settings.threshold} % is never met`, 'choose more than 0 %');
}

function badSetting(where: string, message: string, remedy: string): GatecastError {
  return new GatecastError({ code: 'bad-setting', where, message, remedy });
}

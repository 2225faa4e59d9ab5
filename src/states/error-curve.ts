/**
 * The boundary as the paper reads it: off the curve of forecast errors. At origins all along a layer the sliding average,
 * its window chosen on the past, forecasts the next steps; the stable state begins at the first origin from which on the
 * load error of the horizon's mean stays at or under the threshold, the same as the drift criterion's. Read in hindsight:
 * a boundary holds to the end of the trace, and the last horizon of it has none.
 */
import { throwIfAborted } from '../errors.ts';
import { chooseWindow } from '../forecast/choose-window.ts';
import { endStep, historyBefore, meanOfRows } from '../forecast/history.ts';
import { layerShares, type LayerShares } from '../forecast/layer-shares.ts';
import { averageOfWindow } from '../forecast/sliding-average.ts';
import type { WorkOptions } from '../progress.ts';
import { rowAtStep, stepStride, type Trace } from '../trace/trace.ts';

/** Steps ahead, as the paper has it; of a shorter trace a quarter. */
const usualHorizonSteps = 1000;
const mostOrigins = 80;

export interface ErrorCurves {
  readonly horizonSteps: number;
  /** Ascending; empty where the trace is too short for any. */
  readonly originSteps: Float64Array;
  /** Load error of the horizon's mean in %, `[layers][origins]`. */
  readonly errors: Float32Array;
}

export interface ErrorCurveOptions extends WorkOptions {
  /** Awaited between layers, so that messages come in. */
  readonly breathe?: () => Promise<void>;
}

/** Error curves of all layers; rejects with `cancelled`. A layer of 256 experts × 20,000 steps takes about 0.2 s. */
export async function errorCurves({ layers, steps }: Pick<Trace, 'layers' | 'steps'>, { signal, onProgress, breathe }: ErrorCurveOptions = {}): Promise<ErrorCurves> {
  const stride = stepStride(steps);
  const first = steps.length > 0 ? steps[0] : 0;
  const length = endStep(steps) - first;
  const horizonSteps = stride * Math.max(1, Math.round(Math.min(usualHorizonSteps, length / 4) / stride));
  const last = first + length - horizonSteps;
  const every = stride * Math.max(1, Math.ceil((last - first) / mostOrigins / stride));
  const originSteps = Float64Array.from({ length: Math.max(0, Math.floor((last - first) / every)) }, (_, i) => first + (i + 1) * every);
  const errors = new Float32Array(layers.length * originSteps.length);
  for (const [index, { values, experts }] of layers.entries()) {
    await breathe?.();
    throwIfAborted(signal);
    onProgress?.({ done: index * originSteps.length, total: layers.length * originSteps.length, unit: 'origins', label: 'Forecasting along the trace' });
    const layer = layerShares(values, steps, experts);
    originSteps.forEach((originStep, i) => {
      errors[index * originSteps.length + i] = averageError(layer, originStep, horizonSteps);
    });
  }
  return { horizonSteps, originSteps, errors };
}

/** Load error in % of the sliding average; NaN where nothing was recorded. */
function averageError(layer: LayerShares, originStep: number, horizonSteps: number): number {
  const history = historyBefore(layer, originStep);
  const from = rowAtStep(layer.steps, originStep);
  const to = rowAtStep(layer.steps, originStep + horizonSteps);
  if (to === from) return NaN;
  const forecast = averageOfWindow(history, chooseWindow(history, horizonSteps));
  const truth = meanOfRows(layer, from, to);
  return 100 * forecast.reduce((sum, share, expert) => sum + Math.abs(share - truth[expert]), 0);
}

/** First origin from which on the error stays at or under the threshold; null where the last one is over it. NaN is left out. */
export function errorBoundary(originSteps: Float64Array, errors: Float32Array, threshold: number): number | null {
  let boundary: number | null = null;
  for (let i = 0; i < originSteps.length; i++) {
    if (Number.isNaN(errors[i])) continue;
    if (errors[i] > threshold) boundary = null;
    else boundary ??= originSteps[i];
  }
  return boundary;
}

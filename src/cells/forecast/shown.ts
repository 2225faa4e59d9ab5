import type { Run } from '../../app/runs.ts';
import type { CellOf } from '../../notebook/document.ts';
import type { ForecastRequest, TraceInfo } from '../../../workers/contract.ts';
import { resolveForecast } from '../resolve.ts';

/** Which forecast the cell draws now, and for which origin: a trained one keeps the settings that it was trained with. */
export interface ShownForecast {
  readonly forecaster: ForecastRequest['forecaster'];
  readonly originStep: number;
  readonly horizonSteps: number;
  readonly windowSteps: number;
  /** "LSTM", in pictures. */
  readonly label: string;
  /** "the LSTM", in sentences. */
  readonly phrase: string;
  /** Changes when the forecast does. */
  readonly key: string;
}

const steps = (value: number): string => value.toLocaleString('en-GB');

export function shownForecast({ cell, info, layer, run }: {
  readonly cell: CellOf<'forecast'>;
  readonly info: TraceInfo;
  readonly layer: number;
  readonly run: Run | undefined;
}): ShownForecast {
  const { settings, result } = cell;
  const span = resolveForecast(settings, info);
  if (settings.forecaster === 'lstm') {
    const live = run?.report?.forecasts.find((forecast) => forecast.layer === layer);
    if (run && live) {
      return {
        forecaster: { kind: 'given', blocks: live.blocks, mean: live.mean },
        originStep: run.plan.originStep, horizonSteps: run.plan.horizonSteps, windowSteps: run.plan.settings.windowSteps,
        label: 'LSTM', phrase: 'the LSTM, still training,', key: `live ${run.startedMs} ${run.report?.done}`,
      };
    }
    const kept = result?.provenance.fingerprint === info.fingerprint ? result.forecasts.find((forecast) => forecast.layer === layer) : undefined;
    if (result && kept && kept.mean.length === kept.blocks * info.layers[layer].experts) {
      const then = resolveForecast(result.provenance.settings, info);
      return {
        forecaster: { kind: 'given', blocks: kept.blocks, mean: Float64Array.from(kept.mean) },
        originStep: then.originStep, horizonSteps: then.horizonSteps, windowSteps: then.windowSteps,
        label: 'LSTM', phrase: 'the LSTM', key: `result ${result.settingsKey} ${result.provenance.time}`,
      };
    }
  }
  const average = settings.forecaster !== 'last-value';
  /** No more than there is before the origin. */
  const seenSteps = Math.min(span.windowSteps, span.originStep - info.firstStep);
  return {
    ...span,
    forecaster: average
      ? { kind: 'cheap', id: 'sliding-average', values: { windowSteps: span.windowSteps } }
      : { kind: 'cheap', id: 'last-value', values: {} },
    label: average ? `average of ${steps(seenSteps)}` : 'last value',
    phrase: average ? `the sliding average over ${steps(seenSteps)} ${seenSteps === 1 ? 'step' : 'steps'}` : 'the last value',
    key: average ? `average ${span.windowSteps}` : 'last',
  };
}

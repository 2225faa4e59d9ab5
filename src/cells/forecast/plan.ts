import type { TrainingPlan } from '../../app/training-plan.ts';
import { autoForms, autoSettings } from '../../forecast/auto.ts';
import type { ParameterValues } from '../../forecast/contract.ts';
import { lstmParameters, poolsLayers, type LstmSettings } from '../../forecast/lstm.ts';
import type { ForecastSettings } from '../../notebook/kinds/forecast.ts';
import type { TraceInfo } from '../../../workers/contract.ts';
import { resolveForecast, resolveLayer } from '../resolve.ts';

/** The LSTM's own settings with defaults filled in; its window is the cell's. */
export function lstmSettings(windowSteps: number, values: ParameterValues = {}): LstmSettings {
  const all = Object.fromEntries(lstmParameters.map((parameter) => [parameter.id, values[parameter.id] ?? parameter.default]));
  return { ...all, windowSteps } as unknown as LstmSettings;
}

/**
 * What Run trains: all layers, one model for them all, or one a layer (joint). The layer that is shown comes
 * first, because of several models the document keeps the weights of the first.
 */
export function trainingPlan(settings: ForecastSettings, info: TraceInfo): TrainingPlan {
  const span = resolveForecast(settings, info);
  const auto = settings.forecaster === 'auto';
  const lstm = auto ? autoSettings(autoForms[0]) : lstmSettings(span.windowSteps, settings.values['lstm']);
  const layer = resolveLayer(settings.layer, info);
  const all = info.layers.map((_, index) => index);
  return {
    auto,
    settings: lstm,
    seed: settings.seed,
    layers: poolsLayers(lstm) ? all : [layer, ...all.filter((other) => other !== layer)],
    originStep: span.originStep,
    horizonSteps: span.horizonSteps,
  };
}

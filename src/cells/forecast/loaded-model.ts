/** What a cell becomes when a trained model is loaded into it, and what is said about it. Pure. */
import type { LoadedModel } from '../../app/runs.ts';
import { GatecastError } from '../../errors.ts';
import type { ForecastSettings } from '../../notebook/kinds/forecast.ts';
import type { LoadedWeights, Provenance } from '../../notebook/kinds/forecast-result.ts';
import type { GpuWorkerApi, TraceInfo } from '../../../workers/contract.ts';
import { resolveForecast, resolveLayer } from '../resolve.ts';
import { trainingPlan } from './plan.ts';

type ImportedModel = GpuWorkerApi['importModel']['response'];

const steps = (count: number): string => `${count.toLocaleString('en')} steps`;

/**
 * The cell's settings become the model's; layer and origin stay, but a joint model moves the cell to a layer that it fits.
 * A pooled model forecasts every layer, a joint one those with its number of experts.
 * @throws GatecastError `bad-setting` when the model fits no layer, or looks further back or ahead than the trace allows
 */
export function loadedModel(settings: ForecastSettings, info: TraceInfo, { spec, experts, horizonSteps, checkpoint }: ImportedModel, weights: LoadedWeights): LoadedModel {
  const { windowSteps, ...values } = spec.settings;
  const joint = values.form === 'joint';
  if (joint && spec.layers.length > 1) {
    throw misfit(weights, `it is a joint model of ${spec.layers.length} layers at once, and this cell takes those of a single layer`, 'load a model that was exported from a Forecast cell');
  }
  const fitting = info.layers.flatMap((layer, index) => (!joint || layer.experts === experts ? [index] : []));
  if (fitting.length === 0) {
    const there = [...new Set(info.layers.map((layer) => layer.experts))].join(' or ');
    throw misfit(weights, `it is a joint model of ${experts} experts, and the layers of ${info.name} have ${there}`, `open a trace with ${experts} experts a layer, or load a pooled model, which fits any trace`);
  }
  const shown = resolveLayer(settings.layer, info);
  const change: Partial<ForecastSettings> = {
    forecaster: 'lstm', layer: fitting.includes(shown) ? shown : fitting[0], originStep: resolveForecast(settings, info).originStep,
    windowSteps, horizonSteps, seed: spec.seed, values: { ...settings.values, lstm: values },
  };
  const plan = trainingPlan({ ...settings, ...change }, info);
  if (joint && (plan.settings.windowSteps !== windowSteps || plan.horizonSteps !== horizonSteps)) {
    throw misfit(
      weights, `it is a joint model with a window of ${steps(windowSteps)} and a horizon of ${steps(horizonSteps)}, and ${info.name} does not have that many`,
      'open a longer trace, or load a pooled model, which fits any trace',
    );
  }
  // The window is the network's own, though the cell may show a shorter one on a short trace.
  return { settings: change, plan: { ...plan, settings: spec.settings, layers: plan.layers.filter((layer) => fitting.includes(layer)) }, checkpoint, weights };
}

function misfit({ file }: LoadedWeights, message: string, remedy: string): GatecastError {
  return new GatecastError({ code: 'bad-setting', message: `the model does not fit: ${message}`, where: file, remedy });
}

/** "all 12 layers", "the 6 of 12 layers with 16 experts" */
export function layersInWords(layers: readonly number[], info: TraceInfo): string {
  const all = info.layers.length;
  if (all === 1) return 'the only layer';
  if (layers.length === all) return `all ${all} layers`;
  return `the ${layers.length} of ${all} layers with ${info.layers[layers[0]].experts} experts`;
}

/** "loaded from small.zip; trained on this trace before step 6,000" */
export function weightsInWords({ weights, fingerprint }: Provenance): string {
  if (!weights) return 'trained here';
  const { file, trainedOn: on } = weights;
  if (!on) return `loaded from ${file}; what they were trained on is not known`;
  const trace = on.fingerprint === fingerprint ? 'this trace' : `another trace (fingerprint ${on.fingerprint.slice(0, 8)}…)`;
  return `loaded from ${file}; trained on ${trace} before step ${on.originStep.toLocaleString('en')}`;
}

/** That loaded weights were trained on steps that they forecast now; null where that is not so, or not known. */
export function seenWarning({ weights, fingerprint, settings: { originStep } }: Provenance): string | null {
  const on = weights?.trainedOn;
  if (!on || on.fingerprint !== fingerprint || originStep === null || on.originStep <= originStep) return null;
  return `The loaded weights were trained on this trace before step ${on.originStep.toLocaleString('en')}: they have seen steps after the origin, so the errors here do not tell how well it forecasts.`;
}

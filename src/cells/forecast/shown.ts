import type { ParameterValues } from '../../forecast/contract.ts';
import { onBank, type LstmForm } from '../../forecast/lstm.ts';
import type { PastForecast } from '../../forecast/past-misses.ts';
import { cheapForecaster } from '../../forecast/registry.ts';
import { isTrained } from '../../forecast/trained.ts';
import type { CellOf } from '../../notebook/document.ts';
import { inSentence } from '../../notebook/kinds/forecast.ts';
import type { ForecastRequest, TraceInfo } from '../../../workers/contract.ts';
import { resolveForecast } from '../resolve.ts';
import type { ShownTraining, TrainedForecast } from './training.ts';
import { othersOf } from './worker-room.ts';

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
  /** Whether it may take a while to fit. */
  readonly fitted: boolean;
  /** Changes when the forecast does. */
  readonly key: string;
}

const steps = (value: number): string => value.toLocaleString('en-GB');

export function shownForecast({ settings, info, layer, training, before, version }: {
  readonly settings: CellOf<'forecast'>['settings'];
  readonly info: TraceInfo;
  readonly layer: number;
  readonly training: ShownTraining | null;
  /** What was trained before the training that runs: shown until that has a forecast. */
  readonly before: ShownTraining | null;
  /** Changes when the training's forecasts do. */
  readonly version: number;
}): ShownForecast {
  const span = resolveForecast(settings, info);
  for (const one of [training, before]) {
    const found = one?.forecasts.find((forecast) => forecast.layer === layer);
    if (one && found) return trainedForecast(one, found, one === training ? version : -1);
  }
  const { id, label, phrase, parameters, cost, pools = false } = cheapForecaster(isTrained(settings.forecaster) ? standIn(settings) : settings.forecaster);
  const values: ParameterValues = { ...settings.values[id], ...(parameters.some((parameter) => parameter.id === 'windowSteps') ? { windowSteps: span.windowSteps } : {}) };
  const others = pools ? othersOf(info, layer) : [];
  /** No more than there is before the origin. */
  const seenSteps = Math.min(span.windowSteps, span.originStep - info.firstStep);
  const average = id === 'sliding-average';
  return {
    ...span,
    forecaster: { kind: 'cheap', id, values, others },
    label: average ? `average of ${steps(seenSteps)}` : inSentence(label),
    phrase: average ? `${phrase} over ${steps(seenSteps)} ${seenSteps === 1 ? 'step' : 'steps'}` : phrase,
    fitted: cost === 'fitted', key: JSON.stringify([id, values]),
  };
}

/** Forecaster that is shown until a trained one has a forecast: what it learns on top of. */
export function standIn({ forecaster, values }: Pick<CellOf<'forecast'>['settings'], 'forecaster' | 'values'>): 'combination' | 'sliding-average' {
  const form = values['lstm']?.['form'];
  return forecaster === 'auto' || (form !== undefined && onBank({ form: form as LstmForm })) ? 'combination' : 'sliding-average';
}

function trainedForecast({ auto, live, originStep, horizonSteps, windowSteps, pastForecasts }: ShownTraining, { layer, blocks, mean }: TrainedForecast, version: number): ShownForecast {
  const past = pastForecasts?.filter((one) => one.layer === layer && one.mean.length * blocks === mean.length).map((one): PastForecast => ({ originStep: one.originStep, mean: Float64Array.from(one.mean) }));
  return {
    forecaster: { kind: 'given', blocks, mean: Float64Array.from(mean), ...(past ? { pastForecasts: past } : {}) }, originStep, horizonSteps, windowSteps,
    label: auto ? 'Auto' : 'LSTM', phrase: `${auto ? 'Auto' : 'the LSTM'}${live ? ', still training,' : ''}`, fitted: false, key: `${auto ? 'Auto' : 'LSTM'} ${live} ${version} ${past?.length ?? 'no band'}`,
  };
}

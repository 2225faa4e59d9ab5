import * as v from 'valibot';
import { GatecastError } from '../../errors.ts';
import type { Forecaster, Parameter, ParameterValues } from '../../forecast/contract.ts';
import { lstmParameters } from '../../forecast/lstm.ts';
import { cheapForecasters } from '../../forecast/registry.ts';
import { drawnExperts, integer, maximumLayer, maximumStep, number, oneOf } from '../fields.ts';
import { forecastResult, type ForecastResult } from './forecast-result.ts';
import type { Kind, SettingInWords } from './kind.ts';
import { parameterValues } from './parameters.ts';

export type OfferedForecaster = Pick<Forecaster, 'id' | 'label' | 'help' | 'parameters'>;

/** What a Forecast cell offers: the forecasters that need no training, the LSTM and Auto. */
export const forecasters: readonly OfferedForecaster[] = [
  ...cheapForecasters,
  { id: 'lstm', label: 'LSTM', help: 'A neural network that is trained on what came before the origin, on this machine.', parameters: lstmParameters },
  { id: 'auto', label: 'Auto', help: 'The mean of two LSTMs, trained on this machine on what came before the origin, and of the ridges, damped Holt and the average weighed by their past errors.', parameters: [] },
];

/** One of `forecasters` by its id. */
export function forecasterOf(id: string): OfferedForecaster {
  const found = forecasters.find((forecaster) => forecaster.id === id);
  if (!found) throw new GatecastError({ code: 'internal', where: 'forecaster', message: `there is no forecaster "${id}"` });
  return found;
}

export interface ForecastSettings {
  readonly layer: number;
  /** Id of one of `forecasters`. */
  readonly forecaster: string;
  /** How many past steps the forecaster sees. */
  readonly windowSteps: number;
  /** How many steps ahead it forecasts. */
  readonly horizonSteps: number;
  /** The forecast knows steps before this one; null: three quarters of the trace. */
  readonly originStep: number | null;
  /** Experts drawn, at most eight. */
  readonly experts: readonly number[];
  /** Experts under this share are left out of the relative error. */
  readonly coldShare: number;
  /** Part of the truths that the band around the forecast is to hold. */
  readonly bandCoverage: number;
  /** Further parameters by forecaster id; what is missing has its default. */
  readonly values: Readonly<Record<string, ParameterValues>>;
  readonly seed: number;
}

/** By forecaster, of those that have parameters; one that this version does not know is dropped. */
const values = v.pipe(
  v.object(Object.fromEntries(forecasters.filter(({ parameters }) => parameters.length > 0).map(({ id, parameters }) => [id, v.optional(parameterValues(parameters))]))),
  v.transform((given) => Object.fromEntries(Object.entries(given).filter((entry): entry is [string, ParameterValues] => entry[1] !== undefined))),
);

export const forecastSettings: v.GenericSchema<unknown, ForecastSettings> = v.object({
  layer: v.optional(integer(0, maximumLayer), 0),
  forecaster: v.optional(oneOf(forecasters.map(({ id }) => id)), 'sliding-average'),
  windowSteps: v.optional(integer(1, 10_000_000), 1000),
  horizonSteps: v.optional(integer(1, 10_000_000), 1000),
  originStep: v.optional(v.nullable(integer(0, maximumStep)), null),
  experts: v.optional(drawnExperts, [0, 1, 2, 3]),
  coldShare: v.optional(number(0, 1), 0.005),
  bandCoverage: v.optional(number(0.5, 0.99), 0.9),
  values: v.optional(values, {}),
  seed: v.optional(integer(0, 2 ** 32 - 1), 1),
});

export const forecast: Kind<ForecastSettings, ForecastResult> = {
  label: 'Forecast',
  settings: forecastSettings,
  result: forecastResult(forecastSettings),
  resultSettings(settings) {
    const { label, parameters } = forecasterOf(settings.forecaster);
    const given = settings.values[settings.forecaster] ?? {};
    return [
      { id: 'forecaster', label: 'forecaster', value: settings.forecaster, shown: inSentence(label) },
      steps('windowSteps', 'window', settings.windowSteps),
      steps('horizonSteps', 'horizon', settings.horizonSteps),
      {
        id: 'originStep', label: 'origin', value: settings.originStep,
        shown: settings.originStep === null ? 'three quarters of the trace' : `step ${settings.originStep.toLocaleString('en-US')}`,
      },
      ...parameters.filter(({ id }) => id !== 'windowSteps').map((parameter): SettingInWords => {
        const value = given[parameter.id] ?? parameter.default;
        return { ...inWords(parameter, value), usual: parameter.advanced === true && value === parameter.default };
      }),
      { id: 'seed', label: 'seed', value: settings.seed, shown: String(settings.seed) },
    ];
  },
  resultCovers: (settings, result) => result.forecasts.some(({ layer }) => layer === settings.layer),
};

/** A name as it stands inside a sentence: "last value", "damped Holt", "ARIMA". */
export function inSentence(name: string): string {
  return /^\p{Lu}{2}/u.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

function steps(id: string, label: string, value: number): SettingInWords {
  return { id, label, value, shown: `${value.toLocaleString('en-US')} steps` };
}

/** Made once: making one costs more than using it a hundred times. */
const sixDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });

function inWords(parameter: Parameter, value: number | string): SettingInWords {
  const label = parameter.label.toLowerCase();
  if (parameter.kind === 'choice') {
    const choice = parameter.choices.find((one) => one.value === value);
    return { id: parameter.id, label, value, shown: choice ? choice.label : String(value) };
  }
  const shown = typeof value === 'number' ? sixDigits.format(value) : value;
  return { id: parameter.id, label, value, shown: parameter.unit ? `${shown} ${parameter.unit}` : shown };
}

import * as v from 'valibot';
import type { Parameter, ParameterValues } from '../../forecast/contract.ts';
import { lstmParameters } from '../../forecast/lstm.ts';
import { drawnExperts, integer, maximumLayer, maximumStep, number, oneOf } from '../fields.ts';
import { forecastResult, type ForecastResult } from './forecast-result.ts';
import type { Kind, SettingInWords } from './kind.ts';
import { parameterValues } from './parameters.ts';

export type ForecasterId = 'last-value' | 'sliding-average' | 'lstm';

export interface ForecastSettings {
  readonly layer: number;
  readonly forecaster: ForecasterId;
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
  /** Further parameters by forecaster id; what is missing has its default. */
  readonly values: Readonly<Record<string, ParameterValues>>;
  readonly seed: number;
}

const forecasters: Readonly<Record<ForecasterId, { readonly label: string; readonly parameters: readonly Parameter[] }>> = {
  'last-value': { label: 'last value', parameters: [] },
  'sliding-average': { label: 'sliding window average', parameters: [] },
  lstm: { label: 'LSTM', parameters: lstmParameters },
};

/** Those of the forecasters that have parameters of their own. */
const values = v.object({ lstm: v.optional(parameterValues(lstmParameters)) });

export const forecastSettings: v.GenericSchema<unknown, ForecastSettings> = v.object({
  layer: v.optional(integer(0, maximumLayer), 0),
  forecaster: v.optional(oneOf(['last-value', 'sliding-average', 'lstm']), 'sliding-average'),
  windowSteps: v.optional(integer(1, 10_000_000), 1000),
  horizonSteps: v.optional(integer(1, 10_000_000), 1000),
  originStep: v.optional(v.nullable(integer(0, maximumStep)), null),
  experts: v.optional(drawnExperts, [0, 1, 2, 3]),
  coldShare: v.optional(number(0, 1), 0.005),
  values: v.pipe(v.optional(values, {}), v.transform(({ lstm }): Record<string, ParameterValues> => (lstm ? { lstm } : {}))),
  seed: v.optional(integer(0, 2 ** 32 - 1), 1),
});

export const forecast: Kind<ForecastSettings, ForecastResult> = {
  label: 'Forecast',
  settings: forecastSettings,
  result: forecastResult(forecastSettings),
  resultSettings(settings) {
    const { label, parameters } = forecasters[settings.forecaster];
    const given = settings.values[settings.forecaster] ?? {};
    return [
      { id: 'forecaster', label: 'forecaster', value: settings.forecaster, shown: label },
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

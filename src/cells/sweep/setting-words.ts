import { forecasterOf } from '../../notebook/kinds/forecast.ts';

/** The value of a forecaster's setting as a person reads it: "1,000", "Adam". */
export function settingInWords(forecaster: string, id: string, value: number | string | undefined): string {
  const parameter = forecasterOf(forecaster).parameters.find((one) => one.id === id);
  if (parameter?.kind === 'choice') return parameter.choices.find((choice) => choice.value === value)?.label ?? String(value);
  return Number(value).toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

/** Its name as it stands on the page: "Learning rate". */
export function settingName(forecaster: string, id: string): string {
  return forecasterOf(forecaster).parameters.find((one) => one.id === id)?.label ?? id;
}

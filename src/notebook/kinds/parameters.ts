import * as v from 'valibot';
import type { Parameter, ParameterValues } from '../../forecast/contract.ts';
import { integer, number, oneOf } from '../fields.ts';

/**
 * Values of a forecaster's parameters: each in its own range, a missing one left out (its default holds),
 * one that the forecaster does not know dropped.
 */
export function parameterValues(parameters: readonly Parameter[]): v.GenericSchema<unknown, ParameterValues> {
  const entries = parameters.map((parameter) => [parameter.id, v.optional(parameterValue(parameter))] as const);
  return v.pipe(
    v.object(Object.fromEntries(entries)),
    v.transform((values) => Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number | string] => entry[1] !== undefined))),
  );
}

function parameterValue(parameter: Parameter): v.GenericSchema<unknown, number | string> {
  if (parameter.kind === 'choice') return oneOf(parameter.choices.map((choice) => choice.value));
  return parameter.kind === 'integer' ? integer(parameter.minimum, parameter.maximum) : number(parameter.minimum, parameter.maximum);
}

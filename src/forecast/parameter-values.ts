import { GatecastError } from '../errors.ts';
import type { Parameter, ParameterValues } from './contract.ts';

type NumberParameter = Extract<Parameter, { readonly kind: 'integer' | 'number' }>;
type ChoiceParameter = Extract<Parameter, { readonly kind: 'choice' }>;

/** The value of a parameter, its default when it is missing. Rejects with `bad-setting` what it cannot be. */
export function numberOf(parameter: NumberParameter, values: ParameterValues): number {
  const value = values[parameter.id] ?? parameter.default;
  const { minimum, maximum, kind } = parameter;
  if (typeof value === 'number' && value >= minimum && value <= maximum && (kind === 'number' || Number.isInteger(value))) return value;
  throw refused(parameter, value, `choose ${kind === 'integer' ? 'a whole number' : 'one'} from ${minimum} to ${maximum}`);
}

/** The value of a choice, its default when it is missing. Rejects with `bad-setting` what is none of them. */
export function choiceOf(parameter: ChoiceParameter, values: ParameterValues): string {
  const value = values[parameter.id] ?? parameter.default;
  if (typeof value === 'string' && parameter.choices.some((choice) => choice.value === value)) return value;
  throw refused(parameter, value, `choose one of ${parameter.choices.map((choice) => choice.value).join(', ')}`);
}

function refused({ id, label }: Parameter, value: number | string, remedy: string): GatecastError {
  return new GatecastError({ code: 'bad-setting', where: id, message: `${value} is no value of ${label.toLowerCase()}`, remedy });
}

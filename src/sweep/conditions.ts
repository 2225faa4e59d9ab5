/** Which settings do something, given the others. */
import type { Parameter, ParameterValues } from '../forecast/contract.ts';
import type { Dimension } from './types.ts';

/** Whether a parameter does something among these values. */
export function isActive(parameters: readonly Parameter[], id: string, values: ParameterValues): boolean {
  const onlyIf = conditionOf(parameters, id);
  return !onlyIf || onlyIf.values.includes(values[onlyIf.parameter]);
}

/** The dimensions with their places, those without a condition first: others depend on their values. */
export function inOrder(parameters: readonly Parameter[], dimensions: readonly Dimension[]): readonly { readonly dimension: Dimension; readonly place: number }[] {
  const conditions = ({ parameter }: Dimension): number => (conditionOf(parameters, parameter) ? 1 : 0);
  return dimensions
    .map((dimension, place) => ({ dimension, place }))
    .sort((a, b) => conditions(a.dimension) - conditions(b.dimension));
}

export function conditionOf(parameters: readonly Parameter[], id: string): Parameter['onlyIf'] {
  return parameters.find((parameter) => parameter.id === id)?.onlyIf;
}

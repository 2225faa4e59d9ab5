/** What a search space has to be before anything is drawn from it. */
import { GatecastError } from '../errors.ts';
import type { Parameter } from '../forecast/contract.ts';
import { parametersOf } from '../forecast/registry.ts';
import type { RangeDimension } from './dimension.ts';
import type { Dimension, SearchSpace } from './types.ts';

/** @throws GatecastError `bad-setting`, `where` being the parameter */
export function checkSpace(space: SearchSpace): void {
  if (space.length === 0) throw refused('forecasters', 'a sweep without a forecaster tries nothing', 'choose at least one');
  for (const { forecaster, dimensions } of space) {
    const parameters = parametersOf(forecaster);
    dimensions.forEach((dimension, place) => {
      const { parameter: id } = dimension;
      const parameter = parameters.find((one) => one.id === id);
      if (!parameter) throw refused(id, `the forecaster "${forecaster}" has no setting "${id}"`, parameters.length > 0 ? `vary one of ${parameters.map((one) => one.id).join(', ')}` : 'vary nothing of it');
      if (dimensions.findIndex((one) => one.parameter === id) < place) throw refused(id, `${parameter.label} is varied twice`, 'keep one of the two');
      checkDimension(dimension, parameter);
    });
  }
}

function checkDimension(dimension: Dimension, parameter: Parameter): void {
  const { id, label } = parameter;
  if (dimension.kind === 'range') {
    if (parameter.kind === 'choice') throw refused(id, `${label} is a choice and has no range`, 'list the values to try');
    checkRange(dimension, parameter);
    return;
  }
  const { values } = dimension;
  if (values.length === 0) throw refused(id, `${label} has no value to try`, 'choose at least one');
  values.forEach((value, place) => {
    if (values.indexOf(value) < place) throw refused(id, `${label} has the value ${value} twice`, 'list each value once');
    if (!canBe(parameter, value)) throw refused(id, `${value} is no value of ${label.toLowerCase()}`, remedyOf(parameter));
  });
}

function checkRange({ from, to, scale, step, gridPoints }: RangeDimension, parameter: Exclude<Parameter, { kind: 'choice' }>): void {
  const { id, label } = parameter;
  const whole = parameter.kind === 'integer';
  for (const end of [from, to]) {
    if (!canBe(parameter, end)) throw refused(id, `${end} is no value of ${label.toLowerCase()}`, remedyOf(parameter));
  }
  if (from >= to) throw refused(id, `${label} from ${from} to ${to} is no range`, 'choose an end above the start, or do not vary it');
  if (scale === 'log' && from <= 0) throw refused(id, `${label} from ${from} has no logarithm`, 'start above 0, or choose the linear scale');
  if (!(step >= 0) || (whole && (step < 1 || !Number.isInteger(step)))) {
    throw refused(id, `${label} in steps of ${step} cannot be tried`, whole ? 'choose a whole number of at least 1' : 'choose 0 for any number, or a positive step');
  }
  if (step > to - from) throw refused(id, `a step of ${step} is longer than ${label.toLowerCase()} from ${from} to ${to}`, 'choose a shorter step');
  if (!Number.isInteger(gridPoints) || gridPoints < 1) throw refused(id, `${label} at ${gridPoints} points is no grid`, 'choose at least 1 point');
}

function canBe(parameter: Parameter, value: number | string): boolean {
  if (parameter.kind === 'choice') return parameter.choices.some((choice) => choice.value === value);
  return typeof value === 'number' && value >= parameter.minimum && value <= parameter.maximum && (parameter.kind === 'number' || Number.isInteger(value));
}

function remedyOf(parameter: Parameter): string {
  if (parameter.kind === 'choice') return `choose from ${parameter.choices.map(({ value }) => value).join(', ')}`;
  return `choose ${parameter.kind === 'integer' ? 'whole numbers' : 'numbers'} from ${parameter.minimum} to ${parameter.maximum}`;
}

function refused(where: string, message: string, remedy: string): GatecastError {
  return new GatecastError({ code: 'bad-setting', where, message, remedy });
}

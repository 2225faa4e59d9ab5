/** The settings of a space one after the other: those of a grid, or all. */
import type { Parameter } from '../forecast/contract.ts';
import { parametersOf } from '../forecast/registry.ts';
import { conditionOf, inOrder, isActive } from './conditions.ts';
import { everyValue, gridValues } from './dimension.ts';
import type { Setting } from './space.ts';
import type { Branch, Dimension, SearchSpace } from './types.ts';

type Value = number | string;

/** The settings of a grid, each once in a branch; the last dimension varies fastest. */
export function gridSettings(space: SearchSpace): Generator<Setting> {
  return settings(space, gridValues);
}

/** All settings that a space has, each once in a branch. */
export function everySetting(space: SearchSpace): Generator<Setting> {
  return settings(space, everyValue);
}

/** How many settings a grid has. Counted without going through them. */
export function gridSize(space: SearchSpace): number {
  return space.reduce((sum, branch) => sum + countOf(branch), 0);
}

function* settings(space: SearchSpace, valuesOf: (dimension: Dimension) => Iterable<Value>): Generator<Setting> {
  for (const { forecaster, values, dimensions } of space) {
    const parameters = parametersOf(forecaster);
    const ordered = inOrder(parameters, dimensions).map(({ dimension }) => dimension);
    for (const combined of combinations(parameters, ordered, values, valuesOf)) yield { forecaster, values: combined };
  }
}

function* combinations(parameters: readonly Parameter[], [dimension, ...rest]: readonly Dimension[], values: Setting['values'], valuesOf: (dimension: Dimension) => Iterable<Value>): Generator<Setting['values']> {
  if (!dimension) yield values;
  else if (!isActive(parameters, dimension.parameter, values)) yield* combinations(parameters, rest, values, valuesOf);
  else for (const value of valuesOf(dimension)) yield* combinations(parameters, rest, { ...values, [dimension.parameter]: value }, valuesOf);
}

function countOf({ forecaster, values: own, dimensions }: Branch): number {
  const parameters = parametersOf(forecaster);
  const count = ([dimension, ...rest]: readonly Dimension[], values: Setting['values']): number => {
    if (!dimension) return 1;
    const { parameter } = dimension;
    if (!isActive(parameters, parameter, values)) return count(rest, values);
    const taken = gridValues(dimension);
    // What others depend on has to be known; all else multiplies.
    const decides = rest.some((one) => conditionOf(parameters, one.parameter)?.parameter === parameter);
    return decides ? taken.reduce<number>((sum, value) => sum + count(rest, { ...values, [parameter]: value }), 0) : taken.length * count(rest, values);
  };
  return count(inOrder(parameters, dimensions).map(({ dimension }) => dimension), own);
}

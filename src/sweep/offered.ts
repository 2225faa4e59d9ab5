/** What a forecaster offers to a sweep. */
import type { Parameter } from '../forecast/contract.ts';
import { parametersOf } from '../forecast/registry.ts';
import { gridValues, type RangeDimension } from './dimension.ts';
import type { Branch, Dimension } from './types.ts';

/** Points of a range on a grid, unless it has fewer values. */
const usualGridPoints = 5;
/** A log range goes this many times below and above the default. */
const usualReach = 10;

/**
 * A dimension for every parameter of a forecaster, in its order: all choices; linear ranges whole; of log ranges a factor
 * of ten on each side of the default, which is all that differs by much.
 * @throws GatecastError `bad-setting` for a forecaster that there is not
 */
export function offeredDimensions(forecaster: string): readonly Dimension[] {
  return parametersOf(forecaster).map(offered);
}

/** A forecaster with its default values, nothing varied. */
export function usualBranch(forecaster: string): Branch {
  return { forecaster, values: Object.fromEntries(parametersOf(forecaster).map((parameter) => [parameter.id, parameter.default])), dimensions: [] };
}

function offered(parameter: Parameter): Dimension {
  if (parameter.kind === 'choice') return { parameter: parameter.id, kind: 'choice', values: parameter.choices.map(({ value }) => value) };
  const { id, kind, minimum, maximum, default: usual } = parameter;
  const step = parameter.step ?? (kind === 'integer' ? 1 : 0);
  // A maximum far beyond the default says that orders of magnitude matter.
  const scale = parameter.scale ?? (usual > 0 && maximum >= 10 * usual ? 'log' : 'linear');
  const whole = (value: number): number => (kind === 'integer' ? Math.round(value) : Number(value.toPrecision(12)));
  const range: RangeDimension = {
    parameter: id, kind: 'range', scale, step, gridPoints: usualGridPoints,
    from: scale === 'log' ? Math.max(minimum, whole(usual / usualReach)) : minimum,
    to: scale === 'log' ? Math.min(maximum, whole(usual * usualReach)) : maximum,
  };
  return { ...range, gridPoints: gridValues(range).length };
}

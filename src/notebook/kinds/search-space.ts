/** What a sweep searches, as a notebook keeps it. */
import * as v from 'valibot';
import type { Branch, Dimension, SamplerName, SearchSpace, SweepPlan } from '../../sweep/types.ts';
import { forecasters } from './forecast.ts';
import { integer, list, number, oneOf, record, text } from '../fields.ts';

/** Trials that a sweep may have. */
export const mostTrials = 2000;

/** Forecasters that take part, at most. */
const mostBranches = 20;

export const samplerNames = ['grid', 'random', 'sobol', 'tpe'] as const satisfies readonly SamplerName[];
export const scoreNames = ['loadBlock', 'loadPerStep', 'relativeBlock', 'relativePerStep', 'absoluteBlock', 'absolutePerStep'] as const satisfies readonly SweepPlan['measure'][];

const value = v.union([number(-1e12, 1e12), text(60)], 'is neither a number nor a short text');

/** Values by parameter. */
export const parameterRecord = record(/^\w{1,60}$/, value, 60);

const dimension: v.GenericSchema<unknown, Dimension> = v.variant('kind', [
  v.object({
    kind: v.literal('range'), parameter: text(60), from: number(-1e12, 1e12), to: number(-1e12, 1e12),
    scale: oneOf(['linear', 'log']), step: number(0, 1e12), gridPoints: integer(1, 1000),
  }),
  v.object({ kind: v.literal('choice'), parameter: text(60), values: list(value, 100) }),
]);

/** Forecasters that a sweep may search: Auto has no settings and trains networks of its own. */
export const sweptForecasters: readonly string[] = forecasters.map(({ id }) => id).filter((id) => id !== 'auto');

const branch: v.GenericSchema<unknown, Branch> = v.object({
  forecaster: oneOf(sweptForecasters),
  values: v.optional(parameterRecord, {}),
  dimensions: v.optional(list(dimension, 30), []),
});

/** Whether the forecasters know the parameters is checked when it is planned. */
export const searchSpace: v.GenericSchema<unknown, SearchSpace> = v.pipe(
  list(branch, mostBranches),
  v.check((branches) => new Set(branches.map(({ forecaster }) => forecaster)).size === branches.length, 'names a forecaster twice'),
);

import * as v from 'valibot';
import { referenceWindows, type ComparisonSettings } from '../../forecast/comparison/types.ts';
import { fingerprint, integer, list, maximumLayer, maximumStep, number, oneOf, pattern, record, text, time, yesNo } from '../fields.ts';
import { packedLength } from '../packed-floats.ts';
import { forecasters } from './forecast.ts';

/** Numbers of a judged forecast: six scores, MASE, covered, width and time. */
export const pointNumbers = 10;
/** Numbers of a reference: six scores of the noise floor, and an average a window. */
export const referenceNumbers = 6 + referenceWindows.length;
/** Forecasts that a comparison may judge: more would make files that no notebook should have. */
export const mostPoints = 300_000;

/** What a rolling-origin comparison gave, as a notebook keeps it: dense arrays of float32, NaN where nothing was judged. */
export interface StoredComparison {
  /** Of the trace. */
  readonly fingerprint: string;
  readonly settings: ComparisonSettings;
  /** Whether it ran to its end. */
  readonly complete: boolean;
  readonly elapsedMs: number;
  /** Of Gatecast. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** What trained: "NVIDIA H100"; missing where nothing was trained, or without an adapter. */
  readonly device?: string;
  /** Origins that were judged, steps, ascending. */
  readonly origins: readonly number[];
  /** `[contenders][layers][origins][horizons][pointNumbers]`, little-endian float32, base64. */
  readonly points: string;
  /** `[layers][origins][horizons][referenceNumbers]`, the same. */
  readonly references: string;
}

const base64 = pattern(/^[A-Za-z0-9+/]*={0,2}$/, packedLength(mostPoints * (pointNumbers + referenceNumbers)), 'base64');
const step = integer(0, maximumStep);
const steps = integer(1, 10_000_000);

const contender = v.object({
  key: text(60),
  id: oneOf(forecasters.map(({ id }) => id)),
  label: text(100),
  values: record(/^\w{1,60}$/, v.union([number(-1e12, 1e12), text(60)], 'is neither a number nor a short text'), 60),
});

const settings: v.GenericSchema<unknown, ComparisonSettings> = v.object({
  layers: list(integer(0, maximumLayer), maximumLayer + 1),
  contenders: list(contender, 200),
  firstOriginStep: step,
  lastOriginStep: step,
  everySteps: steps,
  horizons: v.pipe(list(steps, 2), v.check((given) => given.length > 0, 'names no horizon')),
  refitEvery: integer(1, 10_000),
  coverage: number(0.5, 0.99),
  coldShare: number(0, 1),
  seed: integer(0, 2 ** 32 - 1),
});

export const comparisonResult: v.GenericSchema<unknown, StoredComparison> = v.pipe(
  v.object({
    fingerprint, settings,
    complete: yesNo,
    elapsedMs: number(0, 1e12),
    version: text(40),
    time,
    device: v.optional(text(200)),
    origins: list(step, mostPoints),
    points: base64,
    references: base64,
  }),
  v.check(({ settings: { contenders, layers, horizons }, origins, points, references }) => {
    const places = layers.length * origins.length * horizons.length;
    return points.length === packedLength(contenders.length * places * pointNumbers) && references.length === packedLength(places * referenceNumbers);
  }, 'does not hold numbers for each forecaster, layer, origin and horizon'),
);

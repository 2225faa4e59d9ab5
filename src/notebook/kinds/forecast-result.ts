import * as v from 'valibot';
import type { BackendName, DeviceInfo } from '../../../workers/contract.ts';
import { fingerprint, integer, list, maximumLayer, maximumStep, number, numbers, oneOf, pattern, record, text, time, yesNo } from '../fields.ts';
import type { ForecastSettings } from './forecast.ts';

/** What weights were trained on: the steps of a trace before the origin. */
export interface TrainedOn {
  /** Of the trace. */
  readonly fingerprint: string;
  readonly originStep: number;
}

/** Weights that were trained elsewhere. */
export interface LoadedWeights {
  /** Name of the file that they came in. */
  readonly file: string;
  /** Missing where the file does not say it. */
  readonly trainedOn?: TrainedOn;
}

/** Where a result comes from: enough to make it again. */
export interface Provenance {
  readonly settings: ForecastSettings;
  readonly seed: number;
  /** Of the trace. */
  readonly fingerprint: string;
  /** "NVIDIA H100"; missing without an adapter. */
  readonly adapter?: string;
  readonly backend: BackendName;
  /** Missing in results of versions that had one engine. */
  readonly engine?: DeviceInfo['engine'];
  /** Of Gatecast. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Where nothing was trained. */
  readonly weights?: LoadedWeights;
}

export interface StoredTensor {
  readonly shape: readonly number[];
  /** Little-endian float32, base64. */
  readonly values: string;
}

/** `Checkpoint` of the worker contract as it stands in a file. One of version 1 is read as one of version 2. */
export interface StoredCheckpoint {
  readonly version: 2;
  readonly model: number;
  readonly iteration: number;
  /** null before the first validation. */
  readonly bestLoss: number | null;
  readonly bestIteration: number;
  readonly rateScale: number;
  readonly cutAt: number;
  readonly diverged: boolean;
  readonly weights: Readonly<Record<string, StoredTensor>>;
  readonly bestWeights: Readonly<Record<string, StoredTensor>>;
  readonly moments: Readonly<Record<string, { readonly first: string; readonly second: string }>>;
}

export interface StoredForecast {
  readonly layer: number;
  readonly blocks: number;
  /** `[blocks][experts]`, shares */
  readonly mean: readonly number[];
}

/** What the same training forecast at an earlier origin, knowing what was known there. */
export interface StoredPastForecast {
  readonly layer: number;
  readonly originStep: number;
  /** Mean of the horizon, `[experts]`, shares */
  readonly mean: readonly number[];
}

export interface StoredLoss {
  readonly iteration: number;
  readonly train: number;
  readonly validation: number;
}

export interface StoredCurve {
  readonly layer: number;
  /** Validation losses of the layer alone, from the untrained weights on. */
  readonly points: readonly { readonly iteration: number; readonly validation: number }[];
}

/** What a trained forecaster gave: all layers of one training, by one model or a model a layer. */
export interface ForecastResult {
  /** See `settings-key.ts`. */
  readonly settingsKey: string;
  readonly forecasts: readonly StoredForecast[];
  /** Of the first model. */
  readonly losses: readonly StoredLoss[];
  /** By layer; empty in results of versions that did not keep them. */
  readonly curves: readonly StoredCurve[];
  /** Of all models; `diverged` when every one did. `loaded`: nothing was trained, the weights came from a file. */
  readonly ended: 'all-iterations' | 'no-improvement' | 'diverged' | 'cancelled' | 'loaded';
  /** Layers whose models diverged: their forecasts are of the best weights before. */
  readonly diverged: readonly number[];
  readonly elapsedMs: number;
  readonly provenance: Provenance;
  /** What the band rests on; missing while nothing was trained at earlier origins. */
  readonly pastForecasts?: readonly StoredPastForecast[];
  /** Of the first model. Missing when it was too large to keep; then training starts afresh. */
  readonly checkpoint?: StoredCheckpoint;
}

/** Most base64 characters of one checkpoint (6 MB of float32). */
export const maximumCheckpointLength = 8_000_000;

const base64 = pattern(/^[A-Za-z0-9+/]*={0,2}$/, maximumCheckpointLength, 'base64');
const weightName = /^[\w./:-]{1,100}$/;
const tensors = record(weightName, v.object({ shape: list(integer(0, 1_000_000), 8), values: base64 }), 200);
const loss = number(-1e30, 1e30);
const mostPoints = 20_000;

const iteration = integer(0, 1e9);

const checkpoint = v.pipe(
  v.object({
    version: v.union([v.literal(1), v.literal(2)], 'is neither version 1 nor version 2'),
    model: integer(0, 100_000),
    iteration,
    bestLoss: v.nullable(loss),
    bestIteration: iteration,
    rateScale: v.optional(number(0, 1), 1),
    cutAt: v.optional(iteration, 0),
    diverged: v.optional(yesNo, false),
    weights: tensors,
    bestWeights: tensors,
    moments: record(weightName, v.object({ first: base64, second: base64 }), 200),
  }),
  v.transform((read): StoredCheckpoint => ({ ...read, version: 2 })),
);

const storedForecast = v.pipe(
  v.object({ layer: integer(0, maximumLayer), blocks: integer(1, 10_000), mean: numbers(200_000, 0, 1.000001) }),
  v.check(({ blocks, mean }) => mean.length > 0 && mean.length % blocks === 0, 'the number of means is not blocks × experts'),
);

export const trainedOn: v.GenericSchema<unknown, TrainedOn> = v.object({ fingerprint, originStep: integer(0, maximumStep) });

/** @param settings the schema of the settings, which a provenance repeats */
export function forecastResult(settings: v.GenericSchema<unknown, ForecastSettings>): v.GenericSchema<unknown, ForecastResult> {
  return v.object({
    settingsKey: pattern(/^[0-9a-f]{16}$/, 16, 'a key of 16 hexadecimal digits'),
    forecasts: list(storedForecast, 1000),
    losses: list(v.object({ iteration, train: loss, validation: loss }), mostPoints),
    curves: v.optional(list(v.object({ layer: integer(0, maximumLayer), points: list(v.object({ iteration, validation: loss }), mostPoints) }), 1000), []),
    ended: oneOf(['all-iterations', 'no-improvement', 'diverged', 'cancelled', 'loaded']),
    diverged: v.optional(list(integer(0, maximumLayer), 1000), []),
    elapsedMs: number(0, 1e12),
    provenance: v.object({
      settings,
      seed: integer(0, 2 ** 32 - 1),
      fingerprint,
      adapter: v.optional(text(200)),
      backend: oneOf(['webgpu', 'wasm', 'cpu'] as const satisfies readonly BackendName[]),
      engine: v.optional(oneOf(['fused', 'simd', 'reference'] as const satisfies readonly DeviceInfo['engine'][])),
      version: text(40),
      time,
      weights: v.optional(v.object({ file: text(200), trainedOn: v.optional(trainedOn) })),
    }),
    pastForecasts: v.optional(list(v.object({ layer: integer(0, maximumLayer), originStep: integer(0, maximumStep), mean: numbers(100_000, 0, 1.000001) }), 20_000)),
    checkpoint: v.optional(checkpoint),
  });
}

/** Sweeps between the form that they run in and the one that a notebook keeps. */
import type { ParameterValues } from '../forecast/contract.ts';
import type { Branch, CurvePoint, SweepPlan, SweepState, SweepTrial } from '../sweep/types.ts';
import type { SweepMaking } from './kinds/sweep-making.ts';
import type { StoredSweep, StoredTrial } from './kinds/sweep-result.ts';
import { packFloats, unpackFloats } from './packed-floats.ts';

/** What a sweep gave, and how it was made. */
export interface KeptSweep {
  /** Of the trace. */
  readonly fingerprint: string;
  readonly plan: SweepPlan;
  readonly state: SweepState;
  readonly ended: StoredSweep['ended'];
  /** When it began, ISO 8601, UTC: tells it from others of its cell. */
  readonly began: string;
  /** What made its scores, in the order of time; none where it is not known. */
  readonly makings: readonly SweepMaking[];
  /** Of Gatecast. */
  readonly version: string;
  /** When it was kept. */
  readonly time: Date;
  /** What trained, where something was trained. */
  readonly device?: string;
}

export function packSweep({ fingerprint, plan, state, ended, began, makings, version, time, device }: KeptSweep): StoredSweep {
  const { trials, average, test, elapsedMs } = state;
  return {
    fingerprint, plan, ended, average: average.filter(Number.isFinite), test: finiteTest(test), elapsedMs: Math.round(elapsedMs), began, makings,
    version: version.slice(0, 40), time: time.toISOString(), ...(device === undefined ? {} : { device: device.slice(0, 200) }),
    trials: trials.map((trial) => packTrial(trial, plan)),
  };
}

/** Curves come back with the seven digits of float32. */
export function unpackSweep({ fingerprint, plan, ended, trials, average, test, elapsedMs, version, time, began = time, makings = [], device }: StoredSweep): KeptSweep {
  return {
    fingerprint, plan, ended, began, makings, version, time: new Date(time), ...(device === undefined ? {} : { device }),
    state: { average, test, elapsedMs, trials: trials.map((trial, id) => unpackTrial(trial, id, plan)) },
  };
}

function packTrial({ forecaster, values, state, scores, byOrigin, curve, elapsedMs, atMs, problem }: SweepTrial, { space }: SweepPlan): StoredTrial {
  const branch = space.findIndex((one) => one.forecaster === forecaster);
  return {
    branch, values: varied(space[branch], values),
    // What trains now would train again.
    state: state === 'running' ? 'waiting' : state,
    scores: scores.map((rung) => ({ ...rung, score: Number.isFinite(rung.score) ? rung.score : null })),
    byOrigin: byOrigin.every(Number.isFinite) ? byOrigin : [],
    curve: packFloats(Float32Array.from(curve.flatMap(({ iteration, validation }) => [iteration, validation]))),
    elapsedMs: Math.round(elapsedMs), atMs: Math.round(atMs), ...(problem === undefined ? {} : { problem: problem.slice(0, 500) }),
  };
}

function unpackTrial({ branch, values, state, scores, byOrigin, curve, elapsedMs, atMs, problem }: StoredTrial, id: number, { space }: SweepPlan): SweepTrial {
  const { forecaster, values: own } = space[branch];
  const floats = unpackFloats(curve);
  const points = Array.from({ length: floats.length >> 1 }, (_, i): CurvePoint => ({ iteration: floats[2 * i], validation: floats[2 * i + 1] }));
  return {
    id, forecaster, values: { ...own, ...values }, state, byOrigin, curve: points, elapsedMs, atMs,
    scores: scores.map((rung) => ({ ...rung, score: rung.score ?? NaN })), ...(problem === undefined ? {} : { problem }),
  };
}

function varied({ dimensions }: Branch, values: ParameterValues): ParameterValues {
  return Object.fromEntries(dimensions.flatMap(({ parameter }) => (parameter in values ? [[parameter, values[parameter]] as const] : [])));
}

/** Of a test that could not be judged nothing is kept. */
function finiteTest(test: SweepState['test']): SweepState['test'] {
  if (!test || ![test.byOrigin, test.average].every((errors) => errors.every(Number.isFinite))) return null;
  return test.noiseFloor.every(Number.isFinite) ? test : { ...test, noiseFloor: [] };
}

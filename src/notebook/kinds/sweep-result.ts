import * as v from 'valibot';
import type { ParameterValues } from '../../forecast/contract.ts';
import type { OtherTraceTest, RungScore, SweepPlan, SweepTest, TestElsewhere, TrialState } from '../../sweep/types.ts';
import { fingerprint, integer, list, maximumLayer, maximumStep, number, numbers, oneOf, pattern, show, text, time } from '../fields.ts';
import { packedLength } from '../packed-floats.ts';
import { traceRef } from '../trace-ref.ts';
import { mostMakings, sweepMaking, type SweepMaking } from './sweep-making.ts';
import { mostTrials, parameterRecord, samplerNames, scoreNames, searchSpace } from './search-space.ts';

/** Origins that a trial may be judged at. */
const mostOrigins = 20;
const mostCurvePoints = 100;

export interface StoredTrial {
  /** Place among the branches of the space. */
  readonly branch: number;
  /** Of the branch's dimensions; all others are the branch's own. */
  readonly values: ParameterValues;
  readonly state: Exclude<TrialState, 'running'>;
  readonly scores: readonly (Omit<RungScore, 'score'> & { /** null: the numbers broke. */ readonly score: number | null })[];
  readonly byOrigin: readonly number[];
  /** Iteration and validation loss by turns, float32, base64. */
  readonly curve: string;
  readonly elapsedMs: number;
  readonly atMs: number;
  readonly problem?: string;
}

/** What a sweep gave, or has given so far. */
export interface StoredSweep {
  /** Of the trace. */
  readonly fingerprint: string;
  readonly plan: SweepPlan;
  /** `complete`: all of the plan was done. `paused`: it can go on. `stopped`: the person had enough; the best was tested. `cancelled`. */
  readonly ended: 'complete' | 'paused' | 'stopped' | 'cancelled';
  /** By id. */
  readonly trials: readonly StoredTrial[];
  readonly average: readonly number[];
  readonly test: SweepTest | null;
  readonly elapsedMs: number;
  /** When it began, ISO 8601, UTC: tells it from others of its cell. Missing in results of versions that did not keep it. */
  readonly began?: string;
  /** What made its scores, in the order of time. Missing in results of versions that did not keep it. */
  readonly makings?: readonly SweepMaking[];
  /** Of Gatecast. */
  readonly version: string;
  /** When it was kept, ISO 8601, UTC. */
  readonly time: string;
  /** What trained, where something was trained. */
  readonly device?: string;
}

const step = integer(0, maximumStep);
const duration = number(0, 1e12);
const origins = list(step, mostOrigins);
const layers = list(integer(0, maximumLayer), maximumLayer + 1);
const errors = numbers(mostOrigins, -1e12, 1e12);

const plan: v.GenericSchema<unknown, SweepPlan> = v.object({
  space: searchSpace,
  sampler: oneOf(samplerNames),
  trials: integer(1, mostTrials),
  halving: v.nullable(v.object({ grace: integer(1, 1e6), reduction: integer(2, 100), rungs: v.optional(integer(1, 100)) })),
  budgetSeconds: v.nullable(number(0, 1e9)),
  layers,
  originStep: step,
  horizonSteps: integer(1, 10_000_000),
  innerOrigins: origins,
  testOrigins: origins,
  measure: oneOf(scoreNames),
  coldShare: number(0, 1),
  seed: integer(0, 2 ** 32 - 1),
  elsewhere: v.optional(traceRef),
});

const trial: v.GenericSchema<unknown, StoredTrial> = v.object({
  branch: integer(0, 100),
  values: parameterRecord,
  state: oneOf(['waiting', 'pruned', 'finished', 'failed']),
  scores: list(v.object({ rung: integer(0, 100), iterations: integer(0, 1e9), score: v.nullable(number(0, 1e12)), making: v.optional(integer(0, mostMakings - 1)) }), 100),
  byOrigin: errors,
  curve: pattern(/^[A-Za-z0-9+/]*={0,2}$/, packedLength(2 * mostCurvePoints), 'base64'),
  elapsedMs: duration,
  atMs: duration,
  problem: v.optional(text(500)),
});

const problem = text(2000);
const testErrors = { byOrigin: errors, average: errors, noiseFloor: errors };

const otherTraceTest: v.GenericSchema<unknown, OtherTraceTest> = v.object({
  ...testErrors, name: text(1000), fingerprint, layers, origins,
  problem: v.optional(problem),
  asTrained: v.optional(v.union([v.object({ byOrigin: errors }), v.object({ problem })], (issue) => `${show(issue.input)} is neither errors by origin nor a problem`)),
});

const testElsewhere: v.GenericSchema<unknown, TestElsewhere> = v.union([otherTraceTest, v.object({ problem })], (issue) => `${show(issue.input)} is not a test on another trace`);

const test: v.GenericSchema<unknown, SweepTest> = v.object({ ...testErrors, trial: integer(0, mostTrials), elsewhere: v.optional(testElsewhere) });

export const sweepResult: v.GenericSchema<unknown, StoredSweep> = v.pipe(
  v.object({
    fingerprint, plan,
    ended: oneOf(['complete', 'paused', 'stopped', 'cancelled']),
    trials: list(trial, mostTrials),
    average: errors,
    test: v.nullable(test),
    elapsedMs: duration,
    began: v.optional(time),
    makings: v.optional(list(sweepMaking, mostMakings)),
    version: text(40),
    time,
    device: v.optional(text(200)),
  }),
  v.check(({ plan: { space }, trials }) => trials.every((one) => one.branch < space.length), 'holds a trial of a forecaster that the plan does not have'),
  v.check(({ plan: { elsewhere }, test }) => elsewhere !== undefined || test?.elsewhere === undefined, 'tests on a trace that the plan does not name'),
  v.check(({ trials, test }) => test === null || test.trial < trials.length, 'tests a trial that it does not hold'),
  v.check(({ trials, makings = [] }) => trials.every(({ scores }) => scores.every(({ making = -1 }) => making < makings.length)), 'names a making that it does not hold'),
);

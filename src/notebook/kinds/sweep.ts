import * as v from 'valibot';
import { usualBranch } from '../../sweep/offered.ts';
import type { Branch, SearchSpace, SamplerName, SweepPlan } from '../../sweep/types.ts';
import type { TraceRef } from '../../trace/trace-ref.ts';
import { integer, maximumStep, number, oneOf, yesNo } from '../fields.ts';
import { traceRef } from '../trace-ref.ts';
import { chosenLayers } from './backtest.ts';
import type { Kind } from './kind.ts';
import { mostTrials, samplerNames, scoreNames, searchSpace } from './search-space.ts';
import { sweepRemarks, type SweepRemarks } from './sweep-remarks.ts';
import { sweepResult, type StoredSweep } from './sweep-result.ts';

export interface SweepSettings {
  /** What is searched; parameters are checked against their forecasters when it is planned. */
  readonly branches: SearchSpace;
  readonly sampler: SamplerName;
  /** At most. */
  readonly trials: number;
  /** Successive halving. */
  readonly halving: boolean;
  /** Iterations after which trained trials are first judged. */
  readonly grace: number;
  /** The best one of so many goes on at each rung. */
  readonly reduction: number;
  /** Rungs before the end at most. */
  readonly rungs: number;
  /** null: any time. */
  readonly budgetSeconds: number | null;
  /** Nothing from here on is seen by the search; null: at three quarters of the trace. */
  readonly originStep: number | null;
  readonly horizonSteps: number;
  /** Origins before it that trials are judged at. */
  readonly innerOrigins: number;
  /** null: all of the trace. */
  readonly layers: readonly number[] | null;
  readonly measure: SweepPlan['measure'];
  readonly coldShare: number;
  readonly seed: number;
  /** Another trace that the best trial is tested on as well; null: none. */
  readonly elsewhere: TraceRef | null;
  /** About trials of a sweep; the sweep itself does not depend on them. */
  readonly remarks: SweepRemarks | null;
}

/** The LSTM on the average, with what matters most about it; few shapes of networks, so that many trials train in one launch. */
const usualSearch: Branch = {
  ...usualBranch('lstm'),
  dimensions: [
    { parameter: 'windowSteps', kind: 'range', from: 500, to: 2000, scale: 'linear', step: 500, gridPoints: 4 },
    { parameter: 'hiddenUnits', kind: 'range', from: 8, to: 64, scale: 'log', step: 8, gridPoints: 4 },
    { parameter: 'learningRate', kind: 'range', from: 0.0005, to: 0.02, scale: 'log', step: 0, gridPoints: 4 },
  ],
};

export const sweepSettings: v.GenericSchema<unknown, SweepSettings> = v.object({
  branches: v.optional(searchSpace, [usualSearch]),
  sampler: v.optional(oneOf(samplerNames), 'sobol'),
  trials: v.optional(integer(1, mostTrials), 32),
  halving: v.optional(yesNo, true),
  grace: v.optional(integer(10, 5000), 20),
  reduction: v.optional(integer(2, 10), 4),
  rungs: v.optional(integer(1, 10), 1),
  budgetSeconds: v.optional(v.nullable(integer(1, 1_000_000)), null),
  originStep: v.optional(v.nullable(integer(0, maximumStep)), null),
  horizonSteps: v.optional(integer(1, 10_000_000), 1000),
  innerOrigins: v.optional(integer(1, 8), 2),
  layers: v.optional(v.nullable(chosenLayers), null),
  measure: v.optional(oneOf(scoreNames), 'loadBlock'),
  coldShare: v.optional(number(0, 1), 0.005),
  seed: v.optional(integer(0, 2 ** 32 - 1), 1),
  elsewhere: v.optional(v.nullable(traceRef), null),
  remarks: v.optional(v.nullable(sweepRemarks), null),
});

export const sweep: Kind<SweepSettings, StoredSweep> = { label: 'Sweep', settings: sweepSettings, result: sweepResult };

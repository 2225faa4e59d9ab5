/** Hyperparameter sweeps: what is searched, what a trial is, and what comes of it. */
import type { ParameterValues } from '../forecast/contract.ts';
import type { Scores } from '../forecast/picture-types.ts';
import type { TraceRef } from '../trace/trace-ref.ts';

/** A parameter that a sweep varies, by the id that its forecaster declares. */
export type Dimension =
  | {
      readonly parameter: string;
      readonly kind: 'range';
      /** Both in. */
      readonly from: number;
      readonly to: number;
      readonly scale: 'linear' | 'log';
      /** Values are whole multiples of it beyond `from`; 0: any number between. 1 at least for whole numbers. */
      readonly step: number;
      /** Values that a grid takes, at least 1: evenly spread on the scale, the ends among them. */
      readonly gridPoints: number;
    }
  | {
      readonly parameter: string;
      readonly kind: 'choice';
      /** At least one, each once. */
      readonly values: readonly (number | string)[];
    };

/** A forecaster that takes part, and what is varied of it. */
export interface Branch {
  readonly forecaster: string;
  /** Values of all parameters, those of varied ones included: they hold where a condition leaves a dimension out. */
  readonly values: ParameterValues;
  readonly dimensions: readonly Dimension[];
}

/** Every trial belongs to one branch: which forecaster is itself a choice. At least one branch. */
export type SearchSpace = readonly Branch[];

/** One setting that is tried. */
export interface Trial {
  /** Place in the sweep, from 0, in the order in which trials were asked for. */
  readonly id: number;
  readonly forecaster: string;
  /** Of all parameters. */
  readonly values: ParameterValues;
}

/** What a trial gave after some of its budget. */
export interface RungScore {
  /** Rung, from 0. */
  readonly rung: number;
  /** Training iterations behind it; 0 for forecasters that are not trained. */
  readonly iterations: number;
  /** Mean error over inner origins and layers, by the sweep's measure; lower is better. NaN where the numbers broke. */
  readonly score: number;
  /** Place among the sweep's makings; missing where it is not known what made it. */
  readonly making?: number;
}

export type TrialState = 'waiting' | 'running' | 'pruned' | 'finished' | 'failed';

/** A trial and what has become of it. */
export interface TrialRecord extends Trial {
  readonly state: TrialState;
  /** By rung, ascending. The last one counts. */
  readonly scores: readonly RungScore[];
}

export type SamplerName = 'grid' | 'random' | 'sobol' | 'tpe';

/** What a sweep is asked to do on a trace. */
export interface SweepPlan {
  readonly space: SearchSpace;
  readonly sampler: SamplerName;
  /** At most. */
  readonly trials: number;
  /**
   * Successive halving: trained trials are first judged after `grace` iterations, then after `reduction` times as many, and so
   * on, at most `rungs` times before their end (missing: as often as fits), and the best 1 / `reduction` go on each time.
   * null: all are trained to their end.
   */
  readonly halving: { readonly grace: number; readonly reduction: number; readonly rungs?: number } | null;
  /**
   * Trials are not begun after so much time; null: any. Pauses do not count. A computer's sleep counts where the browser's
   * clock goes on in it, as on Windows, and not where it stops, as on macOS and Linux: a sweep then begins fewer trials, and all else stays.
   */
  readonly budgetSeconds: number | null;
  readonly layers: readonly number[];
  /** Nothing from this step on is seen by the search. */
  readonly originStep: number;
  readonly horizonSteps: number;
  /** Origins that trials are judged at, ascending, at least one; their horizons end at `originStep` or before. */
  readonly innerOrigins: readonly number[];
  /** Origins that the best trial is tested at, ascending, `originStep` the first; none where nothing was recorded after it. */
  readonly testOrigins: readonly number[];
  readonly measure: keyof Scores;
  /** Experts under this share are left out of the relative error. */
  readonly coldShare: number;
  /** Of the sampler and of what is trained. */
  readonly seed: number;
  /** Another trace that the best trial is tested on as well. The search sees nothing of it. */
  readonly elsewhere?: TraceRef;
}

/** Mean validation loss of a trial's models after some iterations, over that of the untrained ones. */
export interface CurvePoint {
  readonly iteration: number;
  readonly validation: number;
}

/** A trial of a sweep that ran, and how it came along. */
export interface SweepTrial extends TrialRecord {
  /** Mean error over layers at each inner origin, after the last rung; empty before the first. */
  readonly byOrigin: readonly number[];
  /** Of trained ones, ascending. */
  readonly curve: readonly CurvePoint[];
  /** Time that it took, ms; of trials that were trained together, each its part. */
  readonly elapsedMs: number;
  /** Time since the sweep began at which its last score came, ms. */
  readonly atMs: number;
  /** Why it failed. */
  readonly problem?: string;
}

/** Mean errors over layers at test origins, by the plan's measure. */
export interface TestErrors {
  /** Of the best trial, trained (or fitted) at each origin on what is known there. */
  readonly byOrigin: readonly number[];
  /** Of the sliding average whose window is chosen on the past. */
  readonly average: readonly number[];
  /** Of a perfect forecast; empty where the trace does not say how many tokens there were. */
  readonly noiseFloor: readonly number[];
}

/** The best trial on steps that the search did not see. */
export interface SweepTest extends TestErrors {
  readonly trial: number;
  /** On the plan's other trace; missing before it was tested there. */
  readonly elsewhere?: TestElsewhere;
}

/** Why something could not be tested, a sentence. */
export interface TestProblem {
  readonly problem: string;
}

/** The best trial on another trace, of which the search saw nothing. */
export type TestElsewhere = TestProblem | OtherTraceTest;

export interface OtherTraceTest extends TestErrors {
  /** Of the other trace. */
  readonly name: string;
  readonly fingerprint: string;
  readonly layers: readonly number[];
  /** Ascending, a horizon apart, the usual origin of that trace the first. */
  readonly origins: readonly number[];
  /** Why it could not be trained there; `byOrigin` is then empty. */
  readonly problem?: string;
  /** Of what was trained on the open trace before the sweep's origin, and not there: errors by origin; missing for forecasters without training. */
  readonly asTrained?: { readonly byOrigin: readonly number[] } | TestProblem;
}

/** How a sweep stands: all that is needed to go on. */
export interface SweepState {
  /** By id. */
  readonly trials: readonly SweepTrial[];
  /** What the sliding average whose window is chosen on the past errs by at each inner origin; empty before it is known. */
  readonly average: readonly number[];
  readonly test: SweepTest | null;
  /** Time that it ran so far, ms. */
  readonly elapsedMs: number;
}

export const emptySweep: SweepState = { trials: [], average: [], test: null, elapsedMs: 0 };

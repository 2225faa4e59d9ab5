/** Hyperparameter sweeps: what is searched, what a trial is, and what comes of it. */
import type { ParameterValues } from '../forecast/contract.ts';

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
}

export type TrialState = 'waiting' | 'running' | 'pruned' | 'finished' | 'failed';

/** A trial and what has become of it. */
export interface TrialRecord extends Trial {
  readonly state: TrialState;
  /** By rung, ascending. The last one counts. */
  readonly scores: readonly RungScore[];
}

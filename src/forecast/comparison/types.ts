/** The rolling-origin comparison of forecasters (the Backtest cell): what is asked, and what comes of it. */
import type { ParameterValues } from '../contract.ts';
import type { Scores } from '../picture-types.ts';

/** A forecaster with its settings that takes part. */
export interface Contender {
  /** Unique among the contenders. */
  readonly key: string;
  /** Of a forecaster of the registry, or "lstm". */
  readonly id: string;
  readonly label: string;
  readonly values: ParameterValues;
}

export interface ComparisonSettings {
  readonly layers: readonly number[];
  readonly contenders: readonly Contender[];
  /** First and last origin, both in, and their distance, steps. */
  readonly firstOriginStep: number;
  readonly lastOriginStep: number;
  readonly everySteps: number;
  /** Steps ahead, ascending, at least one. An origin counts for those that the trace holds whole. */
  readonly horizons: readonly number[];
  /** Contenders are fitted anew at every so many origins; between them they take in what came (`Model.update`) where they can, else they are fitted all the same. 1: at every origin. */
  readonly refitEvery: number;
  /** Share of truths that intervals should hold, 0.5 to 0.99. */
  readonly coverage: number;
  /** Experts under this share are left out of the relative error. */
  readonly coldShare: number;
  /** Of what is trained. */
  readonly seed: number;
}

/** One forecast, judged. */
export interface ComparisonPoint {
  readonly layer: number;
  /** Place among the contenders. */
  readonly contender: number;
  readonly originStep: number;
  /** Place among the horizons. */
  readonly horizon: number;
  readonly scores: Scores;
  /** Mean absolute scaled error of the horizon's mean: the mean over experts of its absolute error, over that of the last value taken as the forecast one horizon back, two back and so on before the origin; NaN where that is 0 or no horizon back is known. */
  readonly mase: number;
  /** Share of experts whose truth lies in the interval, and the interval's mean width in percentage points; NaN while too few origins have resolved for an interval. */
  readonly covered: number;
  readonly width: number;
  /** Time of fitting and forecasting all horizons at this origin, ms. */
  readonly elapsedMs: number;
}

/** Of a layer, an origin and a horizon: what no forecaster beats, and the averages that all are measured against. */
export interface ComparisonReference {
  readonly layer: number;
  readonly originStep: number;
  readonly horizon: number;
  readonly noiseFloor: Scores;
  /** Block mean load error, %, of the sliding average by window of `referenceWindows`. */
  readonly averages: readonly number[];
}

/** Windows of the sliding average that the best one in hindsight is taken from, steps. */
export const referenceWindows = [10, 20, 50, 100, 200, 350, 500, 1000, 2000] as const;

/** What has come so far; points come in any order, and there may be fewer than asked for when it was cancelled. */
export interface ComparisonResult {
  readonly settings: ComparisonSettings;
  readonly points: readonly ComparisonPoint[];
  readonly references: readonly ComparisonReference[];
}

export type Measure = keyof Scores | 'mase';

/** A line of the comparison table, for one horizon: means over layers and origins. */
export interface ComparisonRow {
  readonly contender: number;
  readonly scores: Scores;
  readonly mase: number;
  /** Part of the best average's (in hindsight) block load error that is gained, 0.1 = 10 %; negative: worse. */
  readonly skill: number;
  readonly covered: number;
  readonly width: number;
  /** All fits and forecasts, ms. */
  readonly elapsedMs: number;
  /** Layers × origins that were judged. */
  readonly count: number;
  /** Least error of the table's measure. */
  readonly best: boolean;
  /** Not worse than the best one beyond chance (Diebold–Mariano over origins, 5 %); true for the best itself. */
  readonly tied: boolean;
  /** Of that test against the best; NaN for the best itself or too few origins. */
  readonly pValue: number;
}

export interface ComparisonTable {
  readonly horizonSteps: number;
  readonly measure: Measure;
  readonly rows: readonly ComparisonRow[];
  readonly noiseFloor: Scores;
  /** The best window of the sliding average in hindsight, steps, and its block load error, %. */
  readonly bestWindowSteps: number;
  readonly bestAverage: number;
}

import type { LinesPicture, StepSpan } from '../trace/pictures/pictures-types.ts';
import type { ParameterValues } from './contract.ts';
import type { Interval, PastForecast } from './past-misses.ts';

/** Errors of one forecast over its horizon. Load and relative error in %, absolute error in percentage points. */
export interface Scores {
  /** Σ over experts of |forecast − share|, mean over the steps. */
  readonly loadPerStep: number;
  /** The same against the mean of the horizon. */
  readonly loadBlock: number;
  /** Mean over experts that are not cold of |forecast − share| / share; NaN when all are cold. */
  readonly relativePerStep: number;
  readonly relativeBlock: number;
  /** Mean over experts of |forecast − share|. */
  readonly absolutePerStep: number;
  readonly absoluteBlock: number;
}

export interface ForecastRequest {
  readonly fingerprint: string;
  readonly layer: number;
  /** What forecasts: a cheap forecaster of the worker, or a forecast made elsewhere (the LSTM's). */
  readonly forecaster:
    | {
        readonly kind: 'cheap';
        readonly id: string;
        readonly values: ParameterValues;
        /** Layers that it learns from beside the one that it forecasts. */
        readonly others?: readonly number[];
      }
    | {
        readonly kind: 'given';
        readonly blocks: number;
        readonly mean: Float64Array;
        /** What the same forecaster, knowing no more than it could, forecast of this horizon before; origins ascending. A band rests on them. */
        readonly pastForecasts?: readonly PastForecast[];
      };
  /** The forecast knows steps before this one and forecasts from it on. */
  readonly originStep: number;
  readonly horizonSteps: number;
  /** What to send back for drawing. */
  readonly drawn: StepSpan & { readonly experts: readonly number[]; readonly columns: number; readonly smoothingSteps: number };
  /** Experts under this share are left out of the relative error. */
  readonly coldShare: number;
  /** Part of the truths that a band is to hold, between 0 and 1; none is made with the picture where this is missing. */
  readonly bandCoverage?: number;
}

/** A band that is asked for by itself, since it takes longer than the picture. */
export interface BandRequest extends Pick<ForecastRequest, 'fingerprint' | 'layer' | 'forecaster' | 'originStep' | 'horizonSteps'> {
  readonly coverage: number;
  /** The forecast that it is around. */
  readonly forecast: { readonly blocks: number; readonly mean: Float64Array };
}

/** Where the mean shares of the horizon will lie, from what the forecaster's own earlier forecasts missed by. */
export interface ForecastBand {
  /** Wanted, between 0 and 1. */
  readonly coverage: number;
  /** null where too little is known of earlier forecasts. */
  readonly interval: Interval | null;
  /** Why there is none. */
  readonly missing: 'short-history' | 'no-past-forecasts' | null;
  /** Earlier forecasts that it rests on. */
  readonly resolved: number;
  /** Mean over experts, percentage points; NaN without a band. */
  readonly width: number;
  /** Experts whose mean share lies in it; null without a band, or while the trace does not hold the whole horizon. */
  readonly held: number | null;
  readonly elapsedMs: number;
}

export interface ForecastPicture {
  readonly blocks: number;
  /** `[blocks][experts]`, shares */
  readonly mean: Float64Array;
  /** The sliding average's forecast, `[experts]`. */
  readonly averageMean: Float64Array;
  /** The sliding average's window, chosen on the past. */
  readonly averageWindowSteps: number;
  /** Mean shares of the judged steps, `[experts]`; null when nothing came yet. */
  readonly truthMean: Float64Array | null;
  /** Steps of the horizon that the trace holds, so that the forecast could be judged. 0: nothing came yet. */
  readonly judgedSteps: number;
  /** null when nothing came yet */
  readonly scores: {
    readonly forecast: Scores;
    /** The sliding window average with the window that did best on the past. */
    readonly average: Scores & { readonly windowSteps: number };
    readonly lastValue: Scores;
    /** What even a perfect forecast errs by; NaN where unknown: per step without token counts, block from a single row. */
    readonly noiseFloor: Scores;
  } | null;
  /** Experts left out of the relative error. */
  readonly coldExperts: number;
  /** Load error of each judged step, %, decimated: the forecast's, the average's, the noise floor's (NaN without token counts). */
  readonly errorByStep: {
    readonly columnSteps: Float64Array;
    readonly forecast: Float32Array;
    readonly average: Float32Array;
    readonly noiseFloor: Float32Array;
  };
  readonly lines: LinesPicture;
  /** null where none was asked for. */
  readonly band: ForecastBand | null;
  /** What the forecaster has to say of itself, a sentence or two; null where it has nothing. */
  readonly explanation: string | null;
  readonly elapsedMs: number;
}

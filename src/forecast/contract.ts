import type { WorkOptions } from '../progress.ts';

/**
 * What a forecaster may know of one layer: rows before its origin and nothing else.
 * Made in one place (`history.ts`), so that no forecaster can see past its origin.
 */
export interface History {
  readonly experts: number;
  /** Number of known rows. The origin lies right after the last of them. */
  readonly rows: number;
  /** Training step of each known row, length `rows`. */
  readonly steps: Float64Array;
  /** Load proportions, `[rows][experts]`; every row sums to 1 (a row without tokens is uniform). */
  readonly shares: Float32Array;
  /** Running sums of `shares`, `[rows + 1][experts]`, first row 0: the mean of any window in O(experts). */
  readonly cumulative: Float64Array;
  /** The trace's other layers before the same origin, where they are at hand: what is learnt may be pooled over layers. */
  readonly others?: readonly History[];
}

/**
 * Load proportions over the horizon, in `blocks` equal parts of it; most forecasters give one.
 * Every block lies on the simplex.
 */
export interface Forecast {
  readonly experts: number;
  readonly blocks: number;
  /** `[blocks][experts]` */
  readonly mean: Float64Array;
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

export interface Model {
  /** @param horizonSteps training steps ahead, at least 1 */
  forecast(horizonSteps: number): Forecast;
  /**
   * Takes in what has come since: the same layer, known further. Coefficients, orders and settings that were chosen stay;
   * levels, slopes and other states move on, as if they had been fitted to the longer history with these coefficients.
   * A forecaster whose models have none is fitted anew.
   */
  update?(history: History): void;
  /** What was found while fitting that a person would want to know, a sentence or two. */
  explain?(): string;
}

/** A setting that does something only when another one of its forecaster has one of these values. */
export interface OnlyIf {
  /** Id of the other one, which has no condition itself. */
  readonly parameter: string;
  readonly values: readonly (number | string)[];
}

/** A setting of a forecaster. Forms and sweeps are made from these. */
export type Parameter =
  | {
      readonly id: string;
      readonly label: string;
      readonly kind: 'integer' | 'number';
      readonly unit?: string;
      readonly minimum: number;
      readonly maximum: number;
      readonly step?: number;
      /** Of the slider that a form shows; without one it shows a field. */
      readonly scale?: 'linear' | 'log';
      readonly default: number;
      /** What it does, one sentence. */
      readonly help: string;
      /** Rarely changed: folded away where a form shows parameters. */
      readonly advanced?: boolean;
      readonly onlyIf?: OnlyIf;
    }
  | {
      readonly id: string;
      readonly label: string;
      readonly kind: 'choice';
      readonly choices: readonly { readonly value: string; readonly label: string }[];
      readonly default: string;
      readonly help: string;
      readonly advanced?: boolean;
      readonly onlyIf?: OnlyIf;
    };

export type ParameterValues = Readonly<Record<string, number | string>>;

export interface Forecaster {
  /** "last-value", "sliding-average", "lstm" */
  readonly id: string;
  readonly label: string;
  /** One sentence: what it does. */
  readonly help: string;
  /** "the last value", in sentences. */
  readonly phrase: string;
  /** Learns from the trace's other layers too where the history has them: they are worth loading. */
  readonly pools?: boolean;
  /** Cheap forecasters follow sliders; fitted ones do as well, some answers late, and report how far they are; the others have Run. */
  readonly cost: 'cheap' | 'fitted' | 'training';
  readonly parameters: readonly Parameter[];
  fit(history: History, values: ParameterValues, options?: WorkOptions): Model | Promise<Model>;
}

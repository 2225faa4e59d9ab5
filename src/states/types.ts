import type { StepSpan } from '../trace/pictures/pictures-types.ts';

export interface StatesSettings {
  /** Widths of the sliding variance and range, steps (the paper: 10 and 100). */
  readonly shortSteps: number;
  readonly longSteps: number;
  /** Width of the two adjacent windows whose means the drift compares, steps. */
  readonly driftSteps: number;
  /** A layer counts as stable while its drift (see `boundary.ts`) is at most this load error, %. */
  readonly threshold: number;
  /** The drift has to stay there this long, steps. */
  readonly holdSteps: number;
  /** Whether a stable layer may become transient again. */
  readonly rearm: boolean;
}

export interface LayerStates {
  readonly layer: number;
  /** Spans in order that cover the trace; none when it is too short to tell. */
  readonly spans: readonly (StepSpan & { readonly state: 'transient' | 'stable' })[];
  /** First step of the last stable span, null when the layer ends transient or nothing can be told. */
  readonly boundaryStep: number | null;
  /** Whether the trace has too few rows for the drift to hold anywhere: then no layer can be found stable, whatever it does. */
  readonly tooShort: boolean;
  /** One sentence: why the boundary lies there, or what a trace that is too short would need. */
  readonly reason: string;
}

export interface StatesPicture {
  readonly layers: readonly LayerStates[];
  readonly columnSteps: Float64Array;
  /** Mean over experts of the sliding variance and range of load shares, `[layers][columns]`; NaN before the first full window. */
  readonly varianceShort: Float32Array;
  readonly varianceLong: Float32Array;
  readonly rangeShort: Float32Array;
  readonly rangeLong: Float32Array;
  /** The drift that the boundary is read from, load error in %, `[layers][columns]`; NaN where a window is not full. */
  readonly criterion: Float32Array;
  /** The threshold line of each layer, load error in %: the setting, or more where routing noise alone is larger. */
  readonly criterionThreshold: Float32Array;
}

/** What the Load cell asks for and gets. Spans are half open: `fromStep` is in, `toStep` is not. Steps are training steps, never rows. */
export interface StepSpan {
  readonly fromStep: number;
  readonly toStep: number;
}

export interface HeatmapRequest extends StepSpan {
  readonly layer: number;
  /** At most this many columns; fewer when there are fewer rows. */
  readonly columns: number;
}

/** Mean load share per expert and column. */
export interface HeatmapPicture extends StepSpan {
  readonly layer: number;
  readonly experts: number;
  readonly columns: number;
  /** `[experts][columns]`, shares 0 to 1 */
  readonly shares: Float32Array;
  /** First step of each column, length `columns`. */
  readonly columnSteps: Float64Array;
  readonly maximum: number;
}

export interface LinesRequest extends StepSpan {
  readonly layer: number;
  readonly experts: readonly number[];
  readonly columns: number;
  /** Width of the trailing mean applied before drawing, steps; 1 for none. */
  readonly smoothingSteps: number;
}

/** Minimum, mean and maximum per series and column: what a line picture needs, however long the trace. */
export interface LinesPicture {
  readonly columnSteps: Float64Array;
  /** each `[series][columns]` */
  readonly minimum: Float32Array;
  readonly mean: Float32Array;
  readonly maximum: Float32Array;
}

/**
 * `max-over-mean`: largest share over the mean share (1 is balanced, E is collapsed). `variation`: standard deviation over
 * the mean. `gini`: 0 is balanced, 1 − 1/E collapsed. `entropy`: H / ln E, 1 is balanced, 0 collapsed.
 * `kl`: divergence from uniform, ln E − H, nats. `dead`: experts without a token in the step.
 */
export type ImbalanceMeasure = 'max-over-mean' | 'variation' | 'gini' | 'entropy' | 'kl' | 'dead';

export interface ImbalanceRequest extends StepSpan {
  readonly layers: readonly number[];
  readonly measure: ImbalanceMeasure;
  readonly columns: number;
}

import type { MappingQuestion } from './read/reader.ts';

/** What the page knows of a trace that stays in its worker. */
export interface TraceInfo {
  readonly name: string;
  readonly format: string;
  readonly fingerprint: string;
  readonly kind: 'counts' | 'shares';
  readonly rows: number;
  readonly firstStep: number;
  readonly lastStep: number;
  /** Usual distance between recorded steps; 1 when every step was recorded. */
  readonly strideSteps: number;
  readonly layers: readonly LayerInfo[];
  readonly hasLoss: boolean;
  /** Size of the values in memory, bytes. */
  readonly byteLength: number;
  readonly questions: readonly MappingQuestion[];
  readonly notes: readonly string[];
  readonly health: readonly HealthCheck[];
}

export interface LayerInfo {
  readonly name: string;
  readonly experts: number;
  /** Assignments per step (counts), or the row sum as recorded (shares). */
  readonly total: { readonly minimum: number; readonly median: number; readonly maximum: number };
  /** Experts that get nothing over the last tenth of the trace. */
  readonly deadExperts: number;
}

export interface HealthCheck {
  readonly id: 'gaps' | 'experts' | 'totals' | 'dead-experts' | 'collapsed' | 'fractions' | 'repeated-steps';
  readonly level: 'good' | 'note' | 'warning';
  /** One sentence with the numbers in it. */
  readonly text: string;
}

/** One layer's values for another worker. The arrays are copies and are meant to be transferred. */
export interface LayerBlock {
  readonly fingerprint: string;
  readonly layer: number;
  readonly experts: number;
  readonly steps: Float64Array;
  /** `[rows][experts]` as recorded */
  readonly values: Uint32Array | Float32Array;
}

/** Block means of load shares before an origin, counted back from it; nothing at or after the origin is in it. */
export interface BinnedHistory {
  readonly layer: number;
  readonly experts: number;
  readonly originStep: number;
  /** Steps per bin. */
  readonly grainSteps: number;
  readonly bins: number;
  /** `[bins][experts]`, oldest first; the last bin ends at the origin */
  readonly shares: Float32Array;
}

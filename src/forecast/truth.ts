import { rowAtStep } from '../trace/trace.ts';
import { endStep, meanOfRows } from './history.ts';
import type { LayerShares } from './layer-shares.ts';

/** What came over a horizon. For judging forecasts, never for making them. */
export interface Truth {
  readonly experts: number;
  readonly originStep: number;
  readonly horizonSteps: number;
  /** Recorded rows of the horizon. */
  readonly rows: number;
  /** Steps of the horizon that the trace holds. */
  readonly judgedSteps: number;
  readonly steps: Float64Array;
  /** `[rows][experts]` */
  readonly shares: Float32Array;
  readonly tokens: Float64Array | null;
  /** Mean over the rows, `[experts]`. */
  readonly mean: Float64Array;
  /** 1 for experts whose mean is under the cold share (or 0): left out of the relative error. */
  readonly cold: Uint8Array;
  readonly coldExperts: number;
  /** 1 / share, `[rows][experts]`; 0 where the expert is cold or its share of that step is under the cold share. */
  readonly inverse: Float32Array;
  /** Experts that count in the relative error of each row. */
  readonly counted: Uint32Array;
}

/** Rows `from` (in) to `to` (out) of a horizon, and how many of its steps the trace holds. */
export function rowsOfHorizon({ steps }: Pick<LayerShares, 'steps'>, originStep: number, horizonSteps: number): { readonly from: number; readonly to: number; readonly judgedSteps: number } {
  const to = rowAtStep(steps, originStep + horizonSteps);
  return { from: rowAtStep(steps, originStep), to, judgedSteps: Math.min(horizonSteps, endStep(steps.subarray(0, to)) - originStep) };
}

/** @returns null when the trace holds nothing of the horizon */
export function truthFrom(layer: LayerShares, originStep: number, horizonSteps: number, coldShare: number): Truth | null {
  const { experts } = layer;
  const { from, to, judgedSteps } = rowsOfHorizon(layer, originStep, horizonSteps);
  const rows = to - from;
  if (rows <= 0) return null;
  const shares = layer.shares.subarray(from * experts, to * experts);
  const mean = meanOfRows(layer, from, to);
  // An expert that gets nothing has no relative error whatever the setting.
  const smallest = Math.max(coldShare, Number.MIN_VALUE);
  const cold = Uint8Array.from(mean, (share) => (share < smallest ? 1 : 0));
  const inverse = new Float32Array(rows * experts);
  const counted = new Uint32Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let expert = 0; expert < experts; expert++, at++) {
      if (cold[expert] === 1 || shares[at] < smallest) continue;
      inverse[at] = 1 / shares[at];
      counted[row]++;
    }
  }
  return {
    experts, originStep, horizonSteps, rows, shares, mean, cold, inverse, counted, judgedSteps,
    steps: layer.steps.subarray(from, to),
    tokens: layer.tokens?.subarray(from, to) ?? null,
    coldExperts: cold.reduce((count, one) => count + one, 0),
  };
}

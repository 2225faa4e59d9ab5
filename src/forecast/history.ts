import { GatecastError } from '../errors.ts';
import { rowAtStep, stepStride } from '../trace/trace.ts';
import type { History } from './contract.ts';
import type { LayerShares } from './layer-shares.ts';

/**
 * The one place that cuts a layer at an origin: rows with a step before `originStep` are known, nothing else is.
 * The arrays are views that end there. Rejects with `bad-setting` when nothing is known, or when the origin lies
 * after the step that would come next.
 * @param others the trace's other layers, cut at the same origin
 */
export function historyBefore(layer: LayerShares, originStep: number, others: readonly LayerShares[] = []): History {
  const rows = rowAtStep(layer.steps, originStep);
  const { steps } = layer;
  const next = endStep(steps);
  if (rows === 0 || originStep > next) {
    throw new GatecastError({
      code: 'bad-setting',
      where: 'origin',
      message: rows === 0 ? `the trace has no step before the origin, ${originStep}` : `the origin, ${originStep}, lies after the end of the trace`,
      remedy: steps.length > 0 ? `choose an origin after step ${steps[0]}, up to ${next}` : 'open a trace that has steps',
    });
  }
  const known = firstRows(layer, rows);
  return others.length === 0 ? known : { ...known, others: others.map((other) => historyBefore(other, originStep)) };
}

/** The history as it was when `rows` rows were known, at least one. */
export function firstRows({ experts, steps, shares, cumulative }: Omit<History, 'rows' | 'others'>, rows: number): History {
  return {
    experts,
    rows,
    steps: steps.subarray(0, rows),
    shares: shares.subarray(0, rows * experts),
    cumulative: cumulative.subarray(0, (rows + 1) * experts),
  };
}

/** The usual distance of the last recorded steps. Reads few of them, so that it costs nothing while a slider moves. */
export function recentStride(steps: Float64Array): number {
  return stepStride(steps.subarray(Math.max(0, steps.length - 65)));
}

/** The step after the last one; with every k-th step recorded, k after it. */
export function endStep(steps: Float64Array): number {
  return steps.length === 0 ? 0 : steps[steps.length - 1] + recentStride(steps);
}

/** Mean shares of rows `from` (in) to `to` (out), `[experts]`; at least one row. */
export function meanOfRows(history: Pick<History, 'cumulative' | 'experts'>, from: number, to: number, into = new Float64Array(history.experts)): Float64Array {
  const { cumulative, experts } = history;
  const scale = 1 / (to - from);
  const low = from * experts;
  const high = to * experts;
  for (let expert = 0; expert < experts; expert++) into[expert] = (cumulative[high + expert] - cumulative[low + expert]) * scale;
  return into;
}

/**
 * First row of the window of `windowSteps` steps that ends with row `rows − 1`: the rows whose step is later than that
 * row's step less the window. At least one row; all rows when the window is longer than what is known.
 */
export function windowStart(steps: Float64Array, rows: number, windowSteps: number): number {
  const after = steps[rows - 1] - windowSteps;
  let row = rowAtStep(steps, after);
  if (steps[row] === after) row++;
  return Math.min(row, rows - 1);
}

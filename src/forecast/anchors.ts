import { rowAtStep } from '../trace/trace.ts';
import type { History } from './contract.ts';
import { endStep, firstRows, recentStride, windowStart } from './history.ts';

/**
 * Moments of a history at which forecasters are fitted and judged, equally far apart: the last one is the origin. The
 * steps between two are a block. At an anchor nothing after it is known, so that what a forecaster would have said there
 * can be held against what came.
 */
export interface AnchorGrid {
  readonly history: History;
  /** The step that would come next: the origin, and the last anchor. */
  readonly endStep: number;
  /** Distance of anchors, steps; a multiple of the distance of rows. */
  readonly everySteps: number;
  /** At least one. */
  readonly count: number;
  /** Rows known at each anchor, never 0; at the last one all of them. */
  readonly known: Int32Array;
}

/** The usual distance of anchors and length of blocks, steps. */
export const usualBlockSteps = 50;
/** More of the past costs time and says nothing: at the slowest smoothing (3 % a block) what lies before weighs 0.2 %. */
const mostAnchors = 200;
/** Past anchors that settings are chosen on and coefficients fitted to: the last 600 resolved steps. More of the past is worse. */
export const pastAnchors = 12;
/** Longest horizon that is judged on the past, steps: longer ones resolve too late (`choose-window.ts`). */
const longestJudgedSteps = 500;

/** At most `most` anchors, every `blockSteps` steps, or as many rows as come nearest to that. */
export function anchorGrid(history: History, blockSteps = usualBlockSteps, most = mostAnchors): AnchorGrid {
  const { steps, rows } = history;
  const stride = recentStride(steps);
  const everySteps = stride * Math.max(1, Math.round(blockSteps / stride));
  const end = endStep(steps);
  const count = Math.max(1, Math.min(most, Math.floor((end - steps[0]) / everySteps)));
  const known = new Int32Array(count);
  for (let anchor = 0; anchor < count; anchor++) known[anchor] = rowAtStep(steps, end - (count - 1 - anchor) * everySteps);
  known[count - 1] = rows;
  return { history, endStep: end, everySteps, count, known };
}

/** What was known at an anchor. */
export function historyAt({ history, known }: AnchorGrid, anchor: number): History {
  return firstRows(history, known[anchor]);
}

/**
 * How many anchors a horizon takes, at least one, where it is judged on the past: a shorter one than is wanted where
 * that is over `longest` steps or a third of what is known.
 */
export function judgedAnchors({ history: { steps }, endStep: end, everySteps }: AnchorGrid, horizonSteps: number, longest = longestJudgedSteps): number {
  const third = Math.floor((end - steps[0]) / 3 / everySteps);
  return Math.max(1, Math.min(third, Math.round(Math.min(horizonSteps, longest) / everySteps)));
}

/** How many anchors a horizon takes, at least one. */
export function horizonAnchors({ everySteps }: AnchorGrid, horizonSteps: number): number {
  return Math.max(1, Math.round(horizonSteps / everySteps));
}

/** Means of the blocks that end at the anchors, `[anchors][experts]`; NaN where no row was recorded. The first holds all before it. */
export function blockMeans({ history, count, known }: AnchorGrid): Float64Array {
  const means = new Float64Array(count * history.experts);
  for (let anchor = 0; anchor < count; anchor++) putMean(history, anchor > 0 ? known[anchor - 1] : 0, known[anchor], means, anchor);
  return means;
}

/** Mean shares of the last `windowSteps` steps at anchors `from` (in) to `to` (out), `[anchors][experts]`. */
export function averagesAt({ history, known }: AnchorGrid, windowSteps: number, from: number, to: number): Float64Array {
  const means = new Float64Array((to - from) * history.experts);
  for (let anchor = from; anchor < to; anchor++) {
    putMean(history, windowStart(history.steps, known[anchor], windowSteps), known[anchor], means, anchor - from);
  }
  return means;
}

/**
 * Mean shares of what came in the `lag` blocks after each anchor `from` (in) to `to` (out), as far as they are known,
 * `[anchors][experts]`; NaN where no row was recorded.
 */
export function outcomesAt({ history, count, known }: AnchorGrid, lag: number, from: number, to: number): Float64Array {
  const resolved = Math.max(0, Math.min(to, count - lag) - from);
  const means = new Float64Array(resolved * history.experts);
  for (let i = 0; i < resolved; i++) putMean(history, known[from + i], known[from + i + lag], means, i);
  return means;
}

/** Puts the mean of rows `from` (in) to `to` (out) into a row of means; NaN where there are none. */
function putMean({ cumulative, experts }: History, from: number, to: number, means: Float64Array, row: number): void {
  const scale = to > from ? 1 / (to - from) : NaN;
  const low = from * experts;
  const high = to * experts;
  const at = row * experts;
  for (let expert = 0; expert < experts; expert++) means[at + expert] = (cumulative[high + expert] - cumulative[low + expert]) * scale;
}

/** Load error (L1) of forecasts at each anchor, both `[anchors][experts]`; NaN where nothing was recorded. */
export function loadErrors(forecasts: Float64Array, outcomes: Float64Array, experts: number): Float64Array {
  const errors = new Float64Array(outcomes.length / experts);
  for (let anchor = 0, at = 0; anchor < errors.length; anchor++) {
    let error = 0;
    for (let expert = 0; expert < experts; expert++, at++) error += Math.abs(forecasts[at] - outcomes[at]);
    errors[anchor] = error;
  }
  return errors;
}

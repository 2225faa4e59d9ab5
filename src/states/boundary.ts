import type { StatesSettings } from './types.ts';

/**
 * When a layer is transient and when it is stable.
 *
 * The criterion is the drift (`drift.ts`): the load error between the means of two adjacent windows. A layer becomes
 * stable at the first row from which its drift stays at or under the threshold for the hold time. A stable layer becomes
 * transient again at the first row from which its drift stays over 1.5 × the threshold for half a drift window
 * (a sudden change of twice the threshold shows for that long). Where the very first drift is already low, the layer
 * is stable from the first row. Nothing later than the hold time and one drift window after a boundary decides it.
 *
 * The threshold is an absolute load error and not a multiple of the noise, since in early training the fluctuation from
 * step to step falls together with the drift: on the recorded 125M run their ratio is 1.1 to 2.2 at step 200 already.
 */
export const defaultStatesSettings: StatesSettings = {
  shortSteps: 10,
  longSteps: 100,
  driftSteps: 200,
  threshold: 5,
  holdSteps: 300,
  rearm: true,
};

/** How far over the threshold a stable layer has to drift to become transient again. */
export const rearmFactor = 1.5;

/** The row from which a state holds. */
export interface StateChange {
  readonly row: number;
  readonly state: 'transient' | 'stable';
}

export interface BoundarySearch {
  readonly changes: readonly StateChange[];
  /** Row from which the drift is low at the end, though not yet for the hold time; null when it is not or when stable. */
  readonly lowSince: number | null;
}

/**
 * @param drift one value a row, NaN at both ends, from `driftOfRows`
 * @param threshold load error, %
 * @param rearmRows null when a stable layer stays stable
 * @returns changes in order; the layer is transient before the first
 */
export function findBoundaries(drift: Float64Array, threshold: number, holdRows: number, rearmRows: number | null): BoundarySearch {
  const changes: StateChange[] = [];
  let stable = false;
  let run = 0;
  let firstDrift = -1;
  let lastDrift = -1;
  for (let row = 0; row < drift.length; row++) {
    const value = drift[row];
    if (Number.isNaN(value)) continue;
    if (firstDrift < 0) firstDrift = row;
    lastDrift = row;
    if (!stable) {
      run = value <= threshold ? run + 1 : 0;
      if (run < holdRows) continue;
      const start = row - run + 1;
      changes.push({ row: start === firstDrift ? 0 : start, state: 'stable' });
    } else {
      run = rearmRows !== null && value > rearmFactor * threshold ? run + 1 : 0;
      if (rearmRows === null || run < rearmRows) continue;
      changes.push({ row: row - run + 1, state: 'transient' });
    }
    stable = !stable;
    run = 0;
  }
  return { changes, lowSince: !stable && run > 0 ? lastDrift - run + 1 : null };
}

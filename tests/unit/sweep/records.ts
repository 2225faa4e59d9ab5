import type { TrialRecord, TrialState } from '../../../src/sweep/types.ts';

/** A trial with a score a rung. */
export function trialRecord(id: number, state: TrialState, ...scores: readonly number[]): TrialRecord {
  return { id, forecaster: 'lstm', values: {}, state, scores: scores.map((score, rung) => ({ rung, iterations: 100 * 3 ** rung, score })) };
}

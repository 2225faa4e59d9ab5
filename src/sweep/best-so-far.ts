import { contenders, scoreOf } from './best-trial.ts';
import type { SweepTrial } from './types.ts';

/** Where a trial's last score came, and the lowest one up to there. */
export interface BestPoint {
  /** Time the sweep had worked, ms, ascending. */
  readonly atMs: number;
  readonly best: number;
}

/**
 * The lowest score over time, of the trials that the best one is chosen among: scores after less training do not compare
 * with those of finished trials.
 */
export function bestSoFar(trials: readonly Pick<SweepTrial, 'state' | 'scores' | 'atMs'>[]): readonly BestPoint[] {
  let best = Infinity;
  return contenders(trials).toSorted((a, b) => a.atMs - b.atMs).map((trial): BestPoint => {
    best = Math.min(best, scoreOf(trial));
    return { atMs: trial.atMs, best };
  });
}

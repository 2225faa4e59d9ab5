import type { TrialRecord } from './types.ts';

/** A score when it came. */
export interface ScoreEvent {
  readonly trial: number;
  /** NaN where the trial diverged. */
  readonly score: number;
  /** Time the sweep had worked, ms. */
  readonly elapsedMs: number;
}

/** A point of the best-so-far curve. */
export interface BestPoint {
  /** The trial's place, or ms, ascending. */
  readonly at: number;
  readonly trial: number;
  /** What came here. */
  readonly score: number;
  /** The lowest score up to here, and whose it is; NaN and null before there is any. */
  readonly best: number;
  readonly bestTrial: number | null;
  /** Whether it came here. */
  readonly improved: boolean;
}

/**
 * The best score after each trial, in the order in which trials were asked for. Trials without a score have no point; the
 * last score of the others counts, also of pruned ones: it is the error of a model that was trained.
 */
export function bestByTrial(records: readonly TrialRecord[]): readonly BestPoint[] {
  return runningBest(records.flatMap(({ id, scores }) => scores.slice(-1).map(({ score }) => ({ at: id, trial: id, score }))));
}

/** The best score over time. Every score counts, a trial's at each of its rungs. */
export function bestByTime(events: readonly ScoreEvent[]): readonly BestPoint[] {
  return runningBest(events.map(({ elapsedMs, trial, score }) => ({ at: elapsedMs, trial, score })));
}

function runningBest(scored: readonly Pick<BestPoint, 'at' | 'trial' | 'score'>[]): readonly BestPoint[] {
  let best = NaN;
  let bestTrial: number | null = null;
  return scored.toSorted((a, b) => a.at - b.at).map((point) => {
    const improved = Number.isFinite(point.score) && !(point.score >= best);
    if (improved) [best, bestTrial] = [point.score, point.trial];
    return { ...point, best, bestTrial, improved };
  });
}

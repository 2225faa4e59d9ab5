import type { SweepTrial } from './types.ts';

/** What counts of a trial: its last score; NaN before the first. */
export function scoreOf({ scores }: Pick<SweepTrial, 'scores'>): number {
  return scores.at(-1)?.score ?? NaN;
}

/** Trials that the best one is among: the finished ones that have a score; where there are none, of the others those that came furthest. */
export function contenders<T extends Pick<SweepTrial, 'state' | 'scores'>>(trials: readonly T[]): readonly T[] {
  const judged = trials.filter((trial) => trial.state !== 'failed' && Number.isFinite(scoreOf(trial)));
  const finished = judged.filter(({ state }) => state === 'finished');
  const furthest = Math.max(...judged.map(({ scores }) => scores.length));
  return finished.length > 0 ? finished : judged.filter(({ scores }) => scores.length === furthest);
}

/** The contender with the lowest score, the earlier of two that are equal. */
export function bestTrial<T extends Pick<SweepTrial, 'state' | 'scores'>>(trials: readonly T[]): T | undefined {
  return contenders(trials).reduce<T | undefined>((best, trial) => (best && scoreOf(best) <= scoreOf(trial) ? best : trial), undefined);
}

import type { SweepTrial } from './types.ts';

/** What counts of a trial: its last score; NaN before the first. */
export function scoreOf({ scores }: Pick<SweepTrial, 'scores'>): number {
  return scores.at(-1)?.score ?? NaN;
}

/** The finished trial with the lowest score, the earlier of two that are equal; where none has finished, the best of those that came furthest. */
export function bestTrial<T extends Pick<SweepTrial, 'id' | 'state' | 'scores'>>(trials: readonly T[]): T | undefined {
  const judged = trials.filter((trial) => trial.state !== 'failed' && Number.isFinite(scoreOf(trial)));
  const finished = judged.filter(({ state }) => state === 'finished');
  const furthest = Math.max(...judged.map(({ scores }) => scores.length));
  const among = finished.length > 0 ? finished : judged.filter(({ scores }) => scores.length === furthest);
  return among.reduce<T | undefined>((best, trial) => (best && scoreOf(best) <= scoreOf(trial) ? best : trial), undefined);
}

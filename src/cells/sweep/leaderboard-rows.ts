/** Which trials the leaderboard shows, and in which order. Pure. */
import type { LeaderboardRow } from '../../sweep/leaderboard.ts';
import type { Remarks } from './remarks.ts';

/** Pinned trials, all of them, then as many of the others as are wanted; each from best to worst. */
export function shownRows(ranked: readonly LeaderboardRow[], remarks: Remarks, others: number): readonly LeaderboardRow[] {
  const isPinned = ({ record }: LeaderboardRow): boolean => remarks.get(record.id)?.pinned === true;
  return [...ranked.filter(isPinned), ...ranked.filter((row) => !isPinned(row)).slice(0, others)];
}

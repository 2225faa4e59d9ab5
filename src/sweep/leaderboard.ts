import { pOfTie, significance } from '../forecast/comparison/ties.ts';
import type { TrialRecord } from './types.ts';

export interface LeaderboardReference {
  /** Error of the sliding average on the same inner origins and layers, in the score's units; NaN where it is unknown. */
  readonly averageError: number;
  /** Errors by trial, one an inner origin, in the order of the origins, the same for all; NaN where there is none. */
  readonly originErrors?: ReadonlyMap<number, readonly number[]>;
  /** Horizon in units of the distance of inner origins, rounded up, at least 1: errors of origins that overlap depend on each other. */
  readonly overlap?: number;
}

export interface LeaderboardRow {
  readonly record: TrialRecord;
  /** From 1; equal ones share it, and it goes on after them as if they did not. Null without a score. */
  readonly rank: number | null;
  /** The last one; NaN where there is none or the trial diverged. */
  readonly score: number;
  /** Where it was given; null without any. */
  readonly rung: number | null;
  /** Of the score to the sliding average's error, % of that: below 0 is better; NaN where either is unknown. */
  readonly differencePercent: number;
  /** p of a tie with the best finished trial; NaN of that itself, of trials that did not finish and of too few origins. */
  readonly pValue: number;
  /** The best finished trial, or finished and worse within chance alone. Not corrected for having picked the best of many. */
  readonly tied: boolean;
}

/** Finished trials first, those that may still win next; what diverged counts for less than what has no score yet. */
const standings = ['finished', 'running', 'pruned', 'waiting', 'diverged', 'failed'] as const;

/**
 * Trials from best to worst: finished ones by score; then running and pruned ones, each by how far they came and their
 * score there; then waiting, diverged and failed ones. A score of an earlier rung is of less training and does not
 * compare with that of a later one.
 */
export function leaderboardOf(records: readonly TrialRecord[], { averageError, originErrors, overlap = 1 }: LeaderboardReference): readonly LeaderboardRow[] {
  const placed = records.map(placeOf).toSorted((a, b) => compare(a, b) || a.record.id - b.record.id);
  const best = placed.length > 0 && isFinished(placed[0]) ? placed[0] : null;
  let rank = 0;
  return placed.map((own, place): LeaderboardRow => {
    const { record, score, rung } = own;
    if (place === 0 || compare(placed[place - 1], own) !== 0) rank = place + 1;
    const pValue = best && own !== best && isFinished(own) ? tieOf(originErrors?.get(record.id), originErrors?.get(best.record.id), overlap) : NaN;
    return {
      record, score, rung,
      rank: Number.isFinite(score) ? rank : null,
      differencePercent: averageError > 0 && Number.isFinite(score) ? 100 * (score / averageError - 1) : NaN,
      pValue,
      tied: own === best || pValue >= significance,
    };
  });
}

interface Placed {
  readonly record: TrialRecord;
  /** Place among the standings. */
  readonly standing: number;
  readonly score: number;
  readonly rung: number | null;
}

function placeOf(record: TrialRecord): Placed {
  const last = record.scores.at(-1);
  const score = last?.score ?? NaN;
  const judged = record.state === 'finished' || record.state === 'pruned';
  const standing = standings.indexOf(judged && !Number.isFinite(score) ? 'diverged' : record.state);
  return { record, standing, score, rung: last?.rung ?? null };
}

function isFinished({ standing }: Placed): boolean {
  return standings[standing] === 'finished';
}

/** Below 0 where a comes before b. Of finished ones the rung says nothing: forecasters without training have but one. */
function compare(a: Placed, b: Placed): number {
  if (a.standing !== b.standing) return a.standing - b.standing;
  const further = isFinished(a) ? 0 : (b.rung ?? -1) - (a.rung ?? -1);
  if (further !== 0) return further;
  const [known, other] = [Number.isFinite(a.score), Number.isFinite(b.score)];
  return known && other ? a.score - b.score : Number(other) - Number(known);
}

function tieOf(own: readonly number[] | undefined, best: readonly number[] | undefined, overlap: number): number {
  return own && best ? pOfTie(Float64Array.from(own, (error, origin) => error - best[origin]), overlap) : NaN;
}

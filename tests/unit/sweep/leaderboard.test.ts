import { describe, expect, test } from 'vitest';
import { leaderboardOf } from '../../../src/sweep/leaderboard.ts';
import type { TrialRecord } from '../../../src/sweep/types.ts';
import { trialRecord } from './records.ts';

const against = (averageError: number) => (records: readonly TrialRecord[]) => leaderboardOf(records, { averageError });
const plain = against(NaN);

describe('the leaderboard of a sweep', () => {
  test('finished trials by score, then running, then pruned ones by rung and score, waiting, diverged and failed ones', () => {
    const rows = plain([
      trialRecord(0, 'failed', 0.1), trialRecord(1, 'waiting'), trialRecord(2, 'pruned', 1), trialRecord(3, 'finished', NaN), trialRecord(4, 'pruned', 5, 4),
      trialRecord(5, 'finished', 9, 9, 3), trialRecord(6, 'running', 2), trialRecord(7, 'pruned', 0.5), trialRecord(8, 'finished', 2), trialRecord(9, 'pruned', 8, NaN),
      trialRecord(10, 'running'), trialRecord(11, 'running', 9, 8),
    ]);
    expect(rows.map(({ record }) => record.id)).toEqual([8, 5, 11, 6, 10, 4, 7, 2, 1, 9, 3, 0]);
    expect(rows.map(({ rung }) => rung)).toEqual([0, 2, 1, 0, null, 1, 0, 0, null, 1, 0, 0]);
  });

  test('the order in which trials come makes no difference', () => {
    const records = [trialRecord(0, 'finished', 2), trialRecord(1, 'pruned', NaN), trialRecord(2, 'finished', 2), trialRecord(3, 'running', NaN), trialRecord(4, 'running', 1), trialRecord(5, 'failed')];
    expect(plain(records.toReversed())).toEqual(plain(records));
    expect(plain(records).map(({ record }) => record.id)).toEqual([0, 2, 4, 3, 1, 5]);
  });

  test('equal trials share a rank, and the next one has the rank of its place; without a score there is none', () => {
    const rows = plain([trialRecord(0, 'finished', 3), trialRecord(1, 'finished', 2), trialRecord(2, 'finished', 2), trialRecord(3, 'pruned', 3), trialRecord(4, 'waiting'), trialRecord(5, 'finished', Infinity)]);
    expect(rows.map(({ record, rank }) => [record.id, rank])).toEqual([[1, 1], [2, 1], [0, 3], [3, 4], [4, null], [5, null]]);
  });

  test('differences are percents of the sliding average\'s error', () => {
    const percents = (averageError: number): readonly number[] => against(averageError)([trialRecord(0, 'finished', 3), trialRecord(1, 'pruned', 5), trialRecord(2, 'failed')]).map(({ differencePercent }) => differencePercent);
    expect(percents(4)).toEqual([-25, 25, NaN]);
    expect(percents(NaN)).toEqual([NaN, NaN, NaN]);
    expect(percents(0)).toEqual([NaN, NaN, NaN]);
  });

  test('there is nothing to show of no trial', () => {
    expect(plain([])).toEqual([]);
  });
});

describe('ties on the leaderboard', () => {
  const bestErrors = [1, 2, 3, 2, 1, 2];
  const records = [trialRecord(0, 'finished', 11 / 6), trialRecord(1, 'finished', 1.9), trialRecord(2, 'finished', 2.9), trialRecord(3, 'pruned', 1.9), trialRecord(4, 'finished', 5)];
  const originErrors = new Map([
    [0, bestErrors],
    [1, [1.3, 1.6, 3.5, 1.9, 1.4, 1.7]],
    [2, bestErrors.map((error, origin) => error + 1 + origin / 100)],
    [3, bestErrors.map((error) => error + 0.01)],
  ]);

  test('a finished trial is tied with the best one where the differences of the origins are within chance', () => {
    const rows = leaderboardOf(records, { averageError: 2, originErrors });
    expect(rows.map(({ record, tied }) => [record.id, tied])).toEqual([[0, true], [1, true], [2, false], [4, false], [3, false]]);
    expect(rows[2].pValue).toBeLessThan(1e-6);
    expect([rows[0], rows[3], rows[4]].map(({ pValue }) => pValue)).toEqual([NaN, NaN, NaN]);
  });

  test('with one error an origin and no overlap, p is that of Student\'s paired test', () => {
    // Differences 0.3, −0.4, 0.5, −0.1, 0.4, −0.3: mean 1/15, deviation 0.38297 (n − 1), t = 0.42640, 5 degrees of freedom;
    // the density of t integrated beyond it on both sides.
    expect(leaderboardOf(records, { averageError: 2, originErrors })[1].pValue).toBeCloseTo(0.68755, 5);
  });

  test('fewer than five origins say nothing, and without errors by origin there are no ties', () => {
    const few = new Map([...originErrors].map(([trial, errors]) => [trial, errors.slice(0, 4)]));
    for (const reference of [{ averageError: 2, originErrors: few }, { averageError: 2 }]) {
      const rows = leaderboardOf(records, reference);
      expect(rows.map(({ tied }) => tied)).toEqual([true, false, false, false, false]);
      expect(rows.every(({ pValue }) => Number.isNaN(pValue))).toBe(true);
    }
  });

  test('origins that overlap count for less', () => {
    const steady = new Map([[0, [1, 1, 1, 1, 1, 1]], [1, [1.2, 1.3, 1.3, 1.1, 1.1, 1.2]]]);
    const pOf = (overlap: number): number => leaderboardOf(records.slice(0, 2), { averageError: 2, originErrors: steady, overlap })[1].pValue;
    expect(pOf(2)).toBeGreaterThan(pOf(1));
  });

  test('before any trial has finished there is no best one', () => {
    expect(leaderboardOf([trialRecord(0, 'running', 1), trialRecord(1, 'pruned', 2)], { averageError: 2, originErrors }).map(({ tied }) => tied)).toEqual([false, false]);
  });
});

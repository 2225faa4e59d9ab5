import { describe, expect, test } from 'vitest';
import { bestByTime, bestByTrial } from '../../../src/sweep/best-so-far.ts';
import { trialRecord } from './records.ts';

describe('the best score so far', () => {
  test('by trial, in their order, the last score of each, pruned ones included', () => {
    const points = bestByTrial([
      trialRecord(3, 'finished', 1, 5), trialRecord(0, 'finished', 9, 4), trialRecord(1, 'pruned', 3), trialRecord(2, 'waiting'), trialRecord(4, 'running', 2),
    ]);
    expect(points.map(({ at, score, best, bestTrial, improved }) => [at, score, best, bestTrial, improved])).toEqual([
      [0, 4, 4, 0, true], [1, 3, 3, 1, true], [3, 5, 3, 1, false], [4, 2, 2, 4, true],
    ]);
  });

  test('by time, whatever the order in which scores are given', () => {
    const points = bestByTime([
      { trial: 1, score: 2, elapsedMs: 300 }, { trial: 0, score: 3, elapsedMs: 100 }, { trial: 1, score: 4, elapsedMs: 200 }, { trial: 0, score: 1, elapsedMs: 400 },
    ]);
    expect(points.map(({ at, best, bestTrial }) => [at, best, bestTrial])).toEqual([[100, 3, 0], [200, 3, 0], [300, 2, 1], [400, 1, 0]]);
  });

  test('diverged trials and equal scores improve nothing', () => {
    const points = bestByTrial([trialRecord(0, 'finished', NaN), trialRecord(1, 'finished', 2), trialRecord(2, 'finished', 2), trialRecord(3, 'finished', NaN), trialRecord(4, 'failed', -Infinity)]);
    expect(points.map(({ best, bestTrial, improved }) => [best, bestTrial, improved])).toEqual([[NaN, null, false], [2, 1, true], [2, 1, false], [2, 1, false], [2, 1, false]]);
  });

  test('there are no points without scores', () => {
    expect(bestByTrial([trialRecord(0, 'waiting'), trialRecord(1, 'failed')])).toEqual([]);
    expect(bestByTime([])).toEqual([]);
  });
});

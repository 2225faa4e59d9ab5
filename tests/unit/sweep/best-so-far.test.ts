import { describe, expect, test } from 'vitest';
import { bestSoFar } from '../../../src/sweep/best-so-far.ts';
import { bestTrial, scoreOf } from '../../../src/sweep/best-trial.ts';
import type { TrialState } from '../../../src/sweep/types.ts';
import { trialRecord } from './records.ts';

const trial = (id: number, atMs: number, state: TrialState, ...scores: readonly number[]) => ({ ...trialRecord(id, state, ...scores), atMs });

describe('the best score so far', () => {
  test('is that of finished trials, in the order in which their last scores came', () => {
    const trials = [
      trial(0, 400, 'finished', 9, 4), trial(1, 100, 'pruned', 1), trial(2, 300, 'finished', 2, 5), trial(3, 600, 'finished', 3), trial(4, 500, 'finished', 4.5),
      trial(5, 350, 'finished', NaN), trial(6, 250, 'running', 0.5), trial(7, 200, 'failed', -Infinity), trial(8, 0, 'waiting'),
    ];
    expect(bestSoFar(trials)).toEqual([{ atMs: 300, best: 5 }, { atMs: 400, best: 4 }, { atMs: 500, best: 4 }, { atMs: 600, best: 3 }]);
    expect(scoreOf(bestTrial(trials)!)).toBe(3);
  });

  test('is that of the trials that came furthest where none has finished', () => {
    const trials = [trial(0, 100, 'pruned', 1), trial(1, 300, 'waiting', 4, 3), trial(2, 200, 'running', 5, 4), trial(3, 150, 'pruned', 2)];
    expect(bestSoFar(trials)).toEqual([{ atMs: 200, best: 4 }, { atMs: 300, best: 3 }]);
    expect(bestTrial(trials)!.id).toBe(1);
  });

  test('has no points without scores', () => {
    expect(bestSoFar([])).toEqual([]);
    expect(bestSoFar([trial(0, 0, 'waiting'), trial(1, 0, 'failed')])).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { judgedScores } from '../../../../src/sweep/importance/judged-scores.ts';

describe('scores that importance is measured on', () => {
  test('evenly spread ones stay as they are, in any order', () => {
    const scores = Array.from({ length: 41 }, (_, i) => 2 + ((i * 7) % 41) / 10);
    expect([...judgedScores(scores) ?? []]).toEqual(scores);
  });

  test('wild ones are held to twice as far above the best as the third quartile, diverged ones count as those', () => {
    // Eight known scores: the third quartile is the sixth, 6; the best 1.
    expect([...judgedScores([1, 2, 3, NaN, 4, 5, 6, 1e9, 12, Infinity]) ?? []]).toEqual([1, 2, 3, 11, 4, 5, 6, 11, 11, 11]);
  });

  test('where most are as good as the best, the others keep their scores', () => {
    expect([...judgedScores([1, 1, 1, 1, 1, 1, 1, 3, NaN]) ?? []]).toEqual([1, 1, 1, 1, 1, 1, 1, 3, 3]);
  });

  test('where all others are equal, diverged ones are worse', () => {
    expect([...judgedScores([2, 2, NaN, 2]) ?? []]).toEqual([2, 2, 4, 2]);
    expect([...judgedScores([0, NaN]) ?? []]).toEqual([0, 1]);
  });

  test('there are none where all diverged', () => {
    expect(judgedScores([NaN, Infinity])).toBeNull();
  });
});

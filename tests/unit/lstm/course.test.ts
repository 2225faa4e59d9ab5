import { describe, expect, test } from 'vitest';
import { BETA2, biasCorrection, judge, rateOf, type RateSchedule, type Search } from '../../../workers/lstm/course.ts';

describe('the learning rate', () => {
  const rates = (schedule: RateSchedule, scale = 1): number[] =>
    [101, 126, 151, 200].map((step) => rateOf({ learningRate: 0.4 }, { schedule, from: 100 }, step, scale));
  const near = (values: readonly number[]): unknown[] => values.map((value): unknown => expect.closeTo(value, 10));

  test('stays', () => {
    expect(rates({ kind: 'constant' })).toEqual([0.4, 0.4, 0.4, 0.4]);
  });

  test('falls along a line that ends after the last step', () => {
    expect(rates({ kind: 'linear', over: 100 })).toEqual(near([0.4, 0.3, 0.2, 0.004]));
  });

  test('falls along half a cosine to the floor', () => {
    // Middle: floor + (1 − floor) / 2; a quarter: cos 45° = √½.
    expect(rates({ kind: 'cosine', floor: 0, over: 100 })).toEqual(near([0.4, 0.2 * (1 + Math.SQRT1_2), 0.2, 0.2 * (1 - Math.cos(0.01 * Math.PI))]));
    expect(rates({ kind: 'cosine', floor: 0.1, over: 100 }).slice(0, 3)).toEqual(near([0.4, 0.04 + 0.18 * (1 + Math.SQRT1_2), 0.22]));
  });

  test('is what plateaus have left of it', () => {
    expect(rates({ kind: 'plateau', factor: 0.5, patience: 10 }, 0.25)).toEqual(near([0.1, 0.1, 0.1, 0.1]));
    expect(rates({ kind: 'constant' }, 0.25)).toEqual([0.4, 0.4, 0.4, 0.4]);
  });
});

describe('the verdict on a validation', () => {
  const search: Search = { bestLoss: 0.5, bestIteration: 100, rateScale: 1, cutAt: 0 };
  const phase = { samples: { from: 0, count: 1 }, schedule: { kind: 'constant' }, from: 0, until: 200, patience: 50 } as const;

  test('keeps a better loss', () => {
    expect(judge(search, phase, 120, 0.4)).toEqual({ search: { ...search, bestLoss: 0.4, bestIteration: 120 }, end: 'running' });
    expect(judge(search, phase, 120, 0.5)).toEqual({ search, end: 'running' });
  });

  test('ends a phase that brought nothing better for its patience, or that is at its limit', () => {
    expect(judge(search, phase, 149, 0.6).end).toBe('running');
    expect(judge(search, phase, 150, 0.6).end).toBe('patience');
    expect(judge(search, phase, 150, 0.4).end).toBe('running');
    expect(judge({ ...search, bestIteration: 190 }, phase, 200, 0.6).end).toBe('limit');
    expect(judge(search, phase, 200, 0.4).end).toBe('limit');
    expect(judge(search, { ...phase, patience: null }, 199, 0.6).end).toBe('running');
  });

  test.each([NaN, Infinity])('ends a phase whose loss is %d, and keeps the best', (loss) => {
    expect(judge(search, phase, 120, loss)).toEqual({ search, end: 'diverged' });
  });

  test('cuts the rate on a plateau, counted from the best or from the last cut', () => {
    const falling = { ...phase, schedule: { kind: 'plateau', factor: 0.5, patience: 20 } } as const;
    expect(judge(search, falling, 119, 0.6).search).toEqual(search);
    const cut = { ...search, rateScale: 0.5, cutAt: 120 };
    expect(judge(search, falling, 120, 0.6).search).toEqual(cut);
    expect(judge(cut, falling, 130, 0.6).search).toEqual(cut);
    expect(judge(cut, falling, 140, 0.6).search).toEqual({ ...cut, rateScale: 0.25, cutAt: 140 });
    expect(judge(cut, falling, 140, 0.4).search).toEqual({ ...cut, bestLoss: 0.4, bestIteration: 140 });
  });
});

describe('the bias correction', () => {
  test.each([[1, 0.001], [2, 0.001999], [10, 0.009955119790]])('after %d steps is 1 − β to that power', (step, expected) => {
    expect(biasCorrection(BETA2, step)).toBeCloseTo(expected, 11);
  });

  test('is 1 after many', () => {
    expect(biasCorrection(BETA2, 1e6)).toBe(1);
  });
});

import { expect, test } from 'vitest';
import { FINISHING, nextPiece, searchEnd } from '../../../workers/lstm/schedule.ts';

const course = { iterations: 300, patience: 60, learningRate: 0.004 };

test('searching ends a patience after the best iteration, at a validation, or when all iterations are used', () => {
  expect(searchEnd(course, 0)).toBe(60);
  expect(searchEnd(course, 100)).toBe(160);
  expect(searchEnd({ ...course, patience: 55 }, 100)).toBe(160);
  expect(searchEnd(course, 280)).toBe(300);
  expect(searchEnd({ ...course, iterations: 25 }, 0)).toBe(25);
});

test('pieces end at validations, from wherever they begin', () => {
  expect(nextPiece(course, 0, 0)).toEqual({ phase: 'searching', learningRates: Array.from({ length: 10 }, () => 0.004) });
  expect(nextPiece(course, 37, 20)?.learningRates).toHaveLength(3);
  expect(nextPiece({ ...course, iterations: 25 }, 20, 20)?.learningRates).toHaveLength(5);
});

test('finishing lowers the rate evenly towards 0 and then ends', () => {
  const rates: number[] = [];
  for (let iteration = 160; ;) {
    const piece = nextPiece(course, iteration, 100);
    if (!piece) break;
    expect(piece.phase).toBe('finishing');
    rates.push(...piece.learningRates);
    iteration += piece.learningRates.length;
  }
  expect(rates).toHaveLength(FINISHING);
  expect(rates[0]).toBe(0.004);
  expect(rates[FINISHING / 2]).toBeCloseTo(0.002, 12);
  expect(rates.at(-1)).toBeCloseTo(0.004 / FINISHING, 12);
});

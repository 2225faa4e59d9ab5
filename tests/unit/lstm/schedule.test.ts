import { expect, test } from 'vitest';
import { rateOf } from '../../../workers/lstm/course.ts';
import { FINISHING, phaseAfter, searchEnd, updateOf, type Start } from '../../../workers/lstm/schedule.ts';
import { tiny } from './support.ts';

const settings = { ...tiny, iterations: 300, patience: 60, learningRate: 0.004 };
const examples = { training: { from: 0, count: 5 }, all: { from: 5, count: 9 } };

function after(iteration: number, bestIteration: number, changed: Partial<typeof settings> = {}): Start | null {
  return phaseAfter({ ...settings, ...changed }, examples, iteration, { bestIteration });
}

test('searching ends a patience after the best iteration, at a validation, or when all iterations are used', () => {
  expect(searchEnd(settings, 0)).toBe(60);
  expect(searchEnd(settings, 100)).toBe(160);
  expect(searchEnd({ ...settings, patience: 55 }, 100)).toBe(160);
  expect(searchEnd(settings, 280)).toBe(300);
  expect(searchEnd({ ...settings, iterations: 25 }, 0)).toBe(25);
});

test('searching goes on as one phase from wherever it was left', () => {
  const phase = { samples: examples.training, schedule: { kind: 'constant' }, from: 0, until: 300, patience: 60 };
  expect(after(0, 0)).toEqual({ phase, fromBest: false });
  expect(after(37, 20)).toEqual({ phase, fromBest: false });
});

test('finishing follows on all samples from the best weights, once, and then the course ends', () => {
  const phase = { samples: examples.all, schedule: { kind: 'linear' }, from: 160, until: 160 + FINISHING, patience: null };
  expect(after(160, 100)).toEqual({ phase, fromBest: true });
  expect(after(161, 100)).toEqual({ phase, fromBest: false });
  expect(after(160 + FINISHING - 1, 100)).toEqual({ phase, fromBest: false });
  expect(after(160 + FINISHING, 100)).toBeNull();
});

test('finishing lowers the rate evenly towards 0', () => {
  const { phase } = after(160, 100)!;
  const rate = (step: number): number => rateOf(updateOf(settings), phase, step, 1);
  expect(rate(161)).toBe(0.004);
  expect(rate(161 + FINISHING / 2)).toBeCloseTo(0.002, 12);
  expect(rate(160 + FINISHING)).toBeCloseTo(0.004 / FINISHING, 12);
});

test('a cosine falls to a twentieth over all iterations; a plateau halves the rate within the patience', () => {
  const cosine = after(0, 0, { rateSchedule: 'cosine' })!.phase;
  expect(rateOf(settings, cosine, 1, 1)).toBeCloseTo(0.004, 12);
  expect(rateOf(settings, cosine, 151, 1)).toBeCloseTo(0.004 * (0.05 + 0.95 / 2), 12);
  expect(rateOf(settings, cosine, 301, 1)).toBeCloseTo(0.0002, 12);
  expect(after(0, 0, { rateSchedule: 'plateau' })!.phase.schedule).toEqual({ kind: 'plateau', factor: 0.5, patience: 20 });
});

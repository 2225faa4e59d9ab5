import { expect, test } from 'vitest';
import { rateOf } from '../../../workers/lstm/course.ts';
import { courseLength, FINISHING, nextValidation, phaseAfter, searchEnd, updateOf, type Start } from '../../../workers/lstm/schedule.ts';
import { tiny } from './support.ts';

const settings = { ...tiny, iterations: 300, patience: 60, learningRate: 0.004 };
const examples = { training: { from: 0, count: 5 }, all: { from: 5, count: 9 } };

function after(iteration: number, bestIteration: number, changed: Partial<typeof settings> = {}): Start | null {
  const next = phaseAfter({ ...settings, ...changed }, examples, iteration, { bestIteration });
  if (next === 'paused') throw new Error('nothing was to pause');
  return next;
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
  const phase = { samples: examples.all, schedule: { kind: 'linear', over: FINISHING }, from: 160, until: 160 + FINISHING, patience: null };
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

test('a search pauses at its validation, and not once it is over', () => {
  const paused = (iteration: number, bestIteration: number, pauseAt: number): unknown => phaseAfter(settings, examples, iteration, { bestIteration }, pauseAt);
  const { phase } = after(0, 0)!;
  expect(paused(0, 0, 0)).toBe('paused');
  expect(paused(0, 0, 50)).toEqual({ phase: { ...phase, until: 50 }, fromBest: false });
  expect(paused(50, 40, 50)).toBe('paused');
  expect(paused(50, 40, 90)).toEqual({ phase: { ...phase, until: 90 }, fromBest: false });
  expect(paused(70, 40, 50)).toBe('paused');
  // The patience is over where it was to pause, and finishing does not pause.
  expect(paused(60, 0, 60)).toEqual(after(60, 0));
  expect(paused(80, 0, 60)).toEqual(after(80, 0));
  expect(paused(110, 0, 60)).toBeNull();
  // Nor does it where all iterations are used.
  expect(paused(290, 280, 300)).toEqual({ phase, fromBest: false });
  expect(paused(300, 280, 300)).toEqual(after(300, 280));
});

test('a search that holds nothing back pauses as well, and ends with its last iteration', () => {
  const whole = { training: examples.all, all: examples.all };
  const paused = (iteration: number, pauseAt: number): unknown => phaseAfter(settings, whole, iteration, { bestIteration: 0 }, pauseAt);
  expect(paused(0, 50)).toMatchObject({ phase: { until: 50, patience: 300 } });
  expect(paused(50, 50)).toBe('paused');
  expect(paused(290, 310)).toMatchObject({ phase: { until: 300 } });
  expect(paused(300, 300)).toBeNull();
});

test('a pause does not change the rate of a step', () => {
  for (const rateSchedule of ['constant', 'cosine', 'plateau'] as const) {
    const { phase } = after(0, 0, { rateSchedule })!;
    const next = phaseAfter({ ...settings, rateSchedule }, examples, 0, { bestIteration: 0 }, 50);
    const paused = (next as Start).phase;
    for (const step of [1, 30, 50]) expect(rateOf(updateOf(settings), paused, step, 0.5)).toBe(rateOf(updateOf(settings), phase, step, 0.5));
  }
});

test('a pause is at a validation, and shortens the course only where it comes before its end', () => {
  expect([0, 1, 10, 11, Infinity].map(nextValidation)).toEqual([0, 10, 10, 20, Infinity]);
  expect([50, 290, 300, Infinity].map((pauseAt) => courseLength(settings, examples, pauseAt))).toEqual([50, 290, 300 + FINISHING, 300 + FINISHING]);
});

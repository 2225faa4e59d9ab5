import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extent, lastAtMost, linearScale, linearTicks, logScale, logTicks, nearest, paddedDomain, tickStep } from '../../../src/charts/scales.ts';

test('ticks of 0 to 8000 are 2000 apart', () => {
  expect(linearTicks([0, 8000], 7)).toEqual([0, 2000, 4000, 6000, 8000]);
});

test('ticks are round, inside the domain, and at most seven', () => {
  fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, size) => {
    const ticks = linearTicks([low, low + size]);
    expect(ticks.length).toBeGreaterThan(0);
    expect(ticks.length).toBeLessThanOrEqual(7);
    expect(ticks[0]).toBeGreaterThanOrEqual(low - size * 1e-6);
    expect(ticks[ticks.length - 1]).toBeLessThanOrEqual(low + size * (1 + 1e-6));
  }));
});

test('ticks carry no rounding dust', () => {
  expect(linearTicks([0, 0.6], 7)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
});

test('ticks of experts are whole numbers', () => {
  expect(linearTicks([0, 3], 7, true)).toEqual([0, 1, 2, 3]);
  expect(linearTicks([0, 255], 7, true)).toEqual([0, 50, 100, 150, 200, 250]);
});

test('logarithmic ticks: 1, 2, 5 in a short domain, powers of ten in a long one, never more than seven', () => {
  expect(logTicks([1, 60])).toEqual([1, 2, 5, 10, 20, 50]);
  expect(logTicks([1e-6, 1e-1])).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]);
  expect(logTicks([1e-12, 1])).toEqual([1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1]);
});

test('scales give back the value of their pixel', () => {
  const linear = linearScale([100, 200], [44, 1044]);
  expect(linear.at(150)).toBe(544);
  expect(linear.invert(544)).toBe(150);
  const log = logScale([0.01, 100], [200, 0]);
  expect(log.at(1)).toBeCloseTo(100);
  expect(log.invert(50)).toBeCloseTo(10);
});

test('a domain of one value has air around it, and keeps 0 where 0 is asked for', () => {
  expect(paddedDomain([2, 2])).toEqual([1, 3]);
  expect(paddedDomain([1, 10], { zero: true })).toEqual([0, 10.5]);
  expect(paddedDomain(null)).toEqual([0, 1]);
});

test('the extent leaves out what is no number, and what is not positive where only that can be drawn', () => {
  expect(extent([Number.NaN, 3, -1, Infinity])).toEqual([-1, 3]);
  expect(extent([0, 3, 0.5], 0, 3, true)).toEqual([0.5, 3]);
  expect(extent([9, 1, 2, 9], 1, 3)).toEqual([1, 2]);
  expect(extent([])).toBeNull();
});

test('search in ascending steps', () => {
  const steps = [0, 10, 20, 40];
  expect([-1, 0, 9, 10, 100].map((step) => lastAtMost(steps, step))).toEqual([-1, 0, 0, 1, 3]);
  expect([-5, 4, 6, 31, 99].map((step) => nearest(steps, step))).toEqual([0, 0, 1, 3, 3]);
});

test.each<[string, readonly [number, number]]>([
  ['all zero', [0, 0]], ['one value', [8, 8]], ['values that differ by rounding', [1, 1 + 2 ** -50]], ['numbers too small to divide', [0, 5e-324]],
  ['ends that are no numbers', [Number.NaN, Number.NaN]], ['an infinite end', [0, Infinity]],
])('ticks of %s end', (_, domain) => {
  expect(tickStep(domain)).toBeGreaterThan(0);
  for (const zero of [false, true]) {
    const [low, high] = paddedDomain(domain, { zero });
    if (!Number.isFinite(high - low)) continue;
    expect(high).toBeGreaterThan(low);
    expect(linearTicks([low, high]).length).toBeLessThanOrEqual(7);
  }
});

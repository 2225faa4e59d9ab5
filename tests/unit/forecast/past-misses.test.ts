import { describe, expect, test } from 'vitest';
import { historyBefore } from '../../../src/forecast/history.ts';
import { coveredBy, earlySteps, intervalAround, intervalRadius, meanOfBlocks, missOf, widthOf, type Miss } from '../../../src/forecast/past-misses.ts';
import { madeLayer } from './layers.ts';

/** The first of two experts gains 0.001 a step from 0.3 on. */
const rising = madeLayer(400, 2, (expert, step) => (expert === 0 ? 0.3 + step / 1000 : 0.7 - step / 1000));
const miss = (early: number | null, ...residuals: number[]): Miss => ({ early, residuals: residuals.length > 0 ? Float64Array.from(residuals) : null });

describe('what a forecast missed by', () => {
  const past = { originStep: 100, mean: Float64Array.of(0.4, 0.6) };

  test('is known after a quarter of the horizon, and after all of it', () => {
    expect(missOf(historyBefore(rising, 109), 109, 40, past)).toEqual({ early: null, residuals: null });
    // Steps 100 to 109 have a mean of 0.4045, 100 to 139 one of 0.4195; in units of √0.24.
    const quarter = missOf(historyBefore(rising, 110), 110, 40, past);
    expect(quarter.early).toBeCloseTo(0.0045 / Math.sqrt(0.24), 6);
    expect(quarter.residuals).toBeNull();
    const whole = missOf(historyBefore(rising, 140), 140, 40, past);
    expect(whole.early).toBeCloseTo(0.0045 / Math.sqrt(0.24), 6);
    expect(whole.residuals?.[1]).toBeCloseTo(0.0195 / Math.sqrt(0.24), 6);
  });

  test('looks at one recorded row at least', () => {
    expect(earlySteps(10, 400)).toBe(100);
    expect(earlySteps(10, 20)).toBe(10);
    expect(earlySteps(10, 5)).toBe(5);
  });
});

describe('the radius', () => {
  test('is the quantile of past residuals in units of early misses, times the early miss by now', () => {
    // Early misses, each a mean with the one before: 2, 1.5, 0.75, 0.75, and now 0.5 (0.75 and 0.25 hold the last two).
    const misses = [miss(2, 4, 2), miss(1, 3, 0), miss(0.5, 1.5, 0.75), miss(1, 0.3, 0.6), miss(0.5), miss(0.5), miss(null)];
    // Ratios 2, 1, 2, 0, 2, 1, 0.4, 0.8: of eight the ⌈9 · 0.5⌉ = fifth is 1, the largest 2.
    expect(intervalRadius(misses, 0.5)).toBeCloseTo(0.5, 12);
    expect(intervalRadius(misses, 0.9)).toBeCloseTo(1, 12);
  });

  test('takes the six latest that are resolved, and needs three', () => {
    const one = miss(1, 1);
    expect(intervalRadius([one, one], 0.9)).toBeNull();
    expect(intervalRadius([one, one, miss(1)], 0.9)).toBeNull();
    expect(intervalRadius([one, one, one], 0.9)).toBe(1);
    expect(intervalRadius([miss(1, 50), ...Array.from({ length: 6 }, () => one)], 0.9)).toBe(1);
  });

  test('follows errors that fell, whatever the forecaster’s own scale', () => {
    const settling = Array.from({ length: 8 }, (_, i) => miss(2 ** -i, 3 * 2 ** -i));
    const later = intervalRadius([...settling, miss(2 ** -10), miss(2 ** -11)], 0.9);
    const louder = intervalRadius([...settling.map(({ early, residuals }) => miss(9 * (early ?? 0), 9 * (residuals?.[0] ?? 0))), miss(9 * 2 ** -10), miss(9 * 2 ** -11)], 0.9);
    expect(later).toBeCloseTo(3 * 2 ** -11, 12);
    expect(louder).toBeCloseTo(9 * 3 * 2 ** -11, 12);
  });

  test('of forecasts that hit is 0, and never NaN', () => {
    expect(intervalRadius([miss(0, 0), miss(0, 0), miss(0, 0)], 0.9)).toBe(0);
    expect(intervalRadius([miss(0, 0.2), miss(0, 0.1), miss(0, 0)], 0.9)).toBeCloseTo(0.2, 12);
    expect(intervalRadius([miss(0, 0.2), miss(0, 0.1), miss(0, 0), miss(0.3)], 0.9)).toBeGreaterThan(1);
  });
});

describe('an interval', () => {
  test('reaches as far as the radius says, and not past what shares can be', () => {
    const { lower, upper } = intervalAround(Float64Array.of(0.5, 0.01, 0.49, 0), 0.2);
    expect(lower[0]).toBeCloseTo(0.4, 12);
    expect(upper[0]).toBeCloseTo(0.6, 12);
    expect(lower[1]).toBe(0);
    // An expert that is forecast nothing gets a little all the same.
    expect(upper[3]).toBeCloseTo(0.2 * Math.sqrt(0.0025 * 0.9975), 12);
    expect(intervalAround(Float64Array.of(1, 0), 1e9).upper).toEqual(Float64Array.of(1, 1));
  });

  test('is judged by the experts that it holds and by its mean width', () => {
    const interval = { lower: Float64Array.of(0.1, 0.2, 0.3, 0), upper: Float64Array.of(0.2, 0.4, 0.3, 0.1) };
    expect(coveredBy(interval, Float64Array.of(0.1, 0.41, 0.3, 0.05))).toBe(0.75);
    expect(widthOf(interval)).toBeCloseTo(10, 12);
  });

  test('is about the mean of all blocks', () => {
    expect(Array.from(meanOfBlocks({ blocks: 2, mean: Float64Array.of(0.2, 0.8, 0.4, 0.6) }, 2), (share) => Number(share.toFixed(12)))).toEqual([0.3, 0.7]);
  });
});

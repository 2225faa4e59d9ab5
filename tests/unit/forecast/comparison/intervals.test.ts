import { describe, expect, test } from 'vitest';
import { PastErrorIntervals } from '../../../../src/forecast/comparison/intervals.ts';
import { historyBefore } from '../../../../src/forecast/history.ts';
import { madeLayer, wanderingLayer } from '../layers.ts';
import { compared, comparisonSettings, contender } from './support.ts';

const half = madeLayer(400, 2, () => 0.5);

describe('intervals from past errors', () => {
  test('come once three origins have resolved, and are as wide as the errors were', () => {
    const intervals = new PastErrorIntervals(40, 0.9);
    // Every forecast errs by 0.1 on both experts, early and late.
    const found = Array.from({ length: 10 }, (_, i) => intervals.around(historyBefore(half, 50 + 20 * i), 50 + 20 * i, Float64Array.of(0.6, 0.4)));
    // The third origin, 90, resolves at 130: the fifth.
    expect(found.map((interval) => interval !== null)).toEqual([false, false, false, false, true, true, true, true, true, true]);
    expect(found[4]?.lower[0]).toBeCloseTo(0.5, 6);
    expect(found[4]?.upper[1]).toBeCloseTo(0.5, 6);
  });

  test('widen after misses', () => {
    const intervals = new PastErrorIntervals(10, 0.5);
    // Errors of two sizes: the level starts at the middle one, and most of what comes then is as large as the largest.
    const errors = [0.01, 0.2, 0.01, 0.01, ...Array.from({ length: 30 }, (_, i) => (i % 4 === 0 ? 0.01 : 0.2))];
    const widths = errors.map((error, i) => intervals.around(historyBefore(half, 20 + 10 * i), 20 + 10 * i, Float64Array.of(0.5 + error, 0.5 - error)));
    const last = widths.at(-1);
    expect(last && last.upper[0] - last.lower[0]).toBeGreaterThan(0.1);
  });

  test('stay within what shares can be', () => {
    const intervals = new PastErrorIntervals(10, 0.9);
    for (let origin = 20; origin <= 300; origin += 10) {
      const interval = intervals.around(historyBefore(half, origin), origin, Float64Array.of(1, 0));
      if (!interval) continue;
      expect([interval.upper[0], interval.lower[1]]).toEqual([1, 0]);
    }
  });

  test.each([
    { coverage: 0.5, horizonSteps: 25 }, { coverage: 0.8, horizonSteps: 25 }, { coverage: 0.95, horizonSteps: 25 }, { coverage: 0.8, horizonSteps: 150 },
  ])('hold $coverage of what comes within $horizonSteps steps, of loads that wander', async ({ coverage, horizonSteps }) => {
    const settings = comparisonSettings({ contenders: [contender('sliding-average', { windowSteps: 50 })], lastOriginStep: 5000, everySteps: 25, horizons: [horizonSteps], coverage });
    const covered: number[] = [];
    for (const seed of [1, 2, 3]) covered.push(...(await compared(wanderingLayer(4000, 8, seed), settings)).points.map((point) => point.covered));
    const known = covered.filter((share) => !Number.isNaN(share));
    // Forecasts at step 25, before the first origin, and at 50: the third resolves a horizon after 75.
    expect(known.length).toBe(covered.length - 3 * (horizonSteps / 25 + 1));
    const held = known.reduce((sum, share) => sum + share, 0) / known.length;
    expect(held).toBeGreaterThan(coverage - 0.04);
    expect(held).toBeLessThan(coverage + 0.04);
  });
});

import { describe, expect, test } from 'vitest';
import { PastErrorIntervals } from '../../../../src/forecast/comparison/intervals.ts';
import { historyBefore } from '../../../../src/forecast/history.ts';
import { madeLayer, wanderingLayer } from '../layers.ts';
import { compared, comparisonSettings, contender } from './support.ts';

const half = madeLayer(400, 2, () => 0.5);

describe('intervals from past errors', () => {
  test('come once five origins have resolved, and are as wide as the errors were', () => {
    const intervals = new PastErrorIntervals(2, 40, 0.9);
    // Every forecast errs by 0.1 on both experts, in scales 0.1 / √0.24; the scale of the two shares is the same.
    const found = Array.from({ length: 10 }, (_, i) => intervals.around(historyBefore(half, 50 + 20 * i), 50 + 20 * i, Float64Array.of(0.6, 0.4)));
    // The fifth origin, 130, resolves at 170: the seventh.
    expect(found.map((interval) => interval !== null)).toEqual([false, false, false, false, false, false, true, true, true, true]);
    expect(found[6]?.lower[0]).toBeCloseTo(0.5, 6);
    expect(found[6]?.upper[1]).toBeCloseTo(0.5, 6);
  });

  test('stay within what shares can be', () => {
    const intervals = new PastErrorIntervals(2, 10, 0.9);
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
    // The first origin resolves a horizon later, the fifth four origins after that.
    expect(known.length).toBe(covered.length - 3 * (horizonSteps / 25 + 4));
    const held = known.reduce((sum, share) => sum + share, 0) / known.length;
    expect(held).toBeGreaterThan(coverage - 0.04);
    expect(held).toBeLessThan(coverage + 0.04);
  });
});

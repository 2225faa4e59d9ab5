/** The sliding average whose window slides over the horizon, as in arXiv 2404.16914. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slidWeights } from '../../../src/forecast/series/slid-weights.ts';
import { slidingAverage } from '../../../src/forecast/sliding-average.ts';
import { madeLayer, meanAhead, wanderingLayer } from './layers.ts';

/** Mean of the horizon, forecast by forecast: each is the mean of the last `window` values and becomes one of them. */
function simulated(values: readonly number[], window: number, horizon: number): number {
  const all = [...values];
  for (let h = 0; h < horizon; h++) all.push(all.slice(-window).reduce((sum, value) => sum + value, 0) / window);
  return all.slice(values.length).reduce((sum, value) => sum + value, 0) / horizon;
}

describe('weights of the window that slides', () => {
  test('by hand: two values, one to three ahead', () => {
    // v₁ = (a + b)/2, v₂ = (a + 3b)/4, v₃ = (3a + 5b)/8.
    expect([...slidWeights(2, 1)]).toEqual([1 / 2, 1 / 2]);
    expect([...slidWeights(2, 2)]).toEqual([3 / 8, 5 / 8]);
    expect(slidWeights(2, 3)[0]).toBeCloseTo((1 / 2 + 1 / 4 + 3 / 8) / 3, 15);
    expect([...slidWeights(1, 50)]).toEqual([expect.closeTo(1, 12)]);
  });

  test('far ahead rise evenly from the oldest to the newest: the i-th of w counts 2 i / w (w + 1)', () => {
    slidWeights(4, 1_000_000).forEach((weight, i) => expect(weight).toBeCloseTo((2 * (i + 1)) / 20, 5));
  });

  test('are those of the forecasts made one by one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 200 }), (window, horizon) => {
        const weights = slidWeights(window, horizon);
        expect(weights).toHaveLength(window);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        for (const one of new Set([0, window >> 1, window - 1])) {
          expect(weights[one]).toBeCloseTo(simulated(Array.from({ length: window }, (_, i) => (i === one ? 1 : 0)), window, horizon), 12);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('of the largest window and horizon still sum to 1', () => {
    const weights = slidWeights(2000, 2000);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(weights.every((weight) => weight > 0)).toBe(true);
  });
});

describe('the sliding average', () => {
  const layer = wanderingLayer(900, 4, 2);

  test('slid over the horizon is the mean of the forecasts made one by one', async () => {
    for (const [windowSteps, horizonSteps] of [[1, 10], [30, 7], [200, 700], [5000, 100]]) {
      const found = await meanAhead(slidingAverage, layer, 800, horizonSteps, { windowSteps, slid: 'recursive' });
      for (const expert of [0, 1, 2, 3]) {
        const values = Array.from({ length: 800 }, (_, row) => layer.shares[row * 4 + expert]);
        expect(found[expert]).toBeCloseTo(simulated(values, Math.min(800, windowSteps), horizonSteps), 7);
      }
    }
  });

  test('where every tenth step is recorded slides row by row', async () => {
    const sparse = madeLayer(5, 2, (expert, step) => (expert === 0 ? 0.1 + step / 100 : 0.9 - step / 100), { strideSteps: 10 });
    // Rows of 0.3 and 0.4; 30 steps ahead are three rows.
    expect((await meanAhead(slidingAverage, sparse, 40, 30, { windowSteps: 20, slid: 'recursive' }))[0]).toBeCloseTo((0.35 + 0.375 + 0.3625) / 3, 6);
    expect((await meanAhead(slidingAverage, sparse, 40, 30, { windowSteps: 20 }))[0]).toBeCloseTo(0.35, 6);
  });
});

/** Forecasters that are fitted to each expert by itself: ARIMA and the seasonal one. */
import { describe, expect, test } from 'vitest';
import { arima } from '../../../src/forecast/arima.ts';
import type { Forecaster } from '../../../src/forecast/contract.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { seasonal } from '../../../src/forecast/seasonal.ts';
import { fitArima } from '../../../src/forecast/series/arima/fit.ts';
import { fitSmoothing } from '../../../src/forecast/series/smoothing-fit.ts';
import type { LayerShares } from '../../../src/forecast/layer-shares.ts';
import type { Progress } from '../../../src/progress.ts';
import { loadError, madeLayer, meanAhead, meanShares, wanderingLayer } from './layers.ts';

/** Means of the blocks of 50 steps before an origin, by expert. */
function blocksBefore(layer: LayerShares, originStep: number, count: number): Float64Array[] {
  const means = Array.from({ length: count }, (_, i) => meanShares(layer, originStep - (count - i) * 50, originStep - (count - i - 1) * 50));
  return Array.from({ length: layer.experts }, (_, expert) => Float64Array.from(means, (mean) => mean[expert]));
}

function normalised(shares: readonly number[]): number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

function expectClose(actual: Float64Array, wanted: readonly number[], digits = 9): void {
  expect(actual).toHaveLength(wanted.length);
  wanted.forEach((share, expert) => expect(actual[expert]).toBeCloseTo(share, digits));
}

describe('ARIMA', () => {
  const layer = wanderingLayer(3000, 4, 5);

  test('without coefficients is the last block with a difference, the mean of all blocks without', async () => {
    expectClose(await meanAhead(arima, layer, 2000, 700, { p: 0, d: 1, q: 0 }), meanShares(layer, 1950, 2000));
    expectClose(await meanAhead(arima, layer, 2000, 700, { p: 0, d: 0, q: 0 }), meanShares(layer, 0, 2000));
  });

  test('has the order of the paper, for each expert by itself', async () => {
    expect(await meanAhead(arima, layer, 2000, 1000)).toEqual(await meanAhead(arima, layer, 2000, 1000, { p: 5, d: 1, q: 5 }));
    const order = { p: 1, d: 1, q: 1 };
    const alone = blocksBefore(layer, 2000, 40).map((blocks) => fitArima(blocks, { order }).horizonMean(20));
    expectClose(await meanAhead(arima, layer, 2000, 1000, order), normalised(alone), 5);
  });

  test('with its order chosen takes the mean of what varies about one', async () => {
    const still = madeLayer(6000, 3, (expert) => [0.2, 0.3, 0.5][expert], { noise: 0.02, seed: 4 });
    const chosen = await meanAhead(arima, still, 6000, 1000, { order: 'automatic' });
    [0.2, 0.3, 0.5].forEach((share, expert) => expect(Math.abs(chosen[expert] - share)).toBeLessThan(0.002));
    // Which the paper's order does not find.
    const given = await meanAhead(arima, still, 6000, 1000);
    expect(loadError(chosen, [0.2, 0.3, 0.5])).toBeLessThan(loadError(given, [0.2, 0.3, 0.5]));
  });

  test('knows the newest blocks alone', async () => {
    const values = { blocks: 20 };
    const other = madeLayer(3000, 4, (expert, step) => (step < 1000 ? expert : layer.shares[step * 4 + expert]));
    expectClose(await meanAhead(arima, other, 2000, 500, values), [...(await meanAhead(arima, layer, 2000, 500, values))]);
    expect(loadError(await meanAhead(arima, other, 2000, 500, { blocks: 30 }), await meanAhead(arima, layer, 2000, 500, { blocks: 30 }))).toBeGreaterThan(1e-3);
  });
});

describe('the seasonal forecaster', () => {
  const cycleSteps = 600;
  const swinging = madeLayer(6000, 2, (expert, step) => 0.5 + (expert === 0 ? 0.2 : -0.2) * Math.sin((2 * Math.PI * step) / cycleSteps), { noise: 0.05, seed: 8 });

  test('continues a pattern that repeats', async () => {
    for (const origin of [4200, 4500]) {
      const truth = meanShares(swinging, origin, origin + 300);
      expect(Math.abs(truth[0] - 0.5)).toBeGreaterThan(0.1);
      expect(loadError(await meanAhead(seasonal, swinging, origin, 300), truth)).toBeLessThan(0.02);
    }
  });

  test('is damped Holt where nothing repeats', async () => {
    const layer = wanderingLayer(3000, 4, 5);
    const alone = blocksBefore(layer, 2000, 40).map((blocks) => fitSmoothing(blocks, 'damped-holt').horizonMean(20));
    expectClose(await meanAhead(seasonal, layer, 2000, 1000), normalised(alone));
  });
});

describe.each([arima, seasonal])('a fit of $id', (forecaster: Forecaster) => {
  const history = historyBefore(wanderingLayer(2000, 12, 3), 2000);

  test('reports every expert, and lets messages in between two', async () => {
    const done: number[] = [];
    let at = -1;
    const channel = new MessageChannel();
    const message = new Promise<void>((resolve) => {
      channel.port1.onmessage = () => {
        at = done.length;
        channel.port1.close();
        resolve();
      };
    });
    await forecaster.fit(history, {}, {
      onProgress(progress: Progress) {
        done.push(progress.done);
        if (done.length === 2) channel.port2.postMessage(null);
        expect(progress.total).toBe(12);
      },
    });
    await message;
    expect(done).toEqual(Array.from({ length: 12 }, (_, expert) => expert));
    expect(at).toBeGreaterThanOrEqual(2);
    expect(at).toBeLessThan(6);
  });

  test('ends after the expert at which it is cancelled', async () => {
    const controller = new AbortController();
    const done: number[] = [];
    const fit = forecaster.fit(history, {}, {
      signal: controller.signal,
      onProgress(progress: Progress) {
        done.push(progress.done);
        if (progress.done === 3) controller.abort();
      },
    });
    await expect(fit).rejects.toMatchObject({ code: 'cancelled' });
    expect(done).toEqual([0, 1, 2, 3]);
  });
});

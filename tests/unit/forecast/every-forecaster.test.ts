/** What holds for every forecaster that needs no training, whatever the trace. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastPicture } from '../../../src/forecast/forecast-picture.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { cheapForecasters } from '../../../src/forecast/registry.ts';
import { madeLayer, meanAhead, meanShares, wanderingLayer } from './layers.ts';
import { cut, scene, sceneForecast, spoilt, valuesOf, type Scene } from './scenes.ts';

describe('every forecaster', () => {
  test.each(cheapForecasters)('$id: garbage from the origin on, or nothing there, changes no forecast', async (forecaster) => {
    await fc.assert(
      fc.asyncProperty(scene, valuesOf(forecaster), async (one, values) => {
        const real = await sceneForecast(forecaster, values, one);
        expect(await sceneForecast(forecaster, values, spoilt(one))).toEqual(real);
        expect(await sceneForecast(forecaster, values, cut(one))).toEqual(real);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test.each(cheapForecasters)('$id: forecasts lie on the simplex', async (forecaster) => {
    await fc.assert(
      fc.asyncProperty(scene, valuesOf(forecaster), async (one, values) => {
        const mean = await sceneForecast(forecaster, values, one);
        expect(mean).toHaveLength(one.layers[0].experts);
        expect(mean.every((share) => share >= 0)).toBe(true);
        expect(mean.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test.each(cheapForecasters)('$id: shares that never change stay, a dead expert at 0, after 1, 30 or 20,000 rows', async (forecaster) => {
    for (const rows of [1, 30, 2000, 20_000]) {
      const still = layerShares(Uint32Array.from({ length: rows * 3 }, (_, i) => [600, 400, 0][i % 3]), Float64Array.from({ length: rows }, (_, row) => row), 3);
      const mean = await meanAhead(forecaster, still, rows, 1000);
      [0.6, 0.4, 0].forEach((share, expert) => expect(mean[expert]).toBeCloseTo(share, 6));
    }
  });

  test.each(cheapForecasters)('$id: 30 noisy rows give no forecast far from their mean', async (forecaster) => {
    const noisy = madeLayer(30, 2, (expert) => (expert === 0 ? 0.4 : 0.6), { noise: 0.05, seed: 9 });
    // A single row is two or three deviations off at most.
    expect((await meanAhead(forecaster, noisy, 30, 2000))[0]).toBeGreaterThan(0.25);
    expect((await meanAhead(forecaster, noisy, 30, 2000))[0]).toBeLessThan(0.55);
  });

  test.each(cheapForecasters)('$id: shares that hardly vary stay where they are', async (forecaster) => {
    for (const [rows, noise] of [[30, 1e-7], [2000, 1e-7], [2000, 1e-5]]) {
      const calm = madeLayer(rows, 4, (expert) => [0.4, 0.3, 0.3 - 1e-6, 1e-6][expert], { noise, seed: 3 });
      const mean = await meanAhead(forecaster, calm, rows, 2000);
      [0.4, 0.3, 0.3, 0].forEach((share, expert) => expect(Math.abs(mean[expert] - share)).toBeLessThan(10 * noise + 2e-6));
    }
  });

  test.each(cheapForecasters)('$id: over a long horizon no share leaves what its blocks of 50 steps held in 20,000 rows by more than their width', async (forecaster) => {
    const layer = wanderingLayer(20_000, 4, 11);
    const blocks = Array.from({ length: 400 }, (_, block) => meanShares(layer, 50 * block, 50 * block + 50));
    // A single row, which the last value repeats, is further off than a block.
    const noise = 0.1;
    for (const horizonSteps of [1000, 20_000]) {
      (await meanAhead(forecaster, layer, 20_000, horizonSteps)).forEach((share, expert) => {
        const held = blocks.map((block) => block[expert]);
        const [low, high] = [Math.min(...held), Math.max(...held)];
        expect(share).toBeGreaterThan(low - (high - low) - noise);
        expect(share).toBeLessThan(high + (high - low) + noise);
      });
    }
  });

  test.each(cheapForecasters)('$id: values that a parameter cannot have are refused', (forecaster) => {
    const history = historyBefore(madeLayer(2, 2, () => 1), 2);
    for (const parameter of forecaster.parameters) {
      const bad = parameter.kind === 'choice' ? ['no such choice', 1] : [parameter.minimum - 1, NaN, 'long'];
      for (const value of bad) expect(() => forecaster.fit(history, { [parameter.id]: value })).toThrow(expect.objectContaining({ code: 'bad-setting' }));
    }
  });

  test('what the Forecast cell compares with does not see past the origin either', async () => {
    await fc.assert(
      fc.asyncProperty(scene, fc.integer({ min: 1, max: 3000 }), async (one, windowSteps) => {
        const { originStep, horizonSteps } = one;
        const request = {
          forecaster: { kind: 'cheap' as const, id: 'sliding-average', values: { windowSteps } },
          originStep, horizonSteps, coldShare: 0.001,
          drawn: { fromStep: 50, toStep: 51, experts: [0], columns: 10, smoothingSteps: 1 },
        };
        const pictureOf = ({ layers: [layer], steps }: Scene): ReturnType<typeof forecastPicture> => forecastPicture(layerShares(layer.values, steps, layer.experts), request);
        const real = await pictureOf(one);
        const other = await pictureOf(spoilt(one));
        expect(other.mean).toEqual(real.mean);
        expect(other.averageMean).toEqual(real.averageMean);
        expect(other.averageWindowSteps).toBe(real.averageWindowSteps);
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});

/** Models that take in what has come since they were fitted: coefficients and choices stay, states move on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arima } from '../../../src/forecast/arima.ts';
import { chosenAverage, chooseWindow } from '../../../src/forecast/choose-window.ts';
import { chosenHolt, chosenSmoothing } from '../../../src/forecast/chosen-smoothing.ts';
import { chosenTrend } from '../../../src/forecast/chosen-trend.ts';
import type { Forecaster, ParameterValues } from '../../../src/forecast/contract.ts';
import { dampedHolt } from '../../../src/forecast/damped-holt.ts';
import { exponentialSmoothing } from '../../../src/forecast/exponential-smoothing.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import type { LayerShares } from '../../../src/forecast/layer-shares.ts';
import { cheapForecaster, cheapForecasters } from '../../../src/forecast/registry.ts';
import { seasonal } from '../../../src/forecast/seasonal.ts';
import { fitArima } from '../../../src/forecast/series/arima/fit.ts';
import { fitSmoothing } from '../../../src/forecast/series/smoothing-fit.ts';
import { ThetaModel } from '../../../src/forecast/series/theta.ts';
import { shrunkenTrend } from '../../../src/forecast/shrunken-trend.ts';
import { slidingAverage } from '../../../src/forecast/sliding-average.ts';
import { theta } from '../../../src/forecast/theta.ts';
import { loadError, madeLayer, meanAhead, meanShares, wanderingLayer } from './layers.ts';
import { cut, scene, spoilt, updatedForecast, valuesOf } from './scenes.ts';

const layer = wanderingLayer(3000, 4, 5);
/** Origins that no block of 50 steps fits between. */
const [early, late] = [1500, 2137];

async function updated(forecaster: Forecaster, values: ParameterValues = {}, horizonSteps = 500, of: LayerShares = layer): Promise<Float64Array> {
  const model = await forecaster.fit(historyBefore(of, early), values);
  model.update!(historyBefore(of, late));
  return model.forecast(horizonSteps).mean;
}

/** Means of the blocks of 50 steps before an origin, the first one with what is left over, by expert. */
function blocksBefore(originStep: number): Float64Array[] {
  const count = Math.floor(originStep / 50);
  const means = Array.from({ length: count }, (_, i) => meanShares(layer, i === 0 ? 0 : originStep - (count - i) * 50, originStep - (count - i - 1) * 50));
  return Array.from({ length: layer.experts }, (_, expert) => Float64Array.from(means, (mean) => mean[expert]));
}

function expectShares(found: Float64Array, wanted: readonly number[], digits = 9): void {
  const sum = wanted.reduce((total, share) => total + share, 0);
  wanted.forEach((share, expert) => expect(found[expert]).toBeCloseTo(share / sum, digits));
}

describe('an update', () => {
  test.each<{ readonly forecaster: Forecaster; readonly values: ParameterValues }>([
    { forecaster: cheapForecaster('last-value'), values: {} },
    { forecaster: slidingAverage, values: { windowSteps: 300 } }, { forecaster: slidingAverage, values: { windowSteps: 300, slid: 'recursive' } },
    { forecaster: exponentialSmoothing, values: { alpha: 0.2 } }, { forecaster: dampedHolt, values: { space: 'log-ratios' } },
    { forecaster: shrunkenTrend, values: { keep: 'by-halves' } },
  ])('of what has nothing to fit is a fit: $forecaster.id $values', async ({ forecaster, values }) => {
    expect(await updated(forecaster, values)).toEqual(await meanAhead(forecaster, layer, late, 500, values));
    expect(await updated(forecaster, values)).not.toEqual(await meanAhead(forecaster, layer, early, 500, values));
  });

  test('keeps the window that was chosen, for each horizon', async () => {
    const windows = [60, 1000].map((horizonSteps) => chooseWindow(historyBefore(layer, early), horizonSteps));
    for (const [i, horizonSteps] of [60, 1000].entries()) {
      expect(await updated(chosenAverage, {}, horizonSteps)).toEqual(await meanAhead(slidingAverage, layer, late, horizonSteps, { windowSteps: windows[i] }));
    }
    expect(windows.some((window) => window !== chooseWindow(historyBefore(layer, late), 1000))).toBe(true);
  });

  test.each<{ readonly chosen: Forecaster; readonly given: Forecaster; readonly settings: readonly ParameterValues[] }>([
    { chosen: chosenSmoothing, given: exponentialSmoothing, settings: [0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8].map((alpha) => ({ alpha })) },
    { chosen: chosenHolt, given: dampedHolt, settings: [0.03, 0.05, 0.1, 0.2, 0.3].flatMap((alpha) => [0.03, 0.1].flatMap((beta) => [0.8, 0.9].map((phi) => ({ alpha, beta, phi })))) },
    { chosen: chosenTrend, given: shrunkenTrend, settings: [200, 500, 1000, 2000].flatMap((windowSteps) => ['log', 'linear'].flatMap((scale) => [0.1, 0.2, 0.3, 0.4, 0.6, 0.8].map((part) => ({ windowSteps, scale, part })))) },
  ])('keeps the settings that were chosen: $chosen.id', async ({ chosen, given, settings }) => {
    // Rises last, so that one with a slope is chosen.
    const rising = madeLayer(3000, 2, (expert, step) => (expert === 0 ? 0.3 + step / 10_000 : 0.7 - step / 10_000), { noise: 0.01 });
    const before = await meanAhead(chosen, rising, early, 500);
    const same = [];
    for (const values of settings) if (loadError(await meanAhead(given, rising, early, 500, values), before) < 1e-12) same.push(values);
    expect(same).toHaveLength(1);
    expectShares(await updated(chosen, {}, 500, rising), [...await meanAhead(given, rising, late, 500, same[0])], 12);
  });

  test('of the Theta method keeps α and draws the line anew', async () => {
    const expected = blocksBefore(early).map((series, expert) => {
      const { alpha } = new ThetaModel(series.subarray(-40));
      // The window is 40 blocks; the first of those before the origin is whole.
      const window = blocksBefore(late)[expert].subarray(-40);
      return new ThetaModel(window, fitSmoothing(window, 'simple', { alpha, beta: 0, phi: 1 })).horizonMean(10);
    });
    expectShares(await updated(theta), expected);
  });

  test('of ARIMA runs the filter over all blocks with the coefficients of the fit', async () => {
    const order = { p: 2, d: 1, q: 1 };
    const found = await updated(arima, order);
    expectShares(found, blocksBefore(early).map((series, expert) => fitArima(series, { order }).over(blocksBefore(late)[expert]).horizonMean(10)), 6);
    expect(loadError(found, await meanAhead(arima, layer, late, 500, order))).toBeGreaterThan(1e-6);
    expect(loadError(found, await meanAhead(arima, layer, early, 500, order))).toBeGreaterThan(1e-3);
  });

  test('of the seasonal forecaster keeps the rates of damped Holt where nothing repeats, and the period where something does', async () => {
    const rates = blocksBefore(early).map((series) => fitSmoothing(series, 'damped-holt').parameters);
    expectShares(await updated(seasonal), blocksBefore(late).map((series, expert) => fitSmoothing(series, 'damped-holt', rates[expert]).horizonMean(10)));
    const swinging = madeLayer(6000, 2, (expert, step) => 0.5 + (expert === 0 ? 0.2 : -0.2) * Math.sin((2 * Math.PI * step) / 600), { noise: 0.05, seed: 8 });
    const model = await seasonal.fit(historyBefore(swinging, 4200), {});
    // Not a whole number of blocks or cycles later.
    model.update!(historyBefore(swinging, 4777));
    const truth = meanShares(swinging, 4777, 4777 + 250);
    expect(Math.abs(truth[0] - 0.5)).toBeGreaterThan(0.1);
    expect(loadError(model.forecast(250).mean, truth)).toBeLessThan(0.03);
  });
});

/** Those that learn from other layers are fitted anew at every origin. */
const updatable = cheapForecasters.filter(({ pools }) => !pools);

describe('every forecaster that can be updated', () => {
  test.each(updatable)('$id: garbage from the later origin on, or nothing there, changes no forecast', async (forecaster) => {
    await fc.assert(
      fc.asyncProperty(scene, valuesOf(forecaster), fc.double({ min: 0, max: 1, noNaN: true }), async (one, values, part) => {
        const real = await updatedForecast(forecaster, values, one, [part]);
        expect(real).not.toBeNull();
        expect(await updatedForecast(forecaster, values, spoilt(one), [part])).toEqual(real);
        expect(await updatedForecast(forecaster, values, cut(one), [part])).toEqual(real);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test.each(updatable)('$id: forecasts after updates lie on the simplex, and it does not matter how many there were on the way', async (forecaster) => {
    await fc.assert(
      fc.asyncProperty(scene, valuesOf(forecaster), fc.double({ min: 0, max: 0.5, noNaN: true }), fc.double({ min: 0.5, max: 1, noNaN: true }), async (one, values, first, second) => {
        const mean = await updatedForecast(forecaster, values, one, [first]);
        expect(mean).toHaveLength(one.layers[0].experts);
        expect(mean!.every((share) => share >= 0)).toBe(true);
        expect(mean!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        expect(await updatedForecast(forecaster, values, one, [first, second])).toEqual(mean);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  test.each(updatable)('$id: shares that never change stay, a dead expert at 0, from 30 rows to 20,000', async (forecaster) => {
    const still = madeLayer(20_000, 3, (expert) => [0.6, 0.4, 0][expert]);
    const model = await forecaster.fit(historyBefore(still, 30), {});
    for (const origin of [31, 2000, 20_000]) {
      model.update!(historyBefore(still, origin));
      const { mean } = model.forecast(1000);
      [0.6, 0.4, 0].forEach((share, expert) => expect(mean[expert]).toBeCloseTo(share, 6));
    }
  });

  test.each(updatable)('$id: what is fitted to shares that hardly vary does not run away when they begin to', async (forecaster) => {
    const waking = madeLayer(4000, 3, (expert, step) => [0.5, 0.3, 0.2][expert] + (step < 1500 ? 0 : [0.1, -0.1, 0][expert] * Math.sin(step / 200)), { noise: 1e-6, seed: 4 });
    const model = await forecaster.fit(historyBefore(waking, 1500), {});
    for (const origin of [1501, 2111, 4000]) {
      model.update!(historyBefore(waking, origin));
      for (const horizonSteps of [50, 2000]) {
        // Shares stay within 0.1 of their level; no forecast leaves that by more than its width.
        model.forecast(horizonSteps).mean.forEach((share, expert) => expect(Math.abs(share - [0.5, 0.3, 0.2][expert])).toBeLessThan(0.3));
      }
    }
  });
});

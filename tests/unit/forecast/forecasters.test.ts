import { describe, expect, test } from 'vitest';
import { chooseWindow } from '../../../src/forecast/choose-window.ts';
import type { Forecaster, ParameterValues } from '../../../src/forecast/contract.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { cheapForecaster } from '../../../src/forecast/registry.ts';
import { ontoSimplex } from '../../../src/forecast/simplex.ts';
import { gaussian, random } from '../../../src/random.ts';

/** Rows of two experts whose first one has these shares of 1,000 tokens. */
function layerOf(shares: readonly number[], strideSteps = 1): ReturnType<typeof layerShares> {
  const values = Uint32Array.from(shares.flatMap((share) => [Math.round(share * 1000), Math.round((1 - share) * 1000)]));
  return layerShares(values, Float64Array.from(shares, (_, row) => row * strideSteps), 2);
}

async function forecastOf(forecaster: Forecaster, layer: ReturnType<typeof layerShares>, originStep: number, values: ParameterValues = {}, horizonSteps = 100): Promise<Float64Array> {
  const model = await forecaster.fit(historyBefore(layer, originStep), values);
  return model.forecast(horizonSteps).mean;
}

const average = cheapForecaster('sliding-average');

describe('history', () => {
  test('holds the steps before the origin and nothing else', () => {
    const history = historyBefore(layerOf([0.1, 0.2, 0.3, 0.4]), 2);
    expect(history.rows).toBe(2);
    expect([...history.steps]).toEqual([0, 1]);
    expect(history.shares).toHaveLength(4);
    expect(history.cumulative).toHaveLength(6);
  });

  test('of a trace of every tenth step goes by steps', () => {
    const layer = layerOf([0.1, 0.2, 0.3, 0.4], 10);
    expect(historyBefore(layer, 20).rows).toBe(2);
    expect(historyBefore(layer, 21).rows).toBe(3);
    expect(historyBefore(layer, 40).rows).toBe(4);
  });

  test('an origin before anything is known or after the trace is refused', () => {
    const layer = layerOf([0.1, 0.2]);
    expect(() => historyBefore(layer, 0)).toThrowError('the trace has no step before the origin, 0');
    expect(() => historyBefore(layer, 3)).toThrowError('the origin, 3, lies after the end of the trace');
    expect(historyBefore(layer, 2).rows).toBe(2);
  });
});

describe('forecasters', () => {
  const rising = layerOf([0.1, 0.2, 0.3, 0.4, 0.5]);

  test('last value repeats the step before the origin', async () => {
    expect((await forecastOf(cheapForecaster('last-value'), rising, 3))[0]).toBeCloseTo(0.3, 6);
  });

  test('the sliding average is the mean of its window, and of all that is known when that is shorter', async () => {
    expect((await forecastOf(average, rising, 4, { windowSteps: 2 }))[0]).toBeCloseTo(0.35, 6);
    expect((await forecastOf(average, rising, 4, { windowSteps: 4 }))[0]).toBeCloseTo(0.25, 6);
    expect((await forecastOf(average, rising, 4, { windowSteps: 4000 }))[0]).toBeCloseTo(0.25, 6);
    expect((await forecastOf(average, rising, 4, { windowSteps: 1 }))[0]).toBeCloseTo(0.4, 6);
  });

  test('windows are in steps where every tenth step is recorded', async () => {
    const sparse = layerOf([0.1, 0.2, 0.3, 0.4, 0.5], 10);
    expect((await forecastOf(average, sparse, 40, { windowSteps: 20 }))[0]).toBeCloseTo(0.35, 6);
    expect((await forecastOf(average, sparse, 40, { windowSteps: 5 }))[0]).toBeCloseTo(0.4, 6);
  });

  test('a window that is no length is refused', () => {
    expect(() => average.fit(historyBefore(rising, 3), { windowSteps: 0 })).toThrowError('a window of 0 steps cannot be averaged');
    expect(() => average.fit(historyBefore(rising, 3), { windowSteps: 'long' })).toThrowError('a window of long steps cannot be averaged');
  });

  test('an unknown forecaster is refused with those that there are', () => {
    expect(() => cheapForecaster('oracle')).toThrowError('there is no forecaster "oracle"');
  });
});

describe('the window chosen on the past', () => {
  const noise = random(4);
  const noisy = (level: (row: number) => number): number[] => Array.from({ length: 4000 }, (_, row) => level(row) + 0.03 * gaussian(noise));

  test('is long for a level that stays and short for one that moves', () => {
    const still = chooseWindow(historyBefore(layerOf(noisy(() => 0.5)), 4000), 1000);
    const moving = chooseWindow(historyBefore(layerOf(noisy((row) => 0.2 + row / 8000)), 4000), 1000);
    expect(still).toBeGreaterThanOrEqual(350);
    expect(moving).toBeLessThanOrEqual(100);
  });

  test('follows what became known last', () => {
    const lately = layerOf(noisy((row) => (row < 3000 ? 0.5 : 0.5 + (row - 3000) / 3000)));
    expect(chooseWindow(historyBefore(lately, 3000), 1000)).toBeGreaterThanOrEqual(350);
    expect(chooseWindow(historyBefore(lately, 4000), 1000)).toBeLessThanOrEqual(100);
  });

  test('exists for a history of one step', () => {
    expect(chooseWindow(historyBefore(layerOf([0.5]), 1), 1000)).toBeGreaterThanOrEqual(1);
  });
});

describe('the simplex', () => {
  test('is reached by clipping at 0 and dividing by the sum', () => {
    expect([...ontoSimplex(Float64Array.of(-1, 1, 3, NaN), 4)]).toEqual([0, 0.25, 0.75, 0]);
    expect([...ontoSimplex(Float64Array.of(0, -2, 1, 1), 2)]).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
});

import { describe, expect, test } from 'vitest';
import { anchorGrid } from '../../../src/forecast/anchors.ts';
import { bankAt } from '../../../src/forecast/bank.ts';
import { chosenAverage } from '../../../src/forecast/choose-window.ts';
import { chosenHolt } from '../../../src/forecast/chosen-smoothing.ts';
import { bankWeights } from '../../../src/forecast/bank-weights.ts';
import { combination } from '../../../src/forecast/combination.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { ridge } from '../../../src/forecast/ridge.ts';
import { stackedWeights } from '../../../src/forecast/stacked-weights.ts';
import { loadError, meanAhead, meanShares, wanderingLayer } from './layers.ts';

const layer = wanderingLayer(5000, 5, 6);
const others = [wanderingLayer(5000, 4, 7), wanderingLayer(5000, 6, 8)];

/** Every forecast of the bank at an origin, by what was known there alone. */
function bankBefore(origin: number, horizonSteps: number): readonly number[][] {
  const grid = anchorGrid(historyBefore(layer, origin, others));
  return bankAt(grid, horizonSteps, grid.count - 1, grid.count).map((forecast) => [...forecast]);
}

describe('the bank', () => {
  test('holds the forecasters that are offered on their own', async () => {
    const bank = bankBefore(4000, 1000);
    expect(bank).toHaveLength(8);
    const expected = [[ridge, { pool: 'layer' }], [ridge, { pool: 'half' }], [ridge, { pool: 'all' }], [chosenHolt, {}], [chosenAverage, {}]] as const;
    for (const [i, place] of [0, 1, 2, 6, 7].entries()) {
      const [forecaster, values] = expected[i];
      expect(bank[place]).toEqual([...await meanAhead(forecaster, layer, 4000, 1000, values, others)]);
    }
  });

  test('at earlier anchors holds what it would have held there', () => {
    const grid = anchorGrid(historyBefore(layer, 5000, others));
    const found = bankAt(grid, 500, 70, 90);
    for (const anchor of [70, 89]) {
      bankBefore(50 * (anchor + 1), 500).forEach((forecast, member) => forecast.forEach((share, expert) => {
        expect(found[member][(anchor - 70) * 5 + expert]).toBeCloseTo(share, 9);
      }));
    }
  });
});

describe('a combination', () => {
  test('weighs by the errors of forecasts made before 24 earlier origins, 500 steps ahead', async () => {
    const origin = 4000;
    const errors = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 24; i++) {
      const then = origin - 500 - 50 * i;
      const truth = meanShares(layer, then, then + 500);
      bankBefore(then, 500).forEach((forecast, member) => { errors[member] += loadError(forecast, truth); });
    }
    const raw = errors.map((error) => Math.exp(-15 * (error / Math.min(...errors) - 1)));
    const weights = raw.map((weight) => weight / raw.reduce((sum, one) => sum + one, 0));
    const found = bankWeights(anchorGrid(historyBefore(layer, origin, others)), 1000);
    weights.forEach((weight, member) => expect(found[member]).toBeCloseTo(weight, 6));
    const bank = bankBefore(origin, 1000);
    const combined = await meanAhead(combination, layer, origin, 1000, {}, others);
    combined.forEach((share, expert) => {
      expect(share).toBeCloseTo(bank.reduce((sum, forecast, member) => sum + weights[member] * forecast[expert], 0), 6);
    });
  });

  test('by mean and by median is that, expert by expert', async () => {
    const bank = bankBefore(4000, 700);
    const mean = await meanAhead(combination, layer, 4000, 700, { way: 'mean' }, others);
    const median = await meanAhead(combination, layer, 4000, 700, { way: 'median' }, others);
    const middles = [0, 1, 2, 3, 4].map((expert) => {
      const sorted = bank.map((forecast) => forecast[expert]).toSorted((a, b) => a - b);
      return (sorted[3] + sorted[4]) / 2;
    });
    const sum = middles.reduce((total, middle) => total + middle, 0);
    for (const expert of [0, 1, 2, 3, 4]) {
      expect(mean[expert]).toBeCloseTo(bank.reduce((total, forecast) => total + forecast[expert] / 8, 0), 12);
      expect(median[expert]).toBeCloseTo(middles[expert] / sum, 12);
    }
  });

  test('before anything is resolved takes all alike', () => {
    for (const weightsOf of [bankWeights, stackedWeights]) expect([...weightsOf(anchorGrid(historyBefore(layer, 80)), 1000)]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe('stacking', () => {
  const origin = 4000;
  const weights = stackedWeights(anchorGrid(historyBefore(layer, origin, others)), 1000);

  test('has weights that are not negative and sum to 1', () => {
    expect(weights).toHaveLength(8);
    expect(weights.every((weight) => weight >= 0)).toBe(true);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  test('is the best mixture of what was forecast before 24 earlier origins, less what leaves equal weights', () => {
    const rows: { readonly forecasts: readonly number[]; readonly truth: number }[] = [];
    for (let i = 0; i < 24; i++) {
      const then = origin - 500 - 50 * i;
      const bank = bankBefore(then, 500);
      meanShares(layer, then, then + 500).forEach((truth, expert) => rows.push({ truth, forecasts: bank.map((forecast) => forecast[expert]) }));
    }
    const spread = rows.reduce((sum, { forecasts }) => {
      const mean = forecasts.reduce((total, share) => total + share / 8, 0);
      return sum + forecasts.reduce((total, share) => total + (share - mean) ** 2 / 8, 0);
    }, 0);
    const objective = (mixture: readonly number[]): number => (
      rows.reduce((sum, { forecasts, truth }) => sum + (truth - forecasts.reduce((total, share, member) => total + mixture[member] * share, 0)) ** 2, 0)
      + 3 * spread * mixture.reduce((sum, weight) => sum + (weight - 1 / 8) ** 2, 0)
    );
    const found = objective([...weights]);
    // Convex: no step from one member to another is a gain.
    for (let from = 0; from < 8; from++) {
      for (let to = 0; to < 8; to++) {
        const step = Math.min(0.01, weights[from]);
        if (from === to || step === 0) continue;
        expect(objective([...weights].map((weight, member) => weight + (member === to ? step : 0) - (member === from ? step : 0)))).toBeGreaterThan(found);
      }
    }
    expect(found).toBeLessThan(objective(Array.from({ length: 8 }, () => 1 / 8)));
  });

  test('mixes the bank with them', async () => {
    const bank = bankBefore(origin, 1000);
    const mixed = await meanAhead(combination, layer, origin, 1000, { way: 'stacking' }, others);
    mixed.forEach((share, expert) => expect(share).toBeCloseTo(bank.reduce((sum, forecast, member) => sum + weights[member] * forecast[expert], 0), 9));
  });
});

import { describe, expect, test } from 'vitest';
import { fitArima } from '../../../../src/forecast/series/arima/fit.ts';
import type { ArimaModel } from '../../../../src/forecast/series/arima/model.ts';
import { gaussian, random } from '../../../../src/random.ts';
import { autocovariances, conditional } from './dense.ts';

const next = random(8);

/** yₜ = 10 + 0.7 (yₜ₋₁ − 10) + εₜ + 0.4 εₜ₋₁ */
function process(length: number): Float64Array {
  let level = 0;
  let before = 0;
  return Float64Array.from({ length }, () => {
    const innovation = gaussian(next);
    level = 0.7 * level + innovation + 0.4 * before;
    before = innovation;
    return 10 + level;
  });
}

function walk(length: number, drift = 0): Float64Array {
  let sum = 0;
  return Float64Array.from({ length }, () => (sum += gaussian(next) + drift));
}

const forecasts = (model: ArimaModel, horizon: number): number[] => [...model.forecast(new Float64Array(horizon))];
const errors = (model: ArimaModel, horizon: number): number[] => [...model.standardErrors(new Float64Array(horizon))];

function expectClose(found: readonly number[], expected: readonly number[], digits: number): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, digits);
}

describe('forecasts', () => {
  // 120 values to fit, 20 that come later, gaps in both and at the end; and the filter runs over all of them.
  const whole = process(140).map((value, i) => (i % 17 === 5 || (i > 60 && i < 70) || i === 139 ? NaN : value));
  const model = fitArima(whole.subarray(0, 120), { order: { p: 1, d: 0, q: 1 } }).over(whole);
  const { ar, ma, constant } = model.coefficients;
  const gamma = autocovariances(ar, ma, 200);
  const knownAt = [...whole.keys()].filter((i) => Number.isFinite(whole[i]));
  const ahead = Array.from({ length: 30 }, (_, k) => 140 + k);
  const { mean, covariance } = conditional(knownAt.map((i) => whole[i] - constant), (i, j) => gamma[Math.abs(i - j)], knownAt, ahead);

  test('are the conditional means of the coming values, with gaps and over values that came after the fit', () => {
    expectClose(forecasts(model, 30), mean.map((value) => value + constant), 8);
    expect(model.horizonMean(30)).toBeCloseTo(mean.reduce((sum, value) => sum + value, 0) / 30 + constant, 8);
  });

  test('have the errors of the conditional covariance, of values and of their mean', () => {
    expectClose(errors(model, 30), covariance.map((row, i) => Math.sqrt(model.sigma2 * row[i])), 8);
    for (const horizon of [1, 2, 30]) {
      const sum = covariance.slice(0, horizon).flatMap((row) => row.slice(0, horizon)).reduce((total, value) => total + value, 0);
      expect(model.standardErrorOfMean(horizon)).toBeCloseTo(Math.sqrt(model.sigma2 * sum) / horizon, 8);
    }
  });

  test('of a random walk stay where it is, and are unsure by the root of the way', () => {
    const series = walk(100);
    const model = fitArima(series, { order: { p: 0, d: 1, q: 0 } });
    expectClose(forecasts(model, 50), Array.from({ length: 50 }, () => series[99]), 10);
    expectClose(errors(model, 4), [1, 2, 3, 4].map((h) => Math.sqrt(h * model.sigma2)), 5);
    // Σ j² / h² for the mean over h steps.
    expect(model.standardErrorOfMean(10)).toBeCloseTo(Math.sqrt((model.sigma2 * 385) / 100), 5);
  });

  test('of a walk with drift go on by it', () => {
    const series = walk(200, 0.5);
    const model = fitArima(series, { order: { p: 0, d: 1, q: 0 }, constant: true });
    expect(model.coefficients.constant).toBeCloseTo((series[199] - series[0]) / 199, 6);
    expectClose(forecasts(model, 3), [1, 2, 3].map((h) => series[199] + h * model.coefficients.constant), 6);
  });

  test('keep within reach of what was seen, and what came after the fit widens it', () => {
    const model = fitArima(Float64Array.from({ length: 20 }, (_, i) => i), { order: { p: 0, d: 1, q: 0 } });
    expect(forecasts(model, 100).at(-1)).toBe(38);
    const longer = model.over(Float64Array.from({ length: 24 }, (_, i) => i));
    expect(forecasts(longer, 1)).toEqual([24]);
    expect(forecasts(longer, 100).at(-1)).toBe(46);
  });

  test('of a seasonal model repeat the season', () => {
    const pattern = [0, 5, 2, 9];
    const series = Float64Array.from({ length: 80 }, (_, i) => pattern[i % 4] + 0.1 * gaussian(next));
    const model = fitArima(series, { order: { p: 0, d: 0, q: 0, D: 1, Q: 1, period: 4 } });
    for (const [h, value] of forecasts(model, 12).entries()) expect(Math.abs(value - pattern[h % 4])).toBeLessThan(0.15);
  });
});

describe('a fit', () => {
  test('finds the coefficients of a long simulated series', () => {
    const { coefficients: { ar, ma, constant }, sigma2 } = fitArima(process(20_000), { order: { p: 1, d: 0, q: 1 } });
    expect(ar[0]).toBeCloseTo(0.7, 1);
    expect(ma[0]).toBeCloseTo(0.4, 1);
    expect(Math.abs(constant - 10)).toBeLessThan(0.15);
    expect(sigma2).toBeCloseTo(1, 1);
  });

  test('does not depend on the units, nor (with a mean or a difference) on the level', () => {
    const series = walk(120);
    for (const order of [{ p: 2, d: 1, q: 1 }, { p: 1, d: 0, q: 1 }]) {
      const model = fitArima(series, { order });
      const scaled = fitArima(series.map((value) => 1e-4 * value + 3), { order });
      expect(scaled.logLik).toBeCloseTo(model.logLik + model.observations * Math.log(1e4), 2);
      expectClose(forecasts(scaled, 5).map((value) => (value - 3) * 1e4), forecasts(model, 5), 2);
    }
  });

  test('leaves residuals where there are values to explain', () => {
    const series = process(60).map((value, i) => (i < 3 || i === 30 ? NaN : value));
    const { residuals, sigma2, observations, parameters } = fitArima(series, { order: { p: 1, d: 1, q: 0 } });
    expect([...residuals.keys()].filter((i) => Number.isNaN(residuals[i]))).toEqual([0, 1, 2, 3, 30]);
    const squares = residuals.filter(Number.isFinite).reduce((sum, value) => sum + value * value, 0);
    expect(observations).toBe(55);
    expect(squares / (observations - parameters + 1)).toBeCloseTo(sigma2, 5);
  });

  test('takes the order of the paper unless told', () => {
    const model = fitArima(process(60));
    expect([model.name, model.constant, model.parameters, model.fallback]).toEqual(['ARIMA(5,1,5)', 'none', 11, null]);
    expect(fitArima(process(60), { order: { p: 1, d: 0, q: 0, P: 1, D: 1, Q: 1, period: 7 } }).name).toBe('ARIMA(1,0,0)(1,1,1)[7]');
  });

  test('refuses orders that are none, and series without a number', () => {
    expect(() => fitArima(process(60), { order: { p: 1.5, d: 0, q: 0 } })).toThrowError('p = 1.5 is no order of an ARIMA model');
    expect(() => fitArima(process(60), { order: { p: 1, d: -1, q: 0 } })).toThrowError('d = -1 is no order');
    expect(() => fitArima(new Float64Array(0))).toThrowError('a series of 0 values, none of them a number, cannot be forecast');
    expect(() => fitArima(Float64Array.of(NaN, NaN))).toThrowError('a series of 2 values');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { autoArima } from '../../../../src/forecast/series/arima/auto.ts';
import { fitArima } from '../../../../src/forecast/series/arima/fit.ts';
import type { ArimaModel } from '../../../../src/forecast/series/arima/model.ts';
import type { ArimaOrder } from '../../../../src/forecast/series/arima/order.ts';
import { gaussian, random } from '../../../../src/random.ts';

const next = random(9);

function filled(length: number, value: (i: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => value(i));
}

function walk(length: number, scale = 1): Float64Array {
  let sum = 0;
  return filled(length, () => (sum += scale * gaussian(next)));
}

const odd: Readonly<Record<string, Float64Array>> = {
  'one value': Float64Array.of(5),
  'two values': Float64Array.of(1, 2),
  'five values': Float64Array.of(1, 1, 2, 1, 1),
  'a dead expert': new Float64Array(300),
  'always 1': new Float64Array(300).fill(1),
  'dead but for one token': filled(300, (i) => (i === 150 ? 1e-5 : 0)),
  'nearly always 1': filled(300, (i) => 1 - (i % 97 === 0 ? 1e-5 : 0)),
  'a straight line': filled(100, (i) => 2 + 0.5 * i),
  'a parabola': filled(100, (i) => i * i),
  'exponential growth': filled(100, (i) => Math.exp(i / 10)),
  'a sine without noise': filled(200, (i) => Math.sin(i / 5)),
  'to and fro': filled(100, (i) => i % 2),
  'a step': filled(200, (i) => (i < 100 ? 0 : 1)),
  'a spike at the end': filled(200, (i) => (i === 199 ? 1 : 0)),
  '30 values of a walk': walk(30),
  '30 values of noise': filled(30, () => gaussian(next)),
  'noise': filled(300, () => gaussian(next)),
  'a walk of huge numbers': walk(300, 1e12),
  'a walk of tiny numbers': walk(300, 1e-14).map((value) => value + 1e-10),
  'a third missing': walk(200).map((value) => (next() < 0.3 ? NaN : value)),
  'the first half missing': walk(100).map((value, i) => (i < 50 ? NaN : value)),
  'the end missing': walk(100).map((value, i) => (i > 60 ? NaN : value)),
  'one in twenty there': walk(200).map((value, i) => (i % 20 > 0 ? NaN : value)),
  'one value in a hundred': filled(100, (i) => (i === 40 ? 3 : NaN)),
  'an infinite value': walk(60).map((value, i) => (i === 10 ? Infinity : value)),
};

const orders: readonly ArimaOrder[] = [{ p: 5, d: 1, q: 5 }, { p: 2, d: 0, q: 2 }, { p: 0, d: 2, q: 1 }, { p: 1, d: 0, q: 1, P: 1, D: 1, Q: 1, period: 4 }];

/** Finite, and no further from what was seen than that is wide. */
function expectSensible(model: ArimaModel, series: Float64Array): void {
  const there = series.filter(Number.isFinite);
  const [low, high] = [Math.min(...there), Math.max(...there)];
  const rounding = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
  for (const value of [...model.forecast(new Float64Array(200)), model.horizonMean(200)]) {
    expect(value).toBeGreaterThanOrEqual(2 * low - high - rounding);
    expect(value).toBeLessThanOrEqual(2 * high - low + rounding);
  }
  for (const error of [...model.standardErrors(new Float64Array(200)), model.standardErrorOfMean(200)]) {
    expect(Number.isFinite(error)).toBe(true);
    expect(error).toBeGreaterThanOrEqual(0);
  }
  for (const criterion of [model.logLik, model.aic, model.aicc, model.bic]) expect(criterion).not.toBeNaN();
}

describe.each(Object.entries(odd))('%s', (_, series) => {
  test('has sensible forecasts by any order, and by the chosen one', () => {
    for (const order of orders) expectSensible(fitArima(series, { order }), series);
    for (const period of [1, 4]) expectSensible(autoArima(series, { period }).model, series);
  });
});

describe('whatever the series', () => {
  const value = fc.oneof({ weight: 8, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) }, { weight: 2, arbitrary: fc.constantFrom(0, 1, NaN, 1e-300, -1e9) });
  const series = fc.array(value, { minLength: 1, maxLength: 60 }).map((values) => Float64Array.from(values)).filter((values) => values.some(Number.isFinite));

  test('forecasts are sensible', () => {
    fc.assert(fc.property(series, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 3 }), fc.boolean(), (values, p, d, q, constant) => {
      expectSensible(fitArima(values, { order: { p, d, q }, constant }), values);
    }), { seed: 4, numRuns: 60 });
  });

  test('updates with anything leave them so', () => {
    fc.assert(fc.property(series, series, (values, later) => {
      const whole = Float64Array.of(...values, ...later);
      expectSensible(fitArima(values, { order: { p: 1, d: 1, q: 1 } }).over(whole), whole);
    }), { seed: 5, numRuns: 40 });
  });
});

describe('a simpler model says why', () => {
  test.each([
    ['30 values of a walk', { p: 5, d: 1, q: 5 }, 'ARIMA(5,1,5)', null],
    ['five values', { p: 5, d: 1, q: 5 }, 'ARIMA(1,1,1)', '5 observations are too few for ARIMA(5,1,5)'],
    ['a dead expert', { p: 5, d: 1, q: 5 }, 'ARIMA(0,1,0)', 'the series has no noise'],
    ['a straight line', { p: 5, d: 1, q: 5 }, 'ARIMA(0,1,0)', 'the series has no noise'],
    ['a parabola', { p: 5, d: 1, q: 5 }, 'ARIMA(1,1,2)', 'forecasts of ARIMA(5,1,5) run away'],
  ] as const)('%s', (name, order, used, fallback) => {
    const model = fitArima(odd[name], { order });
    expect([model.name, model.fallback]).toEqual([used, fallback]);
  });

  test('a line goes on, a season repeats', () => {
    const [first, , third] = fitArima(odd['a straight line'], { order: { p: 2, d: 1, q: 2 } }).forecast(new Float64Array(3));
    expect([first, third]).toEqual([expect.closeTo(52, 9), expect.closeTo(53, 9)]);
    const season = filled(40, (i) => [1, 5, 2, 7][i % 4]);
    expect([...autoArima(season, { period: 4 }).model.forecast(new Float64Array(5))]).toEqual([1, 5, 2, 7, 1]);
  });
});

test('20,000 values are fitted in seconds', () => {
  const series = walk(20_000).map((value) => value + gaussian(next));
  expectSensible(fitArima(series, { order: { p: 2, d: 1, q: 2 } }), series);
});

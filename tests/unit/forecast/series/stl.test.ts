import { describe, expect, test } from 'vitest';
import { loessAt } from '../../../../src/forecast/series/loess.ts';
import { SeasonalModel } from '../../../../src/forecast/series/seasonal.ts';
import { stl, type StlSettings } from '../../../../src/forecast/series/stl.ts';
import { deviation, furthest, meanOf, recorded, reference } from './references.ts';
import { Simulation } from './simulate.ts';

interface Decomposed {
  readonly parts: readonly {
    readonly settings: Omit<StlSettings, 'period'>;
    readonly seasonal: readonly number[];
    readonly trend: readonly number[];
    readonly weights: readonly number[];
  }[];
  readonly ahead: { readonly mean: readonly number[]; readonly squares: number };
}

const byR = reference('stl') as Readonly<Record<string, Decomposed>>;
const cases = Object.entries(recorded.seasonal).flatMap(([name, { period, values }]) =>
  byR[name].parts.map((part) => ({ name, settings: JSON.stringify(part.settings), series: Float64Array.from(values), period, part })));

describe('STL', () => {
  test.each(cases)('$name, $settings: is what R finds', ({ name, series, period, part }) => {
    const found = stl(series, { period, ...part.settings });
    expect(furthest(found.seasonal, part.seasonal)).toBeLessThan(1e-7);
    expect(furthest(found.trend, part.trend)).toBeLessThan(1e-7);
    // The remainder of a constant is rounding, which R takes for outliers.
    if (name !== 'constant') expect(furthest(found.weights, part.weights)).toBeLessThan(2e-6);
    expect(furthest(series.map((_, i) => found.seasonal[i] + found.trend[i] + found.remainder[i]), series)).toBeLessThan(1e-12);
  });

  const simulation = new Simulation(1);
  const shape = [0, 2, -1, 1, -2];
  const seasonal = simulation.noise(203, (t) => 3 * shape[t % 5] + 0.05 * t);

  test('outliers reach the seasonal shape only without robustness', () => {
    const spoilt = seasonal.slice();
    for (const at of [22, 52, 102, 152]) spoilt[at] += 200;
    const error = (robust: boolean): number => furthest(stl(spoilt, { period: 5, robust }).seasonal, seasonal.map((_, t) => 3 * shape[t % 5]));
    expect(error(false)).toBeGreaterThan(5);
    expect(error(true)).toBeLessThan(1.5);
    expect(stl(spoilt, { period: 5, robust: true }).weights[52]).toBe(0);
  });

  test('missing values have no weight and change little', () => {
    const gaps = seasonal.map((value, t) => (t % 9 === 4 || (t > 60 && t < 75) ? NaN : value));
    for (const robust of [false, true]) {
      const found = stl(gaps, { period: 5, robust });
      expect(furthest(found.seasonal, stl(seasonal, { period: 5, robust }).seasonal)).toBeLessThan(0.6);
      expect(found.trend[67]).toBeCloseTo(0.05 * 67, 0);
      expect(found.weights[4]).toBe(0);
      expect(found.remainder[4]).toBe(0);
    }
  });

  test('a place in the cycle without any value, or a whole series without, leaves numbers', () => {
    const hole = seasonal.map((value, t) => (t % 5 === 2 ? NaN : value));
    for (const series of [hole, new Float64Array(30).fill(NaN), new Float64Array(30)]) {
      const { seasonal, trend, remainder } = stl(series, { period: 5, robust: true });
      for (const part of [seasonal, trend, remainder]) expect(part.every(Number.isFinite)).toBe(true);
    }
  });

  test('20,000 values with a long cycle are decomposed as well', () => {
    const series = simulation.noise(20_000, (t) => Math.sin((2 * Math.PI * t) / 200));
    const { seasonal } = stl(series, { period: 200, robust: true });
    expect(furthest(seasonal, series.map((_, t) => Math.sin((2 * Math.PI * t) / 200)))).toBeLessThan(0.6);
  });

  test('two cycles or fewer, and periods of one, are refused', () => {
    expect(() => stl(new Float64Array(10), { period: 5 })).toThrowError('10 values do not hold more than two cycles of 5');
    expect(() => stl(new Float64Array(10), { period: 1 })).toThrowError('10 values do not hold more than two cycles of 1');
    expect(() => stl(new Float64Array(10), { period: 2.5 })).toThrowError('10 values do not hold more than two cycles of 2.5');
  });
});

describe('loess', () => {
  test('of degree 1 goes through a line, of degree 0 through a constant, at the ends as well', () => {
    const work = new Float64Array(20);
    const line = Float64Array.from({ length: 20 }, (_, i) => 3 - 2 * i);
    for (const at of [-1, 0, 7, 19, 20]) {
      expect(loessAt(line, 20, { window: 7, degree: 1, jump: 1 }, at, Math.min(13, Math.max(0, at - 3)), null, work)).toBeCloseTo(3 - 2 * at, 10);
      expect(loessAt(new Float64Array(20).fill(5), 20, { window: 41, degree: 0, jump: 1 }, at, 0, null, work)).toBeCloseTo(5, 12);
    }
  });
});

describe('the seasonal forecaster', () => {
  test('forecasts as R where R fits the rest as well', () => {
    let alike = 0;
    for (const [name, { period, values }] of Object.entries(recorded.seasonal)) {
      const series = Float64Array.from(values);
      const model = new SeasonalModel(series, { period });
      const { mean, squares } = byR[name].ahead;
      expect(model.squares).toBeLessThanOrEqual(squares * (1 + 1e-6) + 1e-25);
      if (model.squares < squares * (1 - 1e-3)) continue;
      alike++;
      expect(furthest(model.forecast(new Float64Array(40)), mean) / deviation(series)).toBeLessThan(0.01);
    }
    expect(alike).toBeGreaterThanOrEqual(2);
  });

  const simulation = new Simulation(2);
  const level = (t: number): number => 10 + [3, 0, -1, -2][t % 4];
  const series = simulation.noise(122, (t) => level(t) * 10);

  test('repeats the cycle from its place on', () => {
    const model = new SeasonalModel(series, { period: 4 });
    const ahead = model.forecast(new Float64Array(9));
    expect(furthest(ahead, Array.from({ length: 9 }, (_, h) => 10 * level(122 + h)))).toBeLessThan(2);
    for (const horizon of [1, 3, 4, 11, 1000]) expect(model.horizonMean(horizon)).toBeCloseTo(meanOf(model.forecast(new Float64Array(horizon))), 9);
  });

  test('over a longer series moves the place in the cycle and the level, missing values included', () => {
    const longer = new SeasonalModel(series, { period: 4 }).over(Float64Array.from({ length: 131 }, (_, t) => (t < 122 ? series[t] : t < 125 ? 10 * level(t) + 0.1 : NaN)));
    expect(furthest(longer.forecast(new Float64Array(8)), Array.from({ length: 8 }, (_, h) => 10 * level(131 + h)))).toBeLessThan(2);
  });

  test('a constant stays one', () => {
    const model = new SeasonalModel(new Float64Array(30).fill(0.5), { period: 7, robust: true });
    expect(model.horizonMean(2000)).toBeCloseTo(0.5, 12);
    expect(model.standardErrors(new Float64Array(1))[0]).toBeLessThan(1e-12);
  });
});

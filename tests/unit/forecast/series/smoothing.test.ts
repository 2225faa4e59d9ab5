import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitSmoothing, SmoothingModel } from '../../../../src/forecast/series/smoothing-fit.ts';
import { smooth, type SmoothingKind } from '../../../../src/forecast/series/smoothing.ts';
import { deviation, furthest, meanOf, recorded, reference } from './references.ts';
import { Simulation } from './simulate.ts';

interface Described {
  readonly alpha: number;
  readonly beta?: number;
  readonly phi?: number;
  readonly level: number;
  readonly slope: number;
  readonly squares: number;
  readonly variance: number;
  readonly mean: readonly number[];
  readonly errors: readonly number[];
  /** Of several searches; absent for a constant series. */
  readonly best?: { readonly squares: number; readonly mean: readonly number[] };
}

const kinds: readonly SmoothingKind[] = ['simple', 'holt', 'damped-holt'];
const byR = reference('smoothing') as Readonly<Record<string, Readonly<Record<SmoothingKind | 'given', Described>>>>;
const cases = Object.entries(recorded.series).flatMap(([name, values]) => kinds.map((kind) => ({ name, kind, series: Float64Array.from(values), r: byR[name][kind] })));

/** JSON of R has {} for what a model lacks. */
const numberOr = (value: unknown, other: number): number => (typeof value === 'number' ? value : other);
const parametersOf = (r: Described): { alpha: number; beta: number; phi: number } => ({ alpha: r.alpha, beta: numberOr(r.beta, 0), phi: numberOr(r.phi, 1) });

describe('smoothing with the parameters and the first state that R found', () => {
  test.each(cases)('$name, $kind: has its squared errors, forecasts and standard errors', ({ kind, series, r }) => {
    const model = new SmoothingModel(kind, parametersOf(r), { level: r.level, slope: r.slope }, series);
    const scale = Math.max(deviation(series), 1e-9);
    expect(Math.abs(model.squares - r.squares) / (scale * scale * series.length)).toBeLessThan(1e-8);
    expect(furthest(model.forecast(new Float64Array(20)), r.mean) / scale).toBeLessThan(1e-6);
    expect(furthest(model.standardErrors(new Float64Array(20)), r.errors) / scale).toBeLessThan(1e-6);
  });
});

describe('fitted smoothing', () => {
  test.each(cases)('$name, $kind: errs no more than R on what it was fitted to, and forecasts as the best fit that R can find', ({ kind, series, r }) => {
    const model = fitSmoothing(series, kind);
    expect(model.squares).toBeLessThanOrEqual(r.squares * (1 + 1e-9) + 1e-30);
    if (!r.best?.mean) return;
    expect(model.squares).toBeLessThanOrEqual(r.best.squares * (1 + 1e-6));
    // Where a still better fit was found here.
    if (model.squares < r.best.squares * (1 - 1e-5)) return;
    expect(furthest(model.forecast(new Float64Array(20)), r.best.mean) / deviation(series)).toBeLessThan(0.01);
  });

  test.each(Object.keys(recorded.series))('%s: parameters that are given stay, and the first state is the best', (name) => {
    const { squares } = byR[name].given;
    const model = fitSmoothing(Float64Array.from(recorded.series[name]), 'damped-holt', { alpha: 0.3, beta: 0.1, phi: 0.9 });
    expect(model.parameters).toEqual({ alpha: 0.3, beta: 0.1, phi: 0.9 });
    expect(model.squares).toBeLessThanOrEqual(squares * (1 + 1e-9) + 1e-30);
    expect(model.squares).toBeGreaterThan(squares * (1 - 1e-3) - 1e-30);
  });

  test('finds the parameters that made a long series', () => {
    const simulation = new Simulation(1);
    let level = 0;
    let slope = 0;
    const series = Float64Array.from({ length: 8000 }, () => {
      const error = simulation.normal();
      const value = level + 0.9 * slope + error;
      level += 0.9 * slope + 0.4 * error;
      slope = 0.9 * slope + 0.1 * error;
      return value;
    });
    const { parameters, variance } = fitSmoothing(series, 'damped-holt');
    expect(parameters.alpha).toBeCloseTo(0.4, 1);
    expect(Math.abs(parameters.beta - 0.1)).toBeLessThan(0.02);
    expect(Math.abs(parameters.phi - 0.9)).toBeLessThan(0.02);
    expect(variance).toBeCloseTo(1, 1);
  });
});

/** A model in any state, with a reach that its path may leave. */
const anyModel = fc
  .record({
    kind: fc.constantFrom(...kinds),
    alpha: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    phi: fc.constantFrom(0.8, 0.9, 0.98, 0.9999, 0.9999999),
    values: fc.array(fc.oneof({ weight: 9, arbitrary: fc.double({ min: -2, max: 2, noNaN: true }) }, { weight: 1, arbitrary: fc.constant(NaN) }), { minLength: 1, maxLength: 30 }),
  })
  .map(({ kind, alpha, part, phi, values }) =>
    new SmoothingModel(kind, { alpha, beta: kind === 'simple' ? 0 : alpha * part, phi: kind === 'damped-holt' ? phi : 1 }, { level: values.find(Number.isFinite) ?? 0, slope: kind === 'simple' ? 0 : 0.01 }, Float64Array.from(values)));

describe('forecasts of smoothing', () => {
  test('the mean over a horizon in closed form is that of the single forecasts', () => {
    fc.assert(
      fc.property(anyModel, fc.integer({ min: 1, max: 3000 }), (model, horizon) => {
        const mean = meanOf(model.forecast(new Float64Array(horizon)));
        expect(Math.abs(model.horizonMean(horizon) - mean)).toBeLessThan(1e-8 * (1 + Math.abs(mean)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('standard errors of single values and of means are those of simulated futures', () => {
    const simulation = new Simulation(2);
    const parameters = { alpha: 0.3, beta: 0.05, phi: 0.9 };
    const model = new SmoothingModel('damped-holt', parameters, { level: 0, slope: 0 }, simulation.noise(200));
    const sigma = Math.sqrt(model.variance);
    const horizon = 12;
    const lasts: number[] = [];
    const means: number[] = [];
    for (let run = 0; run < 20_000; run++) {
      let level = 0;
      let slope = 0;
      let sum = 0;
      let value = 0;
      for (let h = 0; h < horizon; h++) {
        const error = sigma * simulation.normal();
        value = level + 0.9 * slope + error;
        level += 0.9 * slope + 0.3 * error;
        slope = 0.9 * slope + 0.05 * error;
        sum += value;
      }
      lasts.push(value);
      means.push(sum / horizon);
    }
    expect(model.standardErrors(new Float64Array(horizon))[horizon - 1] / deviation(lasts)).toBeCloseTo(1, 1);
    expect(Math.abs(model.standardErrorOfMean(horizon) / deviation(means) - 1)).toBeLessThan(0.02);
  });

  test('over a longer series parameters stay, and the rest is as if they had been given', () => {
    const series = new Simulation(3).randomWalk(120);
    const model = fitSmoothing(series.subarray(0, 80), 'damped-holt');
    const whole = fitSmoothing(series, 'damped-holt', model.parameters);
    const longer = model.over(series);
    expect(longer.parameters).toEqual(model.parameters);
    expect(longer.state).toEqual(whole.state);
    expect(longer.variance).toBeCloseTo(whole.variance, 12);
    expect(longer.forecast(new Float64Array(50))).toEqual(whole.forecast(new Float64Array(50)));
    expect(longer.state).not.toEqual(model.state);
  });
});

describe('series that are hard to smooth', () => {
  test.each(kinds)('%s: a missing value of a level changes nothing', (kind) => {
    const series = Float64Array.of(NaN, 3, 3, NaN, 3, 3, 3, 3, NaN, NaN, 3, 3, 3, 3, NaN);
    expect([...fitSmoothing(series, kind).forecast(new Float64Array(3))]).toEqual([3, 3, 3]);
  });

  test('a line goes on through a gap', () => {
    const series = Float64Array.from({ length: 40 }, (_, t) => (t > 20 && t < 30 ? NaN : 5 + 0.5 * t));
    const model = fitSmoothing(series, 'holt');
    expect(model.forecast(new Float64Array(2))[1]).toBeCloseTo(5 + 0.5 * 41, 6);
  });

  test.each(kinds)('%s: constants, zeros and rounding are forecast as they are', (kind) => {
    for (const level of [0, 0.0625, 1, 1e-300]) {
      const model = fitSmoothing(new Float64Array(50).fill(level), kind);
      expect([...model.forecast(new Float64Array(3))]).toEqual([level, level, level]);
      expect(model.horizonMean(2000)).toBe(level);
      expect(model.standardErrors(new Float64Array(5))[4]).toBe(0);
    }
    const rounding = fitSmoothing(Float64Array.from({ length: 60 }, (_, t) => 0.1 + (t % 3) * 1e-17), kind);
    expect(rounding.horizonMean(2000)).toBeCloseTo(0.1, 12);
  });

  test.each(kinds)('%s: from one value to a handful, and from 30 over 2,000, forecasts stay within reach', (kind) => {
    for (const length of [1, 2, 3, 5, 8, 9, 10, 30]) {
      const series = new Simulation(length).randomWalk(length);
      const ahead = fitSmoothing(series, kind).forecast(new Float64Array(2000));
      const low = Math.min(...series);
      const high = Math.max(...series);
      expect(Math.min(...ahead)).toBeGreaterThanOrEqual(low - (high - low));
      expect(Math.max(...ahead)).toBeLessThanOrEqual(high + (high - low));
    }
  });

  test('a dead expert that woke once is forecast between its values', () => {
    const series = new Float64Array(300);
    series[250] = 0.01;
    const mean = fitSmoothing(series, 'damped-holt').horizonMean(1000);
    expect(Math.abs(mean)).toBeLessThan(0.001);
  });

  test('a series without any value is refused', () => {
    expect(() => fitSmoothing(new Float64Array(4).fill(NaN), 'simple')).toThrowError('none of the 4 steps has a value');
  });

  test('values that follow a gap are corrected from where the state went on to', () => {
    const state = { level: 1, slope: 0.5 };
    const { squares, count } = smooth(Float64Array.of(NaN, 3), { alpha: 0.5, beta: 0.1, phi: 1 }, state);
    expect({ squares, count }).toEqual({ squares: 1, count: 1 });
    expect(state).toEqual({ level: 2.5, slope: 0.6 });
  });
});

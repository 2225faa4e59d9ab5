import { describe, expect, test } from 'vitest';
import { ThetaModel } from '../../../../src/forecast/series/theta.ts';
import { deviation, furthest, meanOf, recorded, reference } from './references.ts';
import { Simulation } from './simulate.ts';

interface Theta {
  readonly alpha: number;
  readonly drift: number;
  readonly mean: readonly number[];
  readonly errors: readonly number[];
}

const byR = reference('theta') as Readonly<Record<string, Theta>>;

/** Where R's search for α ended elsewhere, at larger squared errors (see the tests of smoothing). */
const elsewhere = ['balanced, layer 2, 100-step means', 'nearly constant'];

describe('Theta', () => {
  test.each(Object.entries(recorded.series))('%s: forecasts and errs as R says', (name, values) => {
    const series = Float64Array.from(values);
    const model = new ThetaModel(series);
    const scale = Math.max(deviation(series), 1e-9);
    expect(Math.abs(model.drift - byR[name].drift) / scale).toBeLessThan(1e-8);
    if (elsewhere.includes(name)) return;
    expect(furthest(model.forecast(new Float64Array(20)), byR[name].mean) / scale).toBeLessThan(0.001);
    expect(furthest(model.standardErrors(new Float64Array(20)), byR[name].errors) / scale).toBeLessThan(0.001);
  });

  test('the mean over a horizon is that of the single forecasts, out of reach as well', () => {
    for (const seed of [1, 2, 3]) {
      const model = new ThetaModel(new Simulation(seed).noise(60, (t) => t / 10));
      for (const horizon of [1, 10, 333, 3000]) {
        expect(model.horizonMean(horizon)).toBeCloseTo(meanOf(model.forecast(new Float64Array(horizon))), 8);
      }
    }
  });

  test('over a longer series α stays, level and line are those of all', () => {
    const series = new Simulation(4).noise(150, (t) => t / 20);
    const fitted = new ThetaModel(series.subarray(0, 120));
    const longer = fitted.over(series);
    expect(longer.alpha).toBe(fitted.alpha);
    expect(longer.drift).toBeCloseTo(new ThetaModel(series).drift, 12);
    expect(longer.forecast(new Float64Array(1))[0]).toBeCloseTo(7.5, 0);
  });

  test('missing values leave a line where it is', () => {
    const series = Float64Array.from({ length: 200 }, (_, t) => (t % 7 === 3 || t > 190 ? NaN : 2 + t));
    const complete = new ThetaModel(series.map((_, t) => 2 + t));
    const model = new ThetaModel(series);
    expect(model.drift).toBeCloseTo(0.5, 12);
    // From the last value, 192, half the slope over the nine missing steps, where the complete line goes on to 201.
    expect(model.forecast(new Float64Array(1))[0]).toBeCloseTo(192 + 0.5 * 10, 0);
    expect(complete.forecast(new Float64Array(1))[0]).toBeCloseTo(201.5, 0);
  });

  test('constants, single values and gaps before the first value are no trouble', () => {
    expect(new ThetaModel(new Float64Array(40).fill(0.25)).horizonMean(2000)).toBe(0.25);
    expect(new ThetaModel(Float64Array.of(NaN, NaN, 0.5)).horizonMean(2000)).toBe(0.5);
    expect(new ThetaModel(Float64Array.of(0.5, NaN, 0.6, NaN)).horizonMean(1)).toBeGreaterThan(0.4);
    expect(() => new ThetaModel(new Float64Array(3).fill(NaN))).toThrowError('none of the 3 steps has a value');
  });
});

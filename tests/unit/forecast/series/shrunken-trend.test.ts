import { describe, expect, test } from 'vitest';
import { shrunkenTrends, trendMeans, trendValues } from '../../../../src/forecast/series/shrunken-trend.ts';
import { meanOf, recorded, reference } from './references.ts';
import { Simulation } from './simulate.ts';

const stepsOf = (rows: number, stride = 1): Float64Array => Float64Array.from({ length: rows }, (_, row) => row * stride);

describe('shrunken trends', () => {
  test('slopes are those of least squares in R', () => {
    const byR = reference('theta') as Readonly<Record<string, { readonly drift: number }>>;
    for (const [name, values] of Object.entries(recorded.series)) {
      const { slopes } = shrunkenTrends(Float64Array.from(values), stepsOf(values.length), 1, { windowRows: 1e6, scale: 'linear', keep: 1 });
      expect(Math.abs(slopes[0] - 2 * byR[name].drift)).toBeLessThan(1e-9);
    }
  });

  test('a line is continued in full, in half, or not at all', () => {
    const steps = stepsOf(100);
    const line = steps.map((step) => 1 + 0.01 * step);
    const mean = (keep: number): number => trendMeans(shrunkenTrends(line, steps, 1, { windowRows: 50, scale: 'linear', keep }), 20)[0];
    // The last 50 steps lie around 74.5, the horizon around 109.5.
    expect(mean(0)).toBeCloseTo(1.745, 12);
    expect(mean(1)).toBeCloseTo(2.095, 12);
    expect(mean(0.5)).toBeCloseTo((1.745 + 2.095) / 2, 12);
  });

  test('a load that is linear in ln(step) is continued so, with every tenth step recorded as well', () => {
    for (const stride of [1, 10]) {
      const steps = stepsOf(300, stride);
      const curve = steps.map((step) => 0.5 - 0.05 * Math.log(step + 1));
      const trends = shrunkenTrends(curve, steps, 1, { windowRows: 200, scale: 'log', keep: 'by-error' });
      const ahead = Array.from({ length: 100 }, (_, row) => 0.5 - 0.05 * Math.log((300 + row) * stride + 1));
      expect(trendValues(trends, new Float64Array(100))[99]).toBeCloseTo(ahead[99], 9);
      expect(trendMeans(trends, 100)[0]).toBeCloseTo(meanOf(ahead), 9);
    }
  });

  test('many series side by side are as each alone', () => {
    const simulation = new Simulation(1);
    const steps = stepsOf(80);
    const values = simulation.noise(80 * 3, (i) => i / 100);
    const settings = { windowRows: 60, scale: 'log', keep: 'by-error' } as const;
    const together = trendMeans(shrunkenTrends(values, steps, 3, settings), 40);
    for (const expert of [0, 1, 2]) {
      const one = values.filter((_, i) => i % 3 === expert);
      expect(trendMeans(shrunkenTrends(one, steps, 1, settings), 40)[0]).toBe(together[expert]);
    }
  });

  test('by-error drops two thirds of the slopes that are noise, and keeps one that is beyond doubt', () => {
    const simulation = new Simulation(2);
    const series = Array.from({ length: 400 }, () => simulation.noise(200));
    const settings = { windowRows: 200, scale: 'linear', keep: 'by-error' } as const;
    const kept = series.filter((values) => shrunkenTrends(values, stepsOf(200), 1, settings).slopes[0] !== 0).length;
    // |b| > s with probability 0.32 where there is no slope.
    expect(kept / 400).toBeGreaterThan(0.25);
    expect(kept / 400).toBeLessThan(0.39);
    const clear = shrunkenTrends(simulation.noise(200, (t) => t / 10), stepsOf(200), 1, settings).slopes[0];
    expect(clear).toBeCloseTo(0.1, 2);
  });

  test('by-error trusts slopes of random walks less than those of noise around a line', () => {
    const simulation = new Simulation(3);
    const part = (values: Float64Array): number => {
      const slope = (keep: 1 | 'by-error'): number => shrunkenTrends(values, stepsOf(100), 1, { windowRows: 100, scale: 'linear', keep }).slopes[0];
      return slope('by-error') / slope(1);
    };
    const walks = meanOf(Array.from({ length: 200 }, () => part(simulation.randomWalk(100))));
    const lines = meanOf(Array.from({ length: 200 }, () => part(simulation.noise(100, (t) => t / 20))));
    expect(walks).toBeLessThan(0.75);
    expect(lines).toBeGreaterThan(0.95);
  });

  test('by-halves keeps slopes that last and drops those that turn', () => {
    const steps = stepsOf(100);
    const settings = { windowRows: 100, scale: 'linear', keep: 'by-halves' } as const;
    const both = (f: (step: number) => number): Float64Array => Float64Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? f(i >> 1) : 1 - f(i >> 1)));
    expect(shrunkenTrends(both((step) => 0.004 * step), steps, 2, settings).slopes[0]).toBeCloseTo(0.004, 12);
    expect(shrunkenTrends(both((step) => 0.004 * Math.abs(step - 40)), steps, 2, settings).slopes[0]).toBe(0);
  });

  test('missing values are left out, and too few or none have no slope', () => {
    const steps = stepsOf(50);
    const gaps = steps.map((step) => (step % 5 === 0 ? NaN : 3 + 2 * step));
    expect(trendMeans(shrunkenTrends(gaps, steps, 1, { windowRows: 50, scale: 'linear', keep: 'by-error' }), 1)[0]).toBeCloseTo(103, 9);
    const two = steps.map((step) => (step < 48 ? NaN : step));
    expect(trendMeans(shrunkenTrends(two, steps, 1, { windowRows: 50, scale: 'log', keep: 1 }), 1000)[0]).toBe(48.5);
    const none = new Float64Array(50).fill(NaN);
    expect(trendMeans(shrunkenTrends(none, steps, 1, { windowRows: 50, scale: 'log', keep: 'by-halves' }), 1000)[0]).toBe(0);
    expect(trendMeans(shrunkenTrends(Float64Array.of(4), stepsOf(1), 1, { windowRows: 50, scale: 'log', keep: 'by-error' }), 1000)[0]).toBe(4);
  });

  test('a steep slope over few rows goes no further than what was seen is wide', () => {
    const steps = stepsOf(30);
    const trends = shrunkenTrends(steps.map((step) => step / 30), steps, 1, { windowRows: 30, scale: 'linear', keep: 1 });
    expect(trendMeans(trends, 2000)[0]).toBeCloseTo(29 / 60 + 29 / 30, 12);
    expect(Math.max(...trendValues(trends, new Float64Array(2000)))).toBeCloseTo(29 / 60 + 29 / 30, 12);
  });
});

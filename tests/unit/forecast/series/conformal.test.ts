import { describe, expect, test } from 'vitest';
import { AdaptiveConformal } from '../../../../src/forecast/series/adaptive-conformal.ts';
import { splitConformal } from '../../../../src/forecast/series/split-conformal.ts';
import { meanOf } from './references.ts';
import { Simulation } from './simulate.ts';

describe('split conformal intervals', () => {
  test('are the (n + 1)-quantile of past residuals, for each horizon', () => {
    // Nine residuals of two horizons: ⌈10 · 0.9⌉ = 9, the largest; ⌈10 · 0.5⌉ = 5, the middle one.
    const residuals = Float64Array.from([3, 30, 1, 10, 2, 20, 9, 90, 8, 80, 7, 70, 4, 40, 5, 50, 6, 60]);
    expect(splitConformal(residuals, 2, 0.9)).toEqual({ radii: Float64Array.of(9, 90), certain: true });
    expect(splitConformal(residuals, 2, 0.5)).toEqual({ radii: Float64Array.of(5, 50), certain: true });
  });

  test('of too few residuals are the largest of them, and say so', () => {
    expect(splitConformal(Float64Array.of(1, 2, 3), 1, 0.9)).toEqual({ radii: Float64Array.of(3), certain: false });
    expect(splitConformal(Float64Array.of(1, NaN, 3, NaN), 2, 0.5)).toEqual({ radii: Float64Array.of(3, 0), certain: false });
    expect(splitConformal(new Float64Array(0), 2, 0.9)).toEqual({ radii: new Float64Array(2), certain: false });
  });

  test.each([9, 19, 24, 60].map((count) => ({ count })))('cover 90 % of those that come after $count exchangeable ones, and hardly more', ({ count }) => {
    const simulation = new Simulation(count);
    let covered = 0;
    const runs = 6000;
    for (let run = 0; run < runs; run++) {
      // Exchangeable, not independent: a scale that all of them share.
      const scale = Math.exp(simulation.normal());
      const { radii } = splitConformal(Float64Array.from({ length: count }, () => scale * Math.abs(simulation.normal())), 1, 0.9);
      if (scale * Math.abs(simulation.normal()) <= radii[0]) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.89);
    expect(covered / runs).toBeLessThan(0.9 + 1 / (count + 1) + 0.01);
  });
});

describe('adaptive conformal intervals', () => {
  /** Coverage of 3,000 residuals after the first 500, each seen `delay` forecasts after its own. */
  function coverageOf(scaleAt: (t: number) => number, rate: number, delay = 0): { readonly covered: number; readonly lastQuarter: number; readonly widths: number[] } {
    const simulation = new Simulation(1);
    const intervals = new AdaptiveConformal({ coverage: 0.9, rate, widest: 1000 });
    const waiting: { readonly residual: number; readonly issued: number }[] = [];
    const hits: number[] = [];
    const widths: number[] = [];
    for (let t = 0; t < 3500; t++) {
      const issued = intervals.radius;
      const residual = scaleAt(t) * Math.abs(simulation.normal());
      if (t >= 500) {
        hits.push(residual <= issued ? 1 : 0);
        widths.push(issued);
      }
      waiting.push({ residual, issued });
      const seen = t >= delay ? waiting.shift() : undefined;
      if (seen) intervals.observe(seen.residual, seen.issued);
    }
    return { covered: meanOf(hits), lastQuarter: meanOf(hits.slice(-750)), widths };
  }

  test('cover 90 % of exchangeable residuals with about the width of the quantile', () => {
    const { covered, widths } = coverageOf(() => 1, 0.02);
    expect(Math.abs(covered - 0.9)).toBeLessThan(0.01);
    const sorted = Float64Array.from(widths).sort();
    expect(sorted[sorted.length >> 1]).toBeCloseTo(1.645, 0);
  });

  test.each([
    { name: 'grow', scaleAt: (t: number) => Math.exp(t / 500) },
    { name: 'shrink', scaleAt: (t: number) => Math.exp(-t / 500) },
    { name: 'jump', scaleAt: (t: number) => (t % 1000 < 500 ? 1 : 5) },
  ])('cover 88 to 92 % of residuals that $name, seen at once or 20 forecasts later', ({ scaleAt }) => {
    for (const delay of [0, 20]) {
      const { covered, lastQuarter } = coverageOf(scaleAt, 0.03, delay);
      expect(covered).toBeGreaterThan(0.88);
      expect(covered).toBeLessThan(0.92);
      expect(lastQuarter).toBeGreaterThan(0.85);
    }
  });

  test('keep the promise of the paper whatever comes: within (1 + γ) / (γ T)', () => {
    const intervals = new AdaptiveConformal({ coverage: 0.8, rate: 0.05, window: 20, widest: 1 });
    let misses = 0;
    const total = 2000;
    for (let t = 0; t < total; t++) {
      const issued = intervals.radius;
      // The worst that can come: just outside whenever that is possible.
      const residual = issued < 1 ? Math.min(1, issued * 1.01 + 1e-6) : 0.5;
      if (residual > issued) misses++;
      intervals.observe(residual, issued);
    }
    expect(Math.abs(misses / total - 0.2)).toBeLessThanOrEqual(1.05 / (0.05 * total));
  });

  test('are the widest before anything was seen, and finite ever after', () => {
    const intervals = new AdaptiveConformal({ coverage: 0.9, widest: 0.7 });
    expect(intervals.radius).toBe(0.7);
    for (let i = 0; i < 9; i++) intervals.observe(0.1 * i, 1);
    expect(intervals.radius).toBeLessThanOrEqual(0.8);
    for (let i = 0; i < 500; i++) intervals.observe(2, intervals.radius);
    expect(intervals.radius).toBe(0.7);
    for (let i = 0; i < 5000; i++) intervals.observe(NaN, 0);
    for (let i = 0; i < 5000; i++) intervals.observe(0, intervals.radius);
    expect(intervals.radius).toBe(0);
  });
});

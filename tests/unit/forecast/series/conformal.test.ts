import { describe, expect, test } from 'vitest';
import { AdaptiveLevel } from '../../../../src/forecast/series/adaptive-level.ts';
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

describe('adaptive conformal levels', () => {
  test('move by γ times the misses over what is wanted', () => {
    const level = new AdaptiveLevel(0.9, 0.1);
    // 0.9 + 0.1 (0.5 − 0.1) = 0.94; then 0.94 − 0.1 · 0.1 = 0.93.
    level.observe(0.5);
    expect(level.level).toBeCloseTo(0.94, 12);
    level.observe(0);
    expect(level.level).toBeCloseTo(0.93, 12);
  });

  test('stay between 0 and 1, and come back at once', () => {
    const level = new AdaptiveLevel(0.8, 0.1);
    for (let i = 0; i < 100; i++) level.observe(1);
    expect(level.level).toBe(1);
    level.observe(0);
    expect(level.level).toBeCloseTo(0.98, 12);
    for (let i = 0; i < 1000; i++) level.observe(0);
    expect(level.level).toBe(0);
  });

  /** Coverage of 3,000 residuals after the first 500, by quantiles of the latest 100; each is seen `delay` forecasts after its own. */
  function coverageOf(scaleAt: (t: number) => number, rate: number, delay: number): number {
    const simulation = new Simulation(1);
    const level = new AdaptiveLevel(0.9, rate);
    const latest: number[] = [];
    const waiting: { readonly residual: number; readonly issued: number }[] = [];
    const hits: number[] = [];
    for (let t = 0; t < 3500; t++) {
      const issued = splitConformal(Float64Array.from(latest), 1, level.level).radii[0];
      const residual = scaleAt(t) * Math.abs(simulation.normal());
      if (t >= 500) hits.push(residual <= issued ? 1 : 0);
      waiting.push({ residual, issued });
      const seen = t >= delay ? waiting.shift() : undefined;
      if (!seen) continue;
      level.observe(seen.residual > seen.issued ? 1 : 0);
      latest.push(seen.residual);
      if (latest.length > 100) latest.shift();
    }
    return meanOf(hits);
  }

  test.each([
    { name: 'stay', scaleAt: () => 1 },
    { name: 'grow', scaleAt: (t: number) => Math.exp(t / 500) },
    { name: 'shrink', scaleAt: (t: number) => Math.exp(-t / 500) },
    { name: 'jump', scaleAt: (t: number) => (t % 1000 < 500 ? 1 : 5) },
  ])('make intervals hold 88 to 92 % of residuals that $name, seen at once or 20 forecasts later', ({ scaleAt }) => {
    for (const delay of [0, 20]) {
      const covered = coverageOf(scaleAt, 0.03, delay);
      expect(covered).toBeGreaterThan(0.88);
      expect(covered).toBeLessThan(0.92);
    }
  });

  test('keep the promise of the paper while they stay inside: within 1 / (γ T)', () => {
    const simulation = new Simulation(7);
    const level = new AdaptiveLevel(0.8, 0.01);
    let misses = 0;
    let inside = true;
    const total = 2000;
    for (let t = 0; t < total; t++) {
      // Residuals whose middle moves; the radius grows with the level.
      const missed = simulation.normal() > 0.84 + 0.3 * Math.sin(t / 100) + 3 * (level.level - 0.8) ? 1 : 0;
      misses += missed;
      level.observe(missed);
      inside &&= level.level > 0 && level.level < 1;
    }
    expect(inside).toBe(true);
    expect(Math.abs(misses / total - 0.2)).toBeLessThanOrEqual(1 / (0.01 * total));
  });
});

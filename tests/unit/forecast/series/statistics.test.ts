import { describe, expect, test } from 'vitest';
import { dieboldMariano } from '../../../../src/forecast/series/diebold-mariano.ts';
import { spearman } from '../../../../src/forecast/series/rank-correlation.ts';
import { lnGamma, lnGammaTail, studentBeyond } from '../../../../src/forecast/series/special-functions.ts';
import { reference } from './references.ts';
import { Simulation } from './simulate.ts';

interface Result {
  readonly statistic?: number;
  readonly p?: number;
}

interface Statistics {
  /** Errors of two forecasters; what R would not answer is an empty record. */
  readonly comparisons: readonly { readonly first: readonly number[]; readonly second: readonly number[]; readonly h: number; readonly truncated: Result; readonly bartlett: Result }[];
  readonly ranks: readonly { readonly x: readonly number[]; readonly y: readonly number[]; readonly rho: number; readonly p: number }[];
  readonly student: readonly { readonly df: number; readonly at: readonly number[]; readonly p: readonly number[] }[];
}

const byR = reference('statistics') as Statistics;

describe("Diebold and Mariano's test", () => {
  const differences = (i: number): Float64Array => Float64Array.from(byR.comparisons[i].first, (error, t) => Math.abs(error) - Math.abs(byR.comparisons[i].second[t]));

  test.each(byR.comparisons.map(({ h, first }, i) => ({ i, h, n: first.length })))('is that of R: $n differences, horizon $h', ({ i, h }) => {
    const { truncated, bartlett } = byR.comparisons[i];
    if (truncated.statistic !== undefined) {
      const found = dieboldMariano(differences(i), h);
      expect(found.statistic).toBeCloseTo(truncated.statistic, 8);
      expect(found.pValue).toBeCloseTo(truncated.p ?? NaN, 8);
    }
    if (bartlett.statistic !== undefined) {
      const found = dieboldMariano(differences(i), h, 'bartlett');
      expect(found.statistic).toBeCloseTo(bartlett.statistic, 8);
      expect(found.pValue).toBeCloseTo(bartlett.p ?? NaN, 8);
    }
  });

  test('where plain autocovariances make a negative variance, Bartlett’s weights are taken', () => {
    const alternating = Float64Array.from({ length: 12 }, (_, t) => 0.1 + (t % 2 === 0 ? 1 : -1));
    expect(dieboldMariano(alternating, 2)).toEqual(dieboldMariano(alternating, 2, 'bartlett'));
    expect(dieboldMariano(alternating, 2).pValue).toBeGreaterThan(0);
  });

  test('finds no difference in equal losses, and the one in unequal constants', () => {
    expect(dieboldMariano(new Float64Array(10), 3)).toEqual({ meanDifference: 0, statistic: 0, pValue: 1 });
    expect(dieboldMariano(new Float64Array(10).fill(-0.1), 3)).toMatchObject({ statistic: -Infinity, pValue: 0 });
    expect(dieboldMariano(Float64Array.of(0.3, NaN), 1)).toEqual({ meanDifference: 0.3, statistic: 0, pValue: 1 });
    expect(dieboldMariano(new Float64Array(0), 4).pValue).toBe(1);
  });

  test('is wrong in about 5 % of overlapping forecasts that are equally good', () => {
    const simulation = new Simulation(1);
    let found = 0;
    for (let run = 0; run < 1000; run++) {
      const noise = simulation.noise(304);
      const overlapping = Float64Array.from({ length: 300 }, (_, t) => noise[t] + noise[t + 1] + noise[t + 2] + noise[t + 3]);
      if (dieboldMariano(overlapping, 4).pValue < 0.05) found++;
    }
    expect(found / 1000).toBeGreaterThan(0.03);
    expect(found / 1000).toBeLessThan(0.08);
  });
});

describe('rank correlation', () => {
  test.each(byR.ranks.map(({ x, y, rho, p }) => ({ n: x.length, x: Float64Array.from(x), y: Float64Array.from(y), rho, p })))('of $n pairs is that of R', ({ x, y, rho, p }) => {
    const found = spearman(x, y);
    expect(found.rho).toBeCloseTo(rho, 10);
    expect(found.pValue).toBeCloseTo(p, 9);
  });

  test('leaves missing values out and says nothing of what does not vary', () => {
    expect(spearman(Float64Array.of(1, NaN, 2, 3, 4), Float64Array.of(1, 5, 2, 3, NaN))).toEqual({ rho: 1, pValue: 2 / 6, count: 3 });
    expect(spearman(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3))).toEqual({ rho: 0, pValue: 1, count: 3 });
    expect(spearman(new Float64Array(0), new Float64Array(0))).toEqual({ rho: 0, pValue: 1, count: 0 });
  });
});

describe('distributions', () => {
  test("Student's t is that of R", () => {
    for (const { df, at, p } of byR.student) {
      at.forEach((t, i) => {
        const tail = t > 0 ? 1 - p[i] : p[i];
        if (t <= 0) expect(Math.abs(studentBeyond(t, df) / (2 * tail) - 1)).toBeLessThan(1e-9);
        expect(studentBeyond(t, df)).toBeCloseTo(2 * tail, 10);
      });
    }
  });

  test('ln Γ is that of factorials and of Γ(½)', () => {
    expect(lnGamma(1)).toBeCloseTo(0, 13);
    expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(lnGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(lnGamma(0.25)).toBeCloseTo(Math.log(3.625609908221908), 13);
  });

  test('tails of gamma variables of whole shape are sums of Poisson terms', () => {
    for (const [shape, x] of [[1, 3], [2, 5], [5, 12], [20, 70]] as const) {
      let term = Math.exp(-x);
      let sum = 0;
      for (let i = 0; i < shape; i++) {
        sum += term;
        term *= x / (i + 1);
      }
      expect(lnGammaTail(shape, x)).toBeCloseTo(Math.log(sum), 10);
    }
    expect(lnGammaTail(5, 6)).toBe(0);
  });
});

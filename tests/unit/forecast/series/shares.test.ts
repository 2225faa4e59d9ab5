import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centredLogRatio, sharesOfLogRatios } from '../../../../src/forecast/series/log-ratio.ts';
import { projectOntoSimplex } from '../../../../src/forecast/series/simplex-projection.ts';
import { Simulation } from './simulate.ts';

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

describe('the projection onto the simplex', () => {
  test('moves all shares by the same amount, and what would be negative becomes 0', () => {
    expect([...projectOntoSimplex(Float64Array.of(0.5, 0.7), 2)]).toEqual([0.4, 0.6].map((share) => expect.closeTo(share, 12) as number));
    expect([...projectOntoSimplex(Float64Array.of(1, 0.8, -5), 3)]).toEqual([0.6, 0.4, 0].map((share) => expect.closeTo(share, 12) as number));
    expect([...projectOntoSimplex(Float64Array.of(9, 1, 0, 0), 2)]).toEqual([1, 0, 0.5, 0.5]);
  });

  test('satisfies the conditions of the nearest point, which are sufficient: equal moves where positive, no smaller ones where 0', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })), { minLength: 1, maxLength: 40 }), (values) => {
        const found = projectOntoSimplex(Float64Array.from(values), values.length);
        const tolerance = 1e-12 * Math.max(1, ...values.map(Math.abs));
        expect(Math.abs(sumOf(found) - 1)).toBeLessThan(1e-9);
        expect(found.every((share) => share >= 0)).toBe(true);
        const largest = Math.max(...found);
        const moved = values[found.indexOf(largest)] - largest;
        found.forEach((share, i) => {
          if (share > 0) expect(Math.abs(values[i] - share - moved)).toBeLessThanOrEqual(2 * tolerance);
          else expect(values[i]).toBeLessThanOrEqual(moved + 2 * tolerance);
        });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('leaves shares as they are, and takes what is no number for 0', () => {
    const shares = Float64Array.of(0.25, 0.25, 0.5);
    expect([...projectOntoSimplex(shares.slice(), 3)]).toEqual([...shares]);
    expect([...projectOntoSimplex(Float64Array.of(NaN, Infinity, 1), 3)]).toEqual([0, 0, 1]);
    expect([...projectOntoSimplex(Float64Array.of(NaN, NaN), 2)]).toEqual([0.5, 0.5]);
  });
});

describe('log-ratios', () => {
  const shares = projectOntoSimplex(new Simulation(1).noise(40).map(Math.exp), 8);

  test('come back as the shares that they were, dead experts as 0', () => {
    shares[9] += shares[8];
    shares[8] = 0;
    for (const pseudoShare of [1e-9, 0.001, 0.1]) {
      sharesOfLogRatios(centredLogRatio(shares, 8, pseudoShare), 8, pseudoShare).forEach((share, i) => expect(share).toBeCloseTo(shares[i], 12));
    }
  });

  test('are differences of logarithms from their mean', () => {
    expect(centredLogRatio(Float64Array.of(0.2, 0.8), 2, 0)[1]).toBeCloseTo(Math.log(4) / 2, 12);
    expect(centredLogRatio(Float64Array.of(0, 0.5), 2, 0.1)[1]).toBeCloseTo(Math.log(6) / 2, 12);
    expect(sumOf(centredLogRatio(shares, 8, 0.01).subarray(0, 8))).toBeCloseTo(0, 12);
  });

  test('of a row that is missing are missing', () => {
    const ratios = centredLogRatio(Float64Array.of(NaN, NaN, 0.5, 0.5), 2, 0.01);
    expect([...ratios]).toEqual([NaN, NaN, 0, 0]);
  });

  test('however far a forecast goes, shares come back that are off by the pseudo-share at most', () => {
    const back = sharesOfLogRatios(Float64Array.of(5000, 0, -5000, 4999), 4, 0);
    expect([...back]).toEqual([expect.closeTo(1 / (1 + Math.exp(-1)), 12), 0, 0, expect.closeTo(1 / (1 + Math.E), 12)]);
    const far = sharesOfLogRatios(Float64Array.of(5000, -5000), 2, 0.01);
    expect([...far]).toEqual([expect.closeTo(1.01, 12), expect.closeTo(-0.01, 12)]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { additiveLogRatio, centredLogRatio, sharesOfLogRatios } from '../../../../src/forecast/series/log-ratio.ts';
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
  const simulation = new Simulation(1);
  const shares = sharesOfLogRatios(simulation.noise(40), 8);

  test('of either kind come back as the shares that they were', () => {
    expect(sumOf(shares.subarray(8, 16))).toBeCloseTo(1, 12);
    for (const ratios of [centredLogRatio(shares, 8, 1e-9), additiveLogRatio(shares, 8, 3, 1e-9)]) {
      sharesOfLogRatios(ratios, 8).forEach((share, i) => expect(share).toBeCloseTo(shares[i], 12));
    }
  });

  test('are differences of logarithms: from the mean, or from one expert', () => {
    const one = Float64Array.of(0.2, 0.8);
    expect(centredLogRatio(one, 2, 1e-9)[1]).toBeCloseTo(Math.log(4) / 2, 12);
    expect([...additiveLogRatio(one, 2, 0, 1e-9)]).toEqual([0, expect.closeTo(Math.log(4), 12)]);
    expect(sumOf(centredLogRatio(shares, 8, 1e-9).subarray(0, 8))).toBeCloseTo(0, 12);
  });

  test('a dead expert counts as the floor, and returns as about that', () => {
    const ratios = centredLogRatio(Float64Array.of(0, NaN, 0.5, 0.5), 4, 0.001);
    expect(ratios.every(Number.isFinite)).toBe(true);
    const back = sharesOfLogRatios(ratios, 4);
    expect(back[0]).toBeCloseTo(0.001, 5);
    expect(back[1]).toBeCloseTo(0.001, 5);
    expect(sumOf(back)).toBeCloseTo(1, 12);
  });

  test('however far a forecast goes, shares come back', () => {
    const back = sharesOfLogRatios(Float64Array.of(5000, 0, -5000, 4999), 4);
    expect([...back]).toEqual([expect.closeTo(1 / (1 + Math.exp(-1)), 12), 0, 0, expect.closeTo(1 / (1 + Math.E), 12)]);
  });
});

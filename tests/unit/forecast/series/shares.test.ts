import { describe, expect, test } from 'vitest';
import { centredLogRatio, sharesOfLogRatios } from '../../../../src/forecast/series/log-ratio.ts';
import { ontoSimplex } from '../../../../src/forecast/simplex.ts';
import { Simulation } from './simulate.ts';

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

describe('log-ratios', () => {
  const shares = ontoSimplex(new Simulation(1).noise(40).map(Math.exp), 8);

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

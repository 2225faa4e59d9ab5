import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inverseErrorWeights, meanForecast, medianForecast, weightedForecast } from '../../../../src/forecast/series/combination.ts';
import { nonNegativeRidge } from '../../../../src/forecast/series/non-negative-ridge.ts';
import { normalEquations } from '../../../../src/forecast/series/normal-equations.ts';
import { furthest, reference } from './references.ts';
import { Simulation } from './simulate.ts';

describe('combinations', () => {
  const forecasts = [Float64Array.of(1, 10), Float64Array.of(2, 0), Float64Array.of(9, 5), Float64Array.of(4, 6)];

  test('are the mean, the median and the weighted sum of each value', () => {
    expect([...meanForecast(forecasts)]).toEqual([4, 5.25]);
    expect([...medianForecast(forecasts)]).toEqual([3, 5.5]);
    expect([...medianForecast(forecasts.slice(1))]).toEqual([4, 5]);
    expect([...weightedForecast(forecasts, Float64Array.of(0.5, 0, 0.25, 0.25))]).toEqual([3.75, 7.75]);
  });

  test('weights fall with past error, and sum to 1', () => {
    const weights = inverseErrorWeights(Float64Array.of(2, 2.2, 4));
    expect(weights[1] / weights[0]).toBeCloseTo(Math.exp(-1.5), 12);
    expect(weights[2] / weights[0]).toBeCloseTo(Math.exp(-15), 12);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  test('errors of 0 share alike, missing ones get nothing, and nothing known is the mean', () => {
    expect([...inverseErrorWeights(Float64Array.of(0, 1, 0, NaN))]).toEqual([0.5, 0, 0.5, 0]);
    expect([...inverseErrorWeights(Float64Array.of(NaN, NaN))]).toEqual([0.5, 0.5]);
  });
});

interface Program {
  readonly features: readonly number[];
  readonly target: readonly number[];
  readonly ridge: number;
  readonly free: readonly number[];
  readonly whole: readonly number[];
}

describe('stacking by non-negative ridge', () => {
  test.each((reference('ridge') as readonly Program[]).map((program, i) => ({ i, ...program })))("problem $i: has the weights of R's quadratic programming", ({ features, target, ridge, free, whole }) => {
    const equations = normalEquations(Float64Array.from(features), Float64Array.from(target));
    const { size, gram } = equations;
    let diagonal = 0;
    for (let i = 0; i < size; i++) diagonal += gram[i * size + i] / size;
    expect(furthest(nonNegativeRidge(equations, { ridge: ridge / diagonal, sumToOne: false }), free)).toBeLessThan(1e-8);
    expect(furthest(nonNegativeRidge(equations, { ridge: ridge / diagonal }), whole)).toBeLessThan(1e-8);
  });

  test('satisfies the conditions of the optimum (Karush, Kuhn, Tucker) for features that are nearly alike', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), fc.constantFrom(1, 1e-3, 1e-6), fc.boolean(), (seed, size, apart, sumToOne) => {
        const simulation = new Simulation(seed);
        const rows = 30;
        const common = simulation.noise(rows);
        const features = Float64Array.from({ length: rows * size }, (_, at) => common[Math.floor(at / size)] + apart * simulation.normal());
        const { gram, cross } = normalEquations(features, simulation.noise(rows, (row) => common[row]));
        const ridge = 1e-6;
        const weights = nonNegativeRidge({ size, gram, cross }, { ridge, sumToOne });
        let diagonal = 0;
        for (let i = 0; i < size; i++) diagonal += gram[i * size + i] / size;
        const gradient = Array.from(weights, (weight, i) => {
          let sum = ridge * diagonal * (weight - (sumToOne ? 1 / size : 0)) - cross[i];
          for (let j = 0; j < size; j++) sum += gram[i * size + j] * weights[j];
          return sum;
        });
        const multiplier = sumToOne ? gradient[weights.indexOf(Math.max(...weights))] : 0;
        weights.forEach((weight, i) => {
          expect(weight).toBeGreaterThanOrEqual(0);
          expect(gradient[i] - multiplier).toBeGreaterThan(-1e-9 * diagonal);
          if (weight > 0) expect(Math.abs(gradient[i] - multiplier)).toBeLessThan(1e-9 * diagonal);
        });
        if (sumToOne) expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1)).toBeLessThan(1e-9);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('forecasters that are the same, or that say nothing, share alike', () => {
    const same = normalEquations(Float64Array.of(1, 1, 2, 2, 3, 3), Float64Array.of(1, 2, 3));
    expect([...nonNegativeRidge(same)]).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
    expect([...nonNegativeRidge(normalEquations(new Float64Array(6), new Float64Array(3)))]).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
    expect([...nonNegativeRidge(normalEquations(new Float64Array(6), new Float64Array(3)), { sumToOne: false })]).toEqual([0, 0]);
  });
});

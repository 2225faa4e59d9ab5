import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../../src/random.ts';
import { choiceEstimator, parzenEstimator, type Estimator } from '../../../src/sweep/samplers/estimators.ts';

const coordinates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
const middles = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => (i + 0.5) / count);

function massOf(estimator: Estimator, from: number, to: number): number {
  return middles(4000).reduce((sum, u) => sum + (u >= from && u < to ? Math.exp(estimator.logDensity(u)) / 4000 : 0), 0);
}

describe('the Parzen estimator', () => {
  test('is a density on [0, 1], positive everywhere', () => {
    fc.assert(fc.property(coordinates, (observations) => {
      const estimator = parzenEstimator(observations);
      expect(massOf(estimator, 0, 1)).toBeCloseTo(1, 4);
      expect(middles(50).every((u) => Number.isFinite(estimator.logDensity(u)))).toBe(true);
    }), { seed: 1, numRuns: 50 });
  });

  test('of no observations is the wide Gaussian in the middle, cut off', () => {
    // 1 / (2 Φ(0.5) − 1) / √(2π), and the same times exp(−1 / 8).
    const estimator = parzenEstimator([]);
    expect(Math.exp(estimator.logDensity(0.5))).toBeCloseTo(1.041_85, 4);
    expect(Math.exp(estimator.logDensity(1))).toBeCloseTo(0.919_43, 4);
  });

  test('of one observation has a Gaussian as wide as the distance to the middle', () => {
    // Half of each: 0.1 from the middle at 0.6, and the wide one.
    const estimator = parzenEstimator([0.6]);
    const gaussian = (u: number): number => Math.exp(-0.5 * ((u - 0.6) / (1 / 3)) ** 2) / ((1 / 3) * Math.sqrt(2 * Math.PI)) / (0.884_93 - 0.035_93);
    const wide = (u: number): number => 1.041_85 * Math.exp(-0.5 * (u - 0.5) ** 2);
    // A third is the narrowest where so little is known.
    for (const u of [0, 0.3, 0.6, 1]) expect(Math.exp(estimator.logDensity(u))).toBeCloseTo(0.5 * gaussian(u) + 0.5 * wide(u), 3);
  });

  test('draws as dense as it says', () => {
    const estimator = parzenEstimator([0.1, 0.12, 0.15, 0.8]);
    const next = random(7);
    const drawn = Array.from({ length: 20_000 }, () => estimator.draw(next));
    expect(drawn.every((u) => u >= 0 && u <= 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth++) {
      const [from, to] = [tenth / 10, (tenth + 1) / 10];
      expect(drawn.filter((u) => u >= from && u < to).length / 20_000).toBeCloseTo(massOf(estimator, from, to), 1.7);
    }
  });
});

describe('the estimator of a choice', () => {
  test('counts each value, and once more', () => {
    const estimator = choiceEstimator([0.1, 0.2, 0.9], 3);
    // Counts 2, 0, 1: (3, 1, 2) of 6, each on a third of the interval.
    expect([0.1, 0.5, 0.9].map((u) => Math.exp(estimator.logDensity(u)) / 3)).toEqual([3 / 6, 1 / 6, 2 / 6].map((part) => expect.closeTo(part, 12) as number));
  });

  test('draws values as often as it says', () => {
    const estimator = choiceEstimator([0.1, 0.2, 0.9], 3);
    const next = random(3);
    const drawn = Array.from({ length: 6000 }, () => estimator.draw(next));
    [3 / 6, 1 / 6, 2 / 6].forEach((part, value) => expect(drawn.filter((u) => u === (value + 0.5) / 3).length / 6000).toBeCloseTo(part, 1.5));
  });
});

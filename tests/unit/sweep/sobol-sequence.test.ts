import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash } from '../../../src/random.ts';
import { MOST_DIMENSIONS, SobolSequence } from '../../../src/sweep/samplers/sobol-sequence.ts';

function points(count: number, size: number, shift?: readonly number[]): readonly Float64Array[] {
  const sequence = new SobolSequence(size, shift);
  return Array.from({ length: count }, (_, index) => sequence.at(index));
}

describe('the sequence without a shift', () => {
  test('begins as in the example of Joe and Kuo, in three dimensions', () => {
    expect(points(10, 3).map((point) => [...point])).toEqual([
      [0, 0, 0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75], [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125], [0.625, 0.125, 0.875], [0.125, 0.625, 0.375], [0.1875, 0.3125, 0.9375], [0.6875, 0.8125, 0.4375],
    ]);
  });

  test('agrees with SciPy 1.17 in every dimension, at points 14, 1,000 and 123,456', () => {
    const sequence = new SobolSequence(MOST_DIMENSIONS);
    for (const [index, digits, expected] of scipy) expect([...sequence.at(index)].map((coordinate) => coordinate * 2 ** digits)).toEqual(expected);
  });
});

/** Index, binary digits, and the 32 coordinates in units of the last digit: `scipy.stats.qmc.Sobol(32, scramble=False)`. */
const scipy: readonly (readonly [index: number, digits: number, coordinates: readonly number[]])[] = [
  [14, 4, [9, 7, 1, 13, 3, 11, 5, 13, 13, 3, 9, 11, 13, 1, 7, 5, 7, 7, 13, 3, 5, 5, 1, 5, 13, 3, 11, 5, 13, 1, 5, 11]],
  [1000, 10, [225, 99, 531, 693, 287, 929, 47, 921, 513, 71, 87, 261, 165, 393, 147, 379, 737, 353, 1015, 743, 535, 563, 973, 553, 597, 929, 41, 1003, 61, 349, 151, 149]],
  [123456, 17, [3473, 23953, 40273, 59023, 22175, 26641, 93825, 60825, 92597, 32645, 65419, 102391, 72349, 36759, 100053, 86687, 74883, 48713, 115607, 20599, 15479, 79027, 61141, 65137, 97665, 68741, 112965, 58823, 96131, 42631, 88385, 9923]],
];

describe('any shift', () => {
  const shifts = fc.array(fc.nat(0xffffffff), { minLength: MOST_DIMENSIONS, maxLength: MOST_DIMENSIONS });

  test('leaves one of 64 points in each 64th of every dimension', () => {
    fc.assert(fc.property(shifts, (shift) => {
      const all = points(64, MOST_DIMENSIONS, shift);
      for (let dimension = 0; dimension < MOST_DIMENSIONS; dimension++) {
        expect(new Set(all.map((point) => Math.floor(64 * point[dimension]))).size).toBe(64);
      }
    }), { seed: 1, numRuns: 20 });
  });

  test('leaves one of 64 points in each cell of 2 × 32, 4 × 16, … of the first two dimensions', () => {
    fc.assert(fc.property(shifts, (shift) => {
      const all = points(64, 2, shift);
      for (let columns = 1; columns <= 64; columns *= 2) {
        expect(new Set(all.map(([x, y]) => `${Math.floor(columns * x)},${Math.floor((64 / columns) * y)}`)).size).toBe(64);
      }
    }), { seed: 2, numRuns: 20 });
  });

  test.each([[2, 1 / 5], [5, 1 / 2]])('of a seed fills %i dimensions with less than %d of the discrepancy of independent points', (size, part) => {
    // The expected squared discrepancy of n independent points is (2^-d − 3^-d) / n (Morokoff and Caflisch 1994).
    const independent = (2 ** -size - 3 ** -size) / 256;
    for (let seed = 0; seed < 20; seed++) {
      const shift = Array.from({ length: size }, (_, dimension) => hash(seed, dimension));
      expect(squaredDiscrepancy(points(256, size, shift))).toBeLessThan(part ** 2 * independent);
    }
  });
});

/** Warnock's formula (1972) of the squared L2 star discrepancy. */
function squaredDiscrepancy(points: readonly Float64Array[]): number {
  const product = (size: number, factor: (k: number) => number): number => {
    let all = 1;
    for (let k = 0; k < size; k++) all *= factor(k);
    return all;
  };
  const size = points[0].length;
  const alone = points.reduce((sum, x) => sum + product(size, (k) => 1 - x[k] ** 2), 0);
  const pairs = points.reduce((sum, x) => sum + points.reduce((inner, y) => inner + product(size, (k) => 1 - Math.max(x[k], y[k])), 0), 0);
  return 3 ** -size - (2 ** (1 - size) / points.length) * alone + pairs / points.length ** 2;
}

test('more dimensions than there are numbers for are refused', () => {
  expect(() => new SobolSequence(MOST_DIMENSIONS + 1)).toThrow(expect.objectContaining({ code: 'bad-setting' }));
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slidingSpread } from '../../../src/states/sliding.ts';

describe('sliding variance and range', () => {
  test('of one expert with shares 0.1, 0.3, 0.2, 0.6 and width 3 are as calculated by hand', () => {
    const { variance, range } = slidingSpread(Float32Array.of(0.1, 0.3, 0.2, 0.6), 1, 3);
    // Windows (0.1, 0.3, 0.2): mean 0.2, squares 0.01 + 0.01 + 0; (0.3, 0.2, 0.6): mean 11/30, squares 0.0866667.
    expect([...variance.subarray(0, 2)]).toEqual([NaN, NaN]);
    expect(variance[2]).toBeCloseTo(0.02 / 3, 8);
    expect(variance[3]).toBeCloseTo(0.0866667 / 3, 7);
    expect([...range.subarray(0, 2)]).toEqual([NaN, NaN]);
    expect(range[2]).toBeCloseTo(0.2, 7);
    expect(range[3]).toBeCloseTo(0.4, 7);
  });

  test('are means over the experts', () => {
    const { variance, range } = slidingSpread(Float32Array.of(0.25, 0.75, 0.75, 0.25, 0.5, 0.5), 2, 2);
    expect([...variance]).toEqual([NaN, 0.0625, 0.015625]);
    expect([...range]).toEqual([NaN, 0.5, 0.25]);
  });

  test('are zero for a layer that never changes and for a width of one', () => {
    const constant = new Float32Array(40).fill(0.1);
    expect(Math.max(...slidingSpread(constant, 4, 5).variance.subarray(4))).toBe(0);
    expect(Math.max(...slidingSpread(constant, 4, 5).range.subarray(4))).toBe(0);
    const one = slidingSpread(Float32Array.of(0.1, 0.9), 1, 1);
    expect([...one.range]).toEqual([0, 0]);
    expect(one.variance[1]).toBeCloseTo(0, 12);
  });

  test('do not exist where the trace is shorter than the width', () => {
    expect([...slidingSpread(Float32Array.of(0.1, 0.9), 1, 3).range]).toEqual([NaN, NaN]);
    expect([...slidingSpread(Float32Array.of(0.1, 0.9), 1, 3).variance]).toEqual([NaN, NaN]);
  });

  test('agree with their definitions at every row of any series and width', () => {
    const share = fc.float({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(share, { minLength: 3, maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (values, width) => {
        const rows = Math.floor(values.length / 3);
        const shares = Float32Array.from(values.slice(0, rows * 3));
        const { variance, range } = slidingSpread(shares, 3, width);
        for (let row = width - 1; row < rows; row++) {
          let varianceSum = 0;
          let rangeSum = 0;
          for (let expert = 0; expert < 3; expert++) {
            const window = Array.from({ length: width }, (_, i) => shares[(row - i) * 3 + expert]);
            const mean = window.reduce((sum, value) => sum + value, 0) / width;
            varianceSum += window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
            rangeSum += Math.max(...window) - Math.min(...window);
          }
          expect(variance[row]).toBeCloseTo(varianceSum / 3, 9);
          expect(range[row]).toBeCloseTo(rangeSum / 3, 9);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

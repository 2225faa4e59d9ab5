import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coordinateOf, everyValue, gridValues, valueAt } from '../../../src/sweep/dimension.ts';
import { choice, range, ranges } from './spaces.ts';

const along = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => (i + 0.5) / count);

describe('a range', () => {
  test('of whole numbers gives each the same part of the unit interval', () => {
    expect(along(12).map((u) => valueAt(range('p', 2, 5), u))).toEqual([2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]);
  });

  test('takes whole steps from its start on, the end where a step leads there', () => {
    expect([...everyValue(range('binSteps', 10, 50, { step: 15 }))]).toEqual([10, 25, 40]);
    expect(valueAt(range('binSteps', 10, 50, { step: 15 }), 1)).toBe(40);
    expect([...everyValue(range('part', 0, 0.2, { step: 0.05 }))]).toEqual([0, 0.05, 0.1, 0.15, 0.2]);
  });

  test('on a log scale has three digits, whole numbers too', () => {
    const rate = range('learningRate', 0.0001, 0.1, { scale: 'log', step: 0 });
    expect([0, 0.25, 0.5, 0.9, 1].map((u) => valueAt(rate, u))).toEqual([0.0001, 0.000562, 0.00316, 0.0501, 0.1]);
    expect(valueAt(range('windowSteps', 1, 1_000_000, { scale: 'log' }), 0.8)).toBe(54_900);
  });

  test('that is narrow has the digits that tell its values apart', () => {
    expect(valueAt(range('learningRate', 0.01, 0.0101, { scale: 'log', step: 0 }), 0.5)).toBeCloseTo(0.01005, 6);
    expect(new Set(along(20).map((u) => valueAt(range('phi', 0.9, 0.91, { step: 0 }), u))).size).toBe(20);
  });

  test('has its ends and even steps on its scale as a grid', () => {
    expect(gridValues(range('learningRate', 0.001, 0.1, { scale: 'log', step: 0 }))).toEqual([0.001, 0.00316, 0.01, 0.0316, 0.1]);
    expect(gridValues(range('blocks', 10, 50, { gridPoints: 3 }))).toEqual([10, 30, 50]);
    expect(gridValues(range('layers', 1, 2, { gridPoints: 5 }))).toEqual([1, 2]);
    expect(gridValues(range('blocks', 10, 50, { gridPoints: 1 }))).toEqual([30]);
  });

  test('gives values of itself alone, all of which are listed, and finds them again', () => {
    fc.assert(fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (one, u) => {
      const value = valueAt(one, u) as number;
      expect(value).toBeGreaterThanOrEqual(one.from);
      expect(value).toBeLessThanOrEqual(one.to);
      expect(valueAt(one, coordinateOf(one, value)!)).toBe(value);
      // Near it in the list, which is long.
      for (const listed of everyValue(one)) {
        if (Number(listed) >= value) {
          expect(listed).toBe(value);
          break;
        }
      }
    }), { seed: 1, numRuns: 300 });
  });

  test('lists ascending values, the ends of what it reaches among them', () => {
    fc.assert(fc.property(ranges, (one) => {
      const listed = [...everyValue(one)].map(Number);
      expect(listed.every((value, i) => i === 0 || value > listed[i - 1])).toBe(true);
      expect([listed[0], listed.at(-1)]).toEqual([valueAt(one, 0), valueAt(one, 1)]);
      expect(listed).toEqual(expect.arrayContaining([...gridValues(one)]));
    }), { seed: 2, numRuns: 100 });
  });

  test('does not have what lies outside', () => {
    expect([9, 51, '20', NaN].map((value) => coordinateOf(range('blocks', 10, 50), value))).toEqual([null, null, null, null]);
  });
});

describe('a choice', () => {
  const three = choice('pool', 'half', 'layer', 'all');

  test('gives each value the same part of the unit interval, 1 to the last', () => {
    expect([0, 0.33, 0.34, 0.66, 0.67, 1].map((u) => valueAt(three, u))).toEqual(['half', 'half', 'layer', 'layer', 'all', 'all']);
  });

  test('finds a value again in the middle of its part', () => {
    expect(coordinateOf(three, 'layer')).toBeCloseTo(0.5, 12);
    expect(coordinateOf(three, 'other')).toBeNull();
  });
});

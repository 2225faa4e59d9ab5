import { describe, expect, test } from 'vitest';
import { findBoundaries } from '../../../src/states/boundary.ts';
import { driftOfRows, fluctuationNoise, routingNoise } from '../../../src/states/drift.ts';

describe('drift', () => {
  test('is the load error between the means of the windows before and after a row', () => {
    // First expert 0.2, 0.4, 0.6, 0.6 and 0.2; windows of two rows.
    const shares = Float32Array.of(0.2, 0.8, 0.4, 0.6, 0.6, 0.4, 0.6, 0.4, 0.2, 0.8);
    const drift = driftOfRows(shares, 2, 2);
    expect([drift[0], drift[1], drift[4]]).toEqual([NaN, NaN, NaN]);
    // Means 0.3 → 0.6, then 0.5 → 0.4; both experts move by as much.
    expect(drift[2]).toBeCloseTo(60, 5);
    expect(drift[3]).toBeCloseTo(20, 5);
  });

  test('does not exist in a trace shorter than two windows', () => {
    expect([...driftOfRows(Float32Array.of(0.5, 0.5, 0.5), 1, 2)]).toEqual([NaN, NaN, NaN]);
  });

  test('of balanced routing alone is 2.85 % for 16 experts, 1,024 tokens and windows of 23 rows', () => {
    // √(2/π) · 16 · √(2 · (1/16) · (15/16) / (23 · 1024)) = 0.797885 · 16 · 0.00223064 = 2.8477 %
    expect(routingNoise(16, 23, 1024)).toBeCloseTo(2.8477, 3);
  });

  test('that fluctuation alone explains is read from successive means of ten rows, so slow change counts little', () => {
    // 0.4 and 0.6 by turns of ten rows: differences 0.2, variance 0.02 of such a mean, 0.02 · 10 / 200 of a window's mean.
    const alternating = Float32Array.from({ length: 400 }, (_, row) => (Math.floor(row / 10) % 2 === 0 ? 0.4 : 0.6));
    expect(fluctuationNoise(alternating, 1, 200, 200)).toBeCloseTo(100 * Math.sqrt((2 / Math.PI) * 2 * 0.001), 4);
    // From 0 to 1, where the drift is 50 %.
    const rising = Float32Array.from({ length: 400 }, (_, row) => row / 400);
    expect(fluctuationNoise(rising, 1, 200, 200)).toBeLessThan(0.5);
  });
});

describe('boundaries of a drift series', () => {
  const nothing = [NaN, NaN];

  test('stable begins where the drift falls under the threshold and holds', () => {
    const drift = Float64Array.of(...nothing, 9, 9, 3, 9, 4, 4, 5, 4, ...nothing);
    expect(findBoundaries(drift, 5, 3, 1).changes).toEqual([{ row: 6, state: 'stable' }]);
  });

  test('stable begins at the first row when the first drift is low already', () => {
    expect(findBoundaries(Float64Array.of(...nothing, 1, 1, 1, ...nothing), 5, 3, 1).changes).toEqual([{ row: 0, state: 'stable' }]);
  });

  test('a low drift that does not hold long enough is not stable, but is told', () => {
    const { changes, lowSince } = findBoundaries(Float64Array.of(...nothing, 9, 9, 1, 1, ...nothing), 5, 3, 1);
    expect(changes).toEqual([]);
    expect(lowSince).toBe(4);
  });

  test('a stable layer becomes transient again over 1.5 times the threshold, and may settle again', () => {
    const drift = Float64Array.of(1, 1, 7, 7, 1, 8, 8, 8, 7, 1, 1, 1);
    expect(findBoundaries(drift, 5, 2, 2).changes).toEqual([
      { row: 0, state: 'stable' },
      { row: 5, state: 'transient' },
      { row: 9, state: 'stable' },
    ]);
    expect(findBoundaries(drift, 5, 2, null).changes).toEqual([{ row: 0, state: 'stable' }]);
  });

  test('what comes later does not move a boundary that was found', () => {
    const early = Float64Array.of(9, 9, 1, 1, 1);
    const found = findBoundaries(early, 5, 3, 1).changes;
    const later = findBoundaries(Float64Array.of(...early, 90, 0, 50, 2, 2, 2, 2), 5, 3, 1).changes;
    expect(found).toEqual([{ row: 2, state: 'stable' }]);
    expect(later.slice(0, 1)).toEqual(found);
  });
});

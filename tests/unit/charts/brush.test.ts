import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brushBetween, brushKey, inBrush, movedBrush } from '../../../src/charts/brush.ts';
import { placeAxis } from '../../../src/charts/value-axis.ts';

// Two decades from 200 px at the bottom to 0 at the top.
const rate = placeAxis({ kind: 'log', label: 'learning rate', domain: [0.001, 0.1] }, [], [200, 0]);
const names = placeAxis({ kind: 'category', label: 'loss', names: ['a', 'b', 'c', 'd'] }, [], [200, 0]);

describe('a range of an axis', () => {
  test('lies between two pixels, whichever came first, and ends with the axis', () => {
    const range = brushBetween(rate, 0, 100);
    expect(range[0]).toBeCloseTo(0.01);
    expect(range[1]).toBeCloseTo(0.1);
    expect(brushBetween(rate, 100, -500)).toEqual(range);
  });

  test('of categories always holds whole ones', () => {
    // Bands of 50 px: c from 100 to 50, b from 150 to 100.
    expect(brushBetween(names, 120, 80)).toEqual([0.5, 2.5]);
    expect(brushBetween(names, 120, 119)).toEqual([0.5, 1.5]);
  });

  test('holds at the end of the axis what is drawn there, and never what has no value', () => {
    expect(inBrush(rate, [0.01, 0.1], 7)).toBe(true);
    expect(inBrush(rate, [0.001, 0.01], 7)).toBe(false);
    expect(inBrush(rate, [0.001, 0.1], Number.NaN)).toBe(false);
  });

  test('keeps its length in pixels when it is moved, and stops at the ends', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 10, max: 50 }), fc.integer({ min: -300, max: 300 }), (from, length, by) => {
      const moved = movedBrush(rate, brushBetween(rate, from, from + length), by);
      expect(rate.at(moved[0]) - rate.at(moved[1])).toBeCloseTo(length, 6);
      expect(rate.at(moved[1])).toBeGreaterThanOrEqual(-1e-9);
      expect(rate.at(moved[0])).toBeLessThanOrEqual(200 + 1e-9);
    }));
    expect(movedBrush(names, [0.5, 1.5], -40)).toEqual([1.5, 2.5]);
    expect(movedBrush(names, [0.5, 2.5], 500)).toEqual([-0.5, 1.5]);
  });
});

describe('the keyboard', () => {
  test('moves the upper end by a fiftieth of the axis from the whole one, with Shift the lower end', () => {
    const down = brushKey(rate, null, 'ArrowDown', false);
    expect(down && rate.at(down[1])).toBeCloseTo(4);
    expect(down && rate.at(down[0])).toBeCloseTo(200);
    const up = down && brushKey(rate, down, 'PageUp', true);
    expect(up && rate.at(up[0])).toBeCloseTo(180);
  });

  test('moves from category to category, and one always stays', () => {
    let range = brushKey(names, null, 'ArrowDown', false);
    expect(range).toEqual([-0.5, 2.5]);
    for (let i = 0; i < 6; i++) range = brushKey(names, range ?? null, 'ArrowDown', false);
    expect(range).toEqual([-0.5, 0.5]);
    expect(brushKey(names, [1.5, 2.5], 'ArrowUp', true)).toEqual([1.5, 2.5]);
  });

  test('takes a range away with Escape, and when it holds the whole axis again', () => {
    expect(brushKey(rate, [0.01, 0.02], 'Escape', false)).toBeNull();
    expect(brushKey(names, [-0.5, 2.5], 'ArrowUp', false)).toBeNull();
    expect(brushKey(rate, null, 'Escape', false)).toBeUndefined();
    expect(brushKey(rate, null, 'x', false)).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { colourAt, luminance, scoreColour } from '../../../src/charts/colour.ts';
import { axisDomain, formatValue, placeAxis, positionOn, type ValueAxis } from '../../../src/charts/value-axis.ts';

const rate: ValueAxis = { kind: 'log', label: 'learning rate', domain: [0.001, 0.1] };
const loss: ValueAxis = { kind: 'category', label: 'loss', names: ['squared', 'absolute', 'Huber'] };

describe('an axis of values', () => {
  test('places numbers linearly or by their logarithm, and names in the middle of their bands', () => {
    expect(placeAxis(rate, [], [300, 100]).at(0.01)).toBeCloseTo(200);
    expect(placeAxis({ kind: 'linear', label: 'dropout', domain: [0, 0.5] }, [], [0, 100]).at(0.1)).toBeCloseTo(20);
    const names = placeAxis(loss, [], [0, 90]);
    expect([0, 1, 2].map((value) => names.at(value))).toEqual([15, 45, 75]);
    expect(names.ticks.map(({ label }) => label)).toEqual(['squared', 'absolute', 'Huber']);
  });

  test('holds what lies beyond it at its ends, in both directions', () => {
    const axis = placeAxis(rate, [5], [300, 100]);
    expect(axis.at(5)).toBe(100);
    expect(axis.at(1e-9)).toBeCloseTo(300);
    expect(axis.invert(-50)).toBe(0.1);
    expect(axis.clipped).toBe(true);
  });

  test('has no place for what is no number, nor for 0 on a logarithmic axis', () => {
    const axis = placeAxis(rate, [], [300, 100]);
    expect([Number.NaN, 0, -1].map((value) => axis.at(value))).toEqual([NaN, NaN, NaN]);
    expect(positionOn(axis, Number.NaN)).toBeNaN();
  });

  test('is not stretched by a few values far above the rest when it is robust, but always holds the reference', () => {
    const values = [3, 3.1, 3.2, 3.4, 3.5, 3.6, 3.8, 900];
    expect(axisDomain({ kind: 'linear', label: 'error', robust: true }, values)?.[1]).toBeLessThan(4);
    expect(axisDomain({ kind: 'linear', label: 'error', robust: true }, values, [12])?.[1]).toBeGreaterThan(12);
    expect(axisDomain({ kind: 'linear', label: 'error' }, values)?.[1]).toBeGreaterThan(900);
  });

  test('has room around a single value, and no ticks where there is none', () => {
    expect(axisDomain({ kind: 'log', label: 'window' }, [100])).toEqual([50, 200]);
    expect(placeAxis({ kind: 'linear', label: 'error' }, [], [0, 100]).ticks).toEqual([]);
  });

  test('writes values with their unit, or the name of their category', () => {
    expect(formatValue({ kind: 'linear', label: 'window', unit: 'steps' }, 1000)).toBe('1,000\u202fsteps');
    expect(formatValue(loss, 2)).toBe('Huber');
    expect(formatValue(loss, Number.NaN)).toBe('–');
  });
});

test('colours of scores hold 3:1 on the page, and the best stands out most', () => {
  // --page of both themes.
  for (const [dark, page] of [[false, [252, 252, 250]], [true, [21, 23, 26]]] as const) {
    const contrast = (position: number): number => {
      const [a, b] = [luminance(scoreColour(position, dark)), luminance(page)].sort((one, other) => other - one);
      return (a + 0.05) / (b + 0.05);
    };
    const all = Array.from({ length: 21 }, (_, i) => contrast(i / 20));
    expect(Math.min(...all)).toBeGreaterThanOrEqual(3);
    expect(all).toEqual(all.toSorted((a, b) => b - a));
  }
  expect(scoreColour(0, true)).toEqual(colourAt('viridis', 1));
});

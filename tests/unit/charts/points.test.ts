import { describe, expect, test } from 'vitest';
import { cellEdges, cellsOf } from '../../../src/charts/cells.ts';
import { curveLine, endOf, nearestCurve } from '../../../src/charts/curves-layout.ts';
import { layoutPoints, nearestPoint, placeRuleName, rowsInBox } from '../../../src/charts/point-layout.ts';
import { trendPaths } from '../../../src/charts/trend-path.ts';
import { commonDomain, placeAxis, type Column } from '../../../src/charts/value-axis.ts';

const ids = [10, 11, 12, 13];
const rate: Column = { id: 'rate', axis: { kind: 'log', label: 'learning rate', domain: [0.001, 0.1] }, values: [0.001, 0.01, 0.1, NaN] };
const error: Column = { id: 'error', axis: { kind: 'linear', label: 'error', unit: '%', domain: [0, 10] }, values: [2, 4, 8, 6] };
const loss: Column = { id: 'loss', axis: { kind: 'category', label: 'loss', names: ['mean squared error', 'mean absolute error', 'Huber'] }, values: [0, 0, 1, 2] };

describe('points over two axes', () => {
  const layout = layoutPoints(ids, rate, error, 600, 280, []);

  test('stand at their values, and have no place without one', () => {
    const { frame, xs, ys } = layout;
    expect([xs[0], xs[1], xs[2]]).toEqual([frame.left, (frame.left + frame.right) / 2, frame.right].map((x) => expect.closeTo(x, 6) as number));
    expect(ys[1]).toBeCloseTo(frame.bottom - 0.4 * (frame.bottom - frame.top));
    expect(xs[3]).toBeNaN();
  });

  test('of one category stand apart inside its band, always at the same places', () => {
    const many = Array.from({ length: 200 }, (_, i) => i);
    const one = layoutPoints(many, { ...loss, values: many.map(() => 1) }, { ...error, values: many.map(() => 5) }, 600, 280, []);
    const band = (one.frame.right - one.frame.left) / 3;
    for (const x of one.xs) expect(Math.abs(x - one.x.at(1))).toBeLessThanOrEqual(band * 0.3);
    expect(new Set(one.xs).size).toBeGreaterThan(190);
    expect(layoutPoints(many, { ...loss, values: many.map(() => 1) }, { ...error, values: many.map(() => 5) }, 600, 280, []).xs).toEqual(one.xs);
  });

  test('have names of categories in two lines where they would touch, and shortened where even that is too narrow', () => {
    expect(layoutPoints(ids, loss, error, 900, 280, []).xTicks.map(({ line }) => line)).toEqual([0, 0, 0]);
    const narrow = layoutPoints(ids, loss, error, 330, 280, []);
    expect(narrow.xTicks.map(({ line }) => line)).toEqual([0, 1, 0]);
    expect(narrow.xTicks.map(({ label }) => label)).toEqual(['mean squared error', 'mean absolute error', 'Huber']);
    expect(layoutPoints(ids, loss, error, 200, 280, []).xTicks[0].label).toContain('…');
  });

  test('are found by the pointer, and chosen by a rectangle', () => {
    const { frame, xs, ys } = layout;
    expect(nearestPoint(layout, [0, 1, 2], xs[1] + 3, ys[1] - 3)).toBe(1);
    expect(nearestPoint(layout, [0, 2], xs[1] + 3, ys[1] - 3)).toBeNull();
    expect(rowsInBox(layout, { left: frame.left, right: (frame.left + frame.right) / 2 + 1, top: frame.top, bottom: frame.bottom })).toEqual([0, 1]);
  });

  test('make way for the name of a line, which stands where it covers the fewest', () => {
    const { frame } = layout;
    const at = (frame.top + frame.bottom) / 2;
    const crowd = (x: number, dy: number) => ({ frame, xs: Float64Array.from({ length: 9 }, () => x), ys: Float64Array.from({ length: 9 }, () => at + dy) });
    expect(placeRuleName({ frame, xs: new Float64Array(), ys: new Float64Array() }, at, 80)).toMatchObject({ anchor: 'end', y: at - 5 });
    expect(placeRuleName(crowd(frame.right - 30, -8), at, 80)).toMatchObject({ anchor: 'start', y: at - 5 });
    expect(placeRuleName(crowd(frame.right - 30, -8), frame.bottom, 80).y).toBeLessThan(frame.bottom);
  });
});

describe('cells', () => {
  test('hold the mean of their rows, and no row is lost', () => {
    const many = Array.from({ length: 1000 }, (_, i) => i);
    const x: Column = { ...rate, values: many.map((i) => 10 ** (-3 + (2 * (i % 97)) / 96)) };
    const scores = many.map((i) => i % 7);
    const layout = layoutPoints(many, x, { ...error, values: many.map((i) => (i * 37 % 101) / 10) }, 600, 280, []);
    const cells = cellsOf(layout, scores);
    expect(cells.flatMap(({ rows }) => rows).toSorted((a, b) => a - b)).toEqual(many);
    for (const { rows, mean, left, top, width, height } of cells) {
      expect(mean).toBeCloseTo(rows.reduce((sum, row) => sum + scores[row], 0) / rows.length, 10);
      for (const row of rows) {
        expect(layout.xs[row]).toBeGreaterThanOrEqual(left - 1e-9);
        expect(layout.xs[row]).toBeLessThanOrEqual(left + width + 1e-9);
        expect(layout.ys[row]).toBeGreaterThanOrEqual(top - 1e-9);
        expect(layout.ys[row]).toBeLessThanOrEqual(top + height + 1e-9);
      }
    }
  });

  test('end between the values where these are few', () => {
    const axis = placeAxis({ kind: 'linear', label: 'a', domain: [0, 100] }, [], [0, 100]);
    expect(cellEdges(axis, [80, 20, 20, 40])).toEqual([0, 30, 60, 100]);
    expect(cellEdges(axis, [50])).toEqual([0, 100]);
  });

  test('are the bands of categories, and leave out rows without a score', () => {
    const layout = layoutPoints(ids, loss, error, 900, 280, []);
    expect(cellEdges(layout.x, []).length).toBe(4);
    expect(cellsOf(layout, [1, NaN, NaN, NaN])).toHaveLength(1);
  });
});

describe('a trend', () => {
  const axes = { x: placeAxis({ kind: 'linear', label: 'x', domain: [0, 10] }, [], [0, 100]), y: placeAxis({ kind: 'linear', label: 'y', domain: [0, 10] }, [], [100, 0]) };

  test('of steps holds each value until the next, the last one to the end', () => {
    expect(trendPaths({ label: 'best', kind: 'step', x: [2, 5], y: [8, 3] }, axes).line).toBe('M20 20L50 20L50 70L100 70');
  });

  test('has a band that is broken where an edge is missing', () => {
    const { band, line } = trendPaths({ label: 'mean', x: [0, 1, 2, 3, 4], y: [5, 5, NaN, 5, 5], low: [4, 4, NaN, 4, 4], high: [6, 6, NaN, 6, 6] }, axes);
    expect(band).toBe('M0 40L10 40L10 60L0 60ZM30 40L40 40L40 60L30 60Z');
    expect(line).toBe('M0 50L10 50M30 50L40 50');
  });

  test('over categories is a bar with its spread for each', () => {
    const names = { ...axes, x: placeAxis({ kind: 'category', label: 'loss', names: ['a', 'b'] }, [], [0, 100]) };
    expect(trendPaths({ label: 'mean', x: [0, 1], y: [5, NaN], low: [4, NaN], high: [6, NaN] }, names)).toEqual({ line: '', band: '', bars: 'M10 50h30M25 60V40M20 60h10M20 40h10' });
  });
});

describe('curves', () => {
  const axes = { x: placeAxis({ kind: 'linear', label: 'x', domain: [0, 10] }, [], [0, 100]), y: placeAxis({ kind: 'linear', label: 'y', domain: [0, 10] }, [], [100, 0]) };
  const lines = [curveLine({ x: [0, 10], y: [10, 0] }, axes), curveLine({ x: [0, 5], y: [2, 2] }, axes), curveLine({ x: [0, 5, 10], y: [NaN, 8, 8] }, axes)];

  test('end at their last value', () => {
    expect(endOf({ x: [1, 2, 3], y: [5, 4, NaN] })).toEqual({ x: 2, y: 4 });
    expect(endOf({ x: [], y: [] })).toEqual({ x: NaN, y: NaN });
  });

  test('are found between their points, not beyond their end and not in a gap', () => {
    expect(nearestCurve(lines, [0, 1, 2], 20, 22)).toBe(0);
    expect(nearestCurve(lines, [0, 1, 2], 20, 79)).toBe(1);
    expect(nearestCurve(lines, [1], 58, 80)).toBe(1);
    expect(nearestCurve(lines, [1], 65, 80)).toBeNull();
    expect(nearestCurve(lines, [2], 30, 20)).toBeNull();
    expect(nearestCurve(lines, [2], 80, 20)).toBe(2);
  });

  test('share axes that hold all of them', () => {
    expect(commonDomain({ kind: 'linear', label: 'x' }, [[0, 5], [], [20]], [30]).domain).toEqual([-1.5, 31.5]);
    expect(commonDomain({ kind: 'linear', label: 'x' }, [[]])).toEqual({ kind: 'linear', label: 'x' });
  });
});

import { describe, expect, test } from 'vitest';
import { wrapped } from '../../../src/charts/label-layout.ts';
import { linePath, linesAFrame } from '../../../src/charts/line-painting.ts';
import { describeRow, describeRows, rowsBy, rowsTable } from '../../../src/charts/linked.ts';
import { TONES, markGroups, toneOf } from '../../../src/charts/mark-groups.ts';
import { LEAST_SPACING, inBrushes, layoutParallel, nearestRow, rowLine } from '../../../src/charts/parallel-layout.ts';
import { walkKey } from '../../../src/charts/row-keys.ts';
import { tableCsv } from '../../../src/charts/table.ts';
import { textWidth } from '../../../src/charts/use-size.ts';
import type { Column } from '../../../src/charts/value-axis.ts';

const columns: readonly Column[] = [
  { id: 'loss', axis: { kind: 'category', label: 'loss', names: ['squared', 'absolute'] }, values: [0, 1, 1] },
  { id: 'rate', axis: { kind: 'log', label: 'learning rate', domain: [0.001, 0.1] }, values: [0.001, 0.1, NaN] },
  { id: 'error', axis: { kind: 'linear', label: 'error', unit: '%', domain: [0, 10] }, values: [2, 8, 4] },
];
const layout = layoutParallel(columns, 700, 300, 80, []);
const [, rate, error] = layout.columns;

describe('parallel coordinates', () => {
  test('give every axis the same room, and scroll where there is too little', () => {
    expect(layout.frame.width).toBe(700);
    expect(rate.x - layout.columns[0].x).toBeCloseTo(error.x - rate.x);
    const narrow = layoutParallel([...columns, ...columns, ...columns], 358, 300, 80, []);
    expect(narrow.spacing).toBe(LEAST_SPACING);
    expect(narrow.frame.width).toBeGreaterThan(358);
    expect(narrow.columns[8].x).toBeLessThanOrEqual(narrow.frame.width - 80);
  });

  test('have names that never reach the next axis', () => {
    const long: Column = { id: 'a', axis: { kind: 'linear', label: 'number of hidden units in each of the layers' }, values: [1] };
    const { columns: placed, spacing } = layoutParallel([long, long, long, long], 358, 300, 0, []);
    for (const { name } of placed) for (const line of name) expect(textWidth(line)).toBeLessThanOrEqual(spacing - 8);
  });

  test('lead rows without a value past the axis, under its end', () => {
    const line = rowLine(layout.columns, 2);
    expect(line[3]).toBe(rate.unset);
    expect(rate.unset).toBeGreaterThan(layout.frame.bottom);
    expect(error.unset).toBeNull();
  });

  test('find the line that passes nearest to a point between two axes', () => {
    const middle = (rate.x + error.x) / 2;
    const between = (row: number): number => (rowLine(layout.columns, row)[3] + rowLine(layout.columns, row)[5]) / 2;
    for (const row of [0, 1, 2]) expect(nearestRow(layout.columns, [0, 1, 2], middle, between(row))).toBe(row);
    expect(nearestRow(layout.columns, [0, 1], middle, between(2) + 500)).toBeNull();
  });

  test('choose the rows that lie in the ranges of all axes', () => {
    const chosen = (brushes: readonly (readonly [string, readonly [number, number]])[]): number[] => [0, 1, 2].filter((row) => inBrushes(layout.columns, new Map(brushes), row));
    expect(chosen([])).toEqual([0, 1, 2]);
    expect(chosen([['error', [3, 9]]])).toEqual([1, 2]);
    expect(chosen([['error', [3, 9]], ['rate', [0.01, 0.1]]])).toEqual([1]);
    expect(chosen([['error', [3, 9]], ['rate', [0.001, 0.01]]])).toEqual([]);
  });
});

test('a name that does not fit is broken between words where both lines are shortest, then shortened', () => {
  expect(wrapped('learning rate', 200)).toEqual(['learning rate']);
  expect(wrapped('hidden units in each', 90)).toEqual(['hidden units', 'in each']);
  expect(wrapped('standardisation', 60)).toEqual(['stand…ion']);
});

describe('groups of marks', () => {
  test('are drawn faint ones first, then from the worst to the best, pruned ones under the others', () => {
    const tones = [0, 11, 0, null, 5];
    const groups = markGroups(5, (row) => tones[row], (row) => row === 2, (row) => row !== 4);
    expect(groups.map(({ rows }) => rows)).toEqual([[4], [3], [1], [2], [0]]);
    expect(groups.map(({ faint }) => faint)).toEqual([true, false, false, false, false]);
  });

  test('hold every row once', () => {
    const groups = markGroups(500, (row) => toneOf((row % 37) / 36), (row) => row % 3 === 0, null);
    expect(groups.flatMap(({ rows }) => rows).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, row) => row));
  });

  test('have a tone from the best to the worst, and none for what is no number', () => {
    expect([0, 1, 0.5, NaN, -1].map(toneOf)).toEqual([0, TONES - 1, TONES / 2, null, 0]);
  });
});

test('a frame paints fewer lines the more corners they have, and at least one', () => {
  expect(linesAFrame(2000, 10)).toBe(300);
  expect(linesAFrame(200, 10)).toBe(80);
  expect(linesAFrame(200, 100_000)).toBe(1);
});

test('a line is broken where it has no value', () => {
  expect(linePath([0, 1, 10, NaN, 20, 3, 30, 4])).toBe('M0 1M20 3L30 4');
});

describe('rows in words', () => {
  const words = { name: (id: number) => `trial ${id}`, plural: 'trials' };

  test('say the best, the worst and what the reference gets', () => {
    expect(describeRows([10, 11, 12], columns[2], words, { label: 'sliding average', value: 5 }))
      .toBe('3 trials. Lowest error 2 % (trial 10), highest 8 % (trial 11). sliding average 5 %: 2 of 3 are lower.');
  });

  test('say when there are none, one, or none with a score', () => {
    expect(describeRows([], columns[2], words)).toBe('No trials yet.');
    expect(describeRows([7], { ...columns[2], values: [3] }, words)).toBe('trial 7. error 3 % (trial 7).');
    expect(describeRows([7, 8], { ...columns[2], values: [NaN, NaN] }, words)).toBe('2 trials, none with error.');
    expect(describeRows([7, 8], { ...columns[2], values: [NaN, 3] }, words)).toBe('2 trials, 1 without error. error 3 % (trial 8).');
  });

  test('leave out what a row does not have', () => {
    expect(describeRow('trial 12', columns, 2)).toBe('trial 12: loss absolute, error 4 %');
  });

  test('go into a table with the names of categories and empty fields for what is not set', () => {
    expect(tableCsv(rowsTable('Trials', [10, 11, 12], columns))).toBe('trial,loss,learning rate,error (%)\r\n10,squared,0.001,2\r\n11,absolute,0.1,8\r\n12,absolute,,4\r\n');
  });
});

describe('the arrow keys', () => {
  const order = rowsBy(columns[2].values);

  test('walk from the best row to the worst', () => {
    expect(order).toEqual([0, 2, 1]);
    expect(walkKey('ArrowRight', -1, order, order)).toBe(0);
    expect(walkKey('ArrowRight', 0, order, order)).toBe(2);
    expect(walkKey('End', 0, order, order)).toBe(1);
    expect(walkKey('ArrowRight', 1, order, order)).toBe(1);
  });

  test('walk up and down in an order of their own', () => {
    expect(walkKey('ArrowUp', 1, [0, 1, 2], [1, 2, 0])).toBe(2);
    expect(walkKey('ArrowDown', 1, [0, 1, 2], [1, 2, 0])).toBe(1);
    expect(walkKey('Enter', 1, [0, 1, 2], [1, 2, 0])).toBeNull();
  });

  test('put rows without a value last', () => {
    expect(rowsBy([NaN, 3, NaN, 1])).toEqual([3, 1, 0, 2]);
  });
});

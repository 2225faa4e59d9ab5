import { describe, expect, test } from 'vitest';
import { crosshairStops, lastPoint, percentAxis, shareAxis, valueAt, yDomain, yTicks, type LineSeries } from '../../../src/charts/series.ts';
import { tableCsv, thinned } from '../../../src/charts/table.ts';
import { describeAll, describeHeat, describeSeries, trend } from '../../../src/charts/words.ts';
import { formatPercent } from '../../../src/charts/format.ts';

const line = (x: number[], y: number[], more: Partial<LineSeries> = {}): LineSeries => ({ id: 'a', label: 'a', colour: 'black', x, y, ...more });

describe('the y axis', () => {
  test('holds what is seen and leaves out what lies outside the steps', () => {
    const spike = line([0, 10, 20, 30], [9, 1, 2, 3]);
    expect(yDomain([spike], { label: 'y' }, 10, 30)).toEqual([0.9, 3.1]);
  });

  test('of shares never goes beyond 0 and 100 %', () => {
    expect(yDomain([line([0, 1], [1, 1])], shareAxis(), 0, 1)[1]).toBe(1);
    expect(yDomain([line([0, 1], [0, 0.5])], shareAxis(), 0, 1)[0]).toBe(0);
  });

  test('holds thresholds and the edges of bands', () => {
    const band = line([0, 1], [], { kind: 'band', low: [2, 2], high: [4, 4] });
    const [low, high] = yDomain([band], percentAxis('error, %'), 0, 1, [8]);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(8);
  });

  test('of shares is written in percent', () => {
    expect(yTicks([0, 0.1], shareAxis(), 300).map(({ label }) => label)).toEqual(['0', '2', '4', '6', '8', '10']);
  });
});

describe('values under the crosshair', () => {
  const series = line([0, 10, 20], [1, Number.NaN, 3]);

  test('are those of the last point at or before the step, none in gaps and outside', () => {
    expect(valueAt(series, 5)?.y).toBe(1);
    expect(valueAt(series, 10)).toBeNull();
    expect(valueAt(series, 29)?.y).toBe(3);
    expect(valueAt(series, 30)).toBeNull();
    expect(valueAt(series, -1)).toBeNull();
  });

  test('stop at every step that any series has, inside the half-open span', () => {
    expect(Array.from(crosshairStops([line([0, 10, 20], [1, 1, 1]), line([20, 25, 40], [1, 1, 1])], 5, 40))).toEqual([10, 20, 25]);
  });

  test('the last point of a line is its last number', () => {
    expect(lastPoint(line([0, 10, 20], [1, 2, Number.NaN]), 0, 20)).toEqual({ x: 10, y: 2 });
    expect(lastPoint(line([0], [Number.NaN]), 0, 20)).toBeNull();
  });
});

describe('pictures in words', () => {
  test('a series says where it begins, ends, is lowest and highest', () => {
    expect(describeSeries({ label: 'forecast', x: [0, 1000, 2000, 3000], y: [4, 1, 9, 8] }, String)).toBe(
      'forecast: from 4 to 8, rising; lowest 1 at step 1000, highest 9 at step 2000.',
    );
  });

  test('no value, one value and many series are said too', () => {
    expect(describeSeries({ label: 'a', x: [1], y: [Number.NaN] }, String)).toBe('a: no values.');
    expect(describeSeries({ label: 'a', x: [1], y: [2] }, String)).toBe('a: 2 at step 1, a single point.');
    expect(describeAll(Array.from({ length: 10 }, () => ({ label: 'a', x: [1], y: [2] })), String)).toMatch(/And 2 more\.$/);
  });

  test('noise around a level is level', () => {
    expect(trend([1, 2, 1, 2, 1, 2, 1, 2, 1, 2])).toBe('level');
    expect(trend([5, 4, 3, 2, 1])).toBe('falling');
  });

  test('a heatmap says its lowest and highest cell and its busiest expert', () => {
    expect(describeHeat(Float32Array.from([0.25, 0.5, 0.75, 0.5]), 2, 2, [0, 1000], (share) => formatPercent(share))).toBe(
      '2 experts. Lowest share 25.0 % (expert 0 at step 0), highest 75.0 % (expert 1 at step 0). Expert 1 has most on average, 62.5 %.',
    );
  });
});

describe('tables', () => {
  test('long ones are thinned evenly with both ends', () => {
    const rows = thinned(Array.from({ length: 1000 }, (_, i) => i), 200);
    expect(rows).toHaveLength(200);
    expect([rows[0], rows[199]]).toEqual([0, 999]);
    expect(thinned([1, 2, 3])).toEqual([1, 2, 3]);
  });

  test('CSV has units in its heading, numbers in full, and quotes what needs quotes', () => {
    const csv = tableCsv({ columns: [{ label: 'step' }, { label: 'share', unit: '%' }, { label: 'why' }], rows: () => [[5000, 6.123456789, 'drift, then "calm"'], [1, Number.NaN, '']] });
    expect(csv).toBe('step,share (%),why\r\n5000,6.123456789,"drift, then ""calm"""\r\n1,,\r\n');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crosshairStops, lastPoint, percentAxis, shareAxis, valueAt, yDomain, yTicks, type LineSeries, type YAxis } from '../../../src/charts/series.ts';
import { tableCsv, thinned } from '../../../src/charts/table.ts';
import { describeAll, describeHeat, describeSeries, trend } from '../../../src/charts/words.ts';
import { formatPercent } from '../../../src/charts/format.ts';

/** The number that a tick label says. */
function read(label: string): number {
  const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const [mantissa, power] = label.replaceAll(',', '').replaceAll('−', '-').replace(/^10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])/, '1×10').split('×10');
  const exponent = [...(power ?? '')].map((sign) => (sign === '⁻' ? '-' : String(superscripts.indexOf(sign)))).join('');
  return Number(`${mantissa}e${exponent === '' ? 0 : exponent}`);
}

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

  const labels = (domain: readonly [number, number], axis: YAxis): string[] => yTicks(domain, axis, 300).map(({ label }) => label);

  test('has labels that can be told apart on a narrow logarithmic axis', () => {
    expect(labels([4.6, 5.4], { label: 'y', log: true })).toEqual(['4.6', '4.8', '5.0', '5.2', '5.4']);
    expect(labels([0.00028, 0.00034], { label: 'y', log: true })).toEqual(['2.8×10⁻⁴', '2.9×10⁻⁴', '3.0×10⁻⁴', '3.1×10⁻⁴', '3.2×10⁻⁴', '3.3×10⁻⁴', '3.4×10⁻⁴']);
    expect(labels([0.046, 0.054], shareAxis('share, %', { log: true }))).toEqual(['4.6', '4.8', '5.0', '5.2', '5.4']);
    expect(labels([0.01, 0.6], shareAxis('share, %', { log: true }))).toEqual(['1', '2', '5', '10', '20', '50']);
  });

  test.each<[string, YAxis, number]>([
    ['linear', { label: 'y' }, 1], ['logarithmic', { label: 'y', log: true }, 1],
    ['share', shareAxis(), 100], ['logarithmic share', shareAxis('share, %', { log: true }), 100],
    ['percent', percentAxis('error, %'), 1], ['logarithmic percent', percentAxis('error, %', { log: true }), 1],
  ])('never repeats a label on a %s axis, and a label says its value', (_, axis, scale) => {
    fc.assert(fc.property(
      fc.double({ min: -12, max: 12, noNaN: true }), fc.double({ min: -9, max: 3, noNaN: true }), fc.integer({ min: 40, max: 900 }),
      (size, spread, height) => {
        const low = 10 ** size;
        const ticks = yTicks([low, low * (1 + 10 ** spread)], axis, height);
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
        for (const { label, value } of ticks) expect(Math.abs(read(label) / (value * scale) - 1)).toBeLessThan(1e-9);
      },
    ), { numRuns: 500 });
  });

  test('never repeats a label on a linear axis through 0 or below it', () => {
    const power = fc.double({ min: -9, max: 11, noNaN: true });
    fc.assert(fc.property(power, power, fc.boolean(), (a, b, through) => {
      const domain = through ? [-(10 ** a), 10 ** b] as const : [-(10 ** a), -(10 ** a) * 0.999] as const;
      const said = labels(domain, { label: 'y' });
      expect(said.length).toBeGreaterThan(0);
      expect(new Set(said).size).toBe(said.length);
    }));
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

  test.each([
    ['falls on the whole though it ends higher', [2.66, 9, 8, 7, 6, 2, 1, 1, 1, 3.86], 'with ups and downs'],
    ['rises on the whole though it ends lower', [5, 1, 1, 1, 2, 6, 7, 8, 9, 4], 'with ups and downs'],
    ['is level on the whole though its ends differ', [1, 9, 5, 5, 5, 5, 5, 5, 1, 9], 'with ups and downs'],
    ['rises but ends where it began', [5, 1, 1, 1, 2, 6, 7, 8, 9, 5], 'with ups and downs'],
    ['rises', [1, 2, 3, 4, 5, 4, 6, 7, 9, 8], 'rising'],
    ['falls', [9, 8, 7, 5, 6, 4, 3, 2, 1, 2], 'falling'],
    ['swings around a level', [5, 6, 4, 5, 4, 6, 4, 5, 6, 5], 'level'],
    ['does not move', [5, 5, 5, 5], 'level'],
    ['moves less than is said', [5, 5.001, 5.002, 5.003], 'level'],
  ])('the words for a series that %s agree with its ends', (_, y, words) => {
    const said = describeSeries({ label: 'a', x: y.map((__, i) => i), y }, (value) => value.toFixed(2));
    expect(said).toContain(`from ${y[0].toFixed(2)} to ${y[y.length - 1].toFixed(2)}, ${words};`);
  });

  test('no series is said to rise to less or to fall to more', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 }), (y) => {
      const said = describeSeries({ label: 'a', x: y.map((_, i) => i), y }, (value) => formatPercent(value));
      const change = y[y.length - 1] - y[0];
      if (said.includes('rising')) expect(change).toBeGreaterThan(0);
      if (said.includes('falling')) expect(change).toBeLessThan(0);
    }));
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

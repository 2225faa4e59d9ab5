import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowMeasure } from '../../../src/trace/pictures/imbalance.ts';
import type { ImbalanceMeasure } from '../../../src/trace/pictures/pictures-types.ts';

function of(measure: ImbalanceMeasure, values: Uint32Array | Float32Array): number {
  return rowMeasure(measure, values.length)(values, 0, values.length, Array.from(values).reduce((sum, value) => sum + value, 0));
}

describe('imbalance of one step', () => {
  // Loads 1, 2, 3, 6: mean 3, squared deviations 4 + 1 + 0 + 9 = 14; all differences of pairs 1+2+5+1+4+3 = 16.
  const loads = Uint32Array.of(3, 1, 6, 2);

  test.each<[ImbalanceMeasure, number]>([
    ['max-over-mean', 2],
    ['variation', Math.sqrt(14 / 4) / 3],
    ['gini', (2 * 16) / (2 * 16 * 3)],
    // Shares 1/4, 1/12, 1/2, 1/6.
    ['entropy', (Math.log(4) / 4 + Math.log(12) / 12 + Math.log(2) / 2 + Math.log(6) / 6) / Math.log(4)],
    ['kl', Math.log(4) - (Math.log(4) / 4 + Math.log(12) / 12 + Math.log(2) / 2 + Math.log(6) / 6)],
    ['dead', 0],
  ])('%s of loads 3, 1, 6, 2 is as calculated by hand', (measure, expected) => {
    expect(of(measure, loads)).toBeCloseTo(expected, 10);
  });

  test.each<[ImbalanceMeasure, number, number]>([
    ['max-over-mean', 1, 5],
    ['variation', 0, 2],
    ['gini', 0, 0.8],
    ['entropy', 1, 0],
    ['kl', 0, Math.log(5)],
    ['dead', 0, 4],
  ])('%s is %d when balanced and %d when one of five experts has everything', (measure, balanced, collapsed) => {
    expect(of(measure, Uint32Array.of(7, 7, 7, 7, 7))).toBeCloseTo(balanced, 4);
    expect(of(measure, Uint32Array.of(0, 0, 35, 0, 0))).toBeCloseTo(collapsed, 4);
  });

  test.each<[ImbalanceMeasure, number]>([['max-over-mean', 1], ['variation', 0], ['gini', 0], ['entropy', 1], ['kl', 0], ['dead', 3]])(
    '%s of a step without tokens is %d',
    (measure, expected) => {
      expect(of(measure, new Uint32Array(3))).toBeCloseTo(expected, 12);
    },
  );

  test('a single expert is balanced', () => {
    expect(of('entropy', Uint32Array.of(9))).toBe(1);
    expect(of('gini', Uint32Array.of(9))).toBe(0);
    expect(of('max-over-mean', Uint32Array.of(9))).toBe(1);
  });

  test('shares measure the same as the counts behind them', () => {
    const shares = Float32Array.from(loads, (load) => load / 12);
    for (const measure of ['max-over-mean', 'variation', 'gini', 'entropy', 'kl', 'dead'] as const) {
      expect(of(measure, shares)).toBeCloseTo(of(measure, loads), 5);
    }
  });

  test('the Gini coefficient is the mean difference of all pairs over twice the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 300 }), (loads) => {
        const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
        fc.pre(mean > 0);
        let differences = 0;
        for (const a of loads) for (const b of loads) differences += Math.abs(a - b);
        expect(of('gini', Uint32Array.from(loads))).toBeCloseTo(differences / (2 * loads.length ** 2 * mean), 3);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

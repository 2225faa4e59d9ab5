import { beforeAll, describe, expect, test } from 'vitest';
import { fitArima } from '../../../../src/forecast/series/arima/fit.ts';
import type { ArimaModel } from '../../../../src/forecast/series/arima/model.ts';
import { cutSeries, deviationOf, fits, horizons, orderOf, seasonal, withGaps, type FitReference } from './references.ts';

let series: readonly Float64Array[] = [];
beforeAll(async () => {
  series = await cutSeries();
});

interface Compared {
  readonly model: ArimaModel;
  readonly reference: FitReference;
  /** Log-likelihood above R's. */
  readonly gain: number;
  /** Largest distance of forecasts, in standard deviations of the series. */
  readonly apart: number;
  /** Largest relative distance of standard errors. */
  readonly errorsApart: number;
}

function compare(values: Float64Array, reference: FitReference): Compared {
  const model = fitArima(values, { order: orderOf(reference), constant: reference.constant !== 'none' });
  const forecast = model.forecast(new Float64Array(50));
  const errors = model.standardErrors(new Float64Array(50));
  const most = (distance: (h: number, i: number) => number): number => Math.max(...horizons.map((h, i) => Math.abs(distance(h - 1, i))));
  return {
    model, reference,
    gain: model.logLik - (reference.logLik ?? NaN),
    apart: most((at, i) => forecast[at] - reference.forecast[i]) / deviationOf(values),
    errorsApart: most((at, i) => errors[at] / reference.standardError[i] - 1),
  };
}

function compareAll(name: string, gaps = false): Compared[] {
  const chosen = fits.filter(({ order, constant, gaps: has, logLik }) => `${order.join()} ${constant}` === name && has === gaps && logLik !== undefined);
  return chosen.map((reference) => compare(gaps ? withGaps(series[reference.cut], reference.cut) : series[reference.cut], reference));
}

/** Where both are at the same optimum, all that follows from it is the same. */
function expectSameResults(compared: readonly Compared[]): void {
  for (const { model, reference, gain, apart, errorsApart } of compared) {
    if (Math.abs(gain) > 0.01) continue;
    expect(apart).toBeLessThan(0.01);
    expect(errorsApart).toBeLessThan(0.01);
    expect(model.sigma2 / reference.sigma2).toBeCloseTo(1, 2);
    for (const criterion of ['aic', 'aicc', 'bic'] as const) expect(model[criterion] + 2 * gain).toBeCloseTo(reference[criterion], 5);
  }
}

const gainsOf = (compared: readonly Compared[]): number[] => compared.map(({ gain }) => gain);

describe('against R, both searched to the end', () => {
  test('all references of R converged', () => {
    expect(fits.filter(({ logLik, converged }) => logLik !== undefined && !converged)).toEqual([]);
  });

  test.each([
    ['1,0,0 mean', false], ['2,0,2 mean', false], ['0,1,1 none', false], ['1,1,1 drift', false], ['0,2,2 none', false],
    ['1,0,1 mean', true], ['1,1,1 drift', true],
  ] as const)('ARIMA(%s), gaps: %s: nowhere a lower likelihood', (name, gaps) => {
    const compared = compareAll(name, gaps);
    expect(compared.length).toBeGreaterThan(10);
    for (const gain of gainsOf(compared)) expect(gain).toBeGreaterThan(-0.05);
    expectSameResults(compared);
  });

  // Its likelihood has dozens of optima. R stops at the first; of 63 series it finds a better one twice (by 0.1 and 2.0).
  test('ARIMA(5,1,5): on average a higher likelihood, and hardly ever a lower one', () => {
    const compared = compareAll('5,1,5 none');
    const gains = gainsOf(compared);
    expect(gains).toHaveLength(63);
    expect(gains.filter((gain) => gain < -0.05).length).toBeLessThanOrEqual(2);
    expect(Math.min(...gains)).toBeGreaterThan(-2);
    expect(gains.filter((gain) => gain > 0.01).length).toBeGreaterThan(50);
    expect(gains.reduce((sum, gain) => sum + gain, 0) / gains.length).toBeGreaterThan(2);
    expectSameResults(compared);
  });

  test('ARIMA(5,1,5) on series with gaps: the same', () => {
    const compared = compareAll('5,1,5 none', true);
    const gains = gainsOf(compared);
    expect(gains).toHaveLength(11);
    expect(gains.filter((gain) => gain < -0.05).length).toBeLessThanOrEqual(1);
    expect(Math.min(...gains)).toBeGreaterThan(-1);
    expectSameResults(compared);
  });

  test('where R gives up, the series is constant and so is the forecast', () => {
    const given = fits.filter(({ logLik }) => logLik === undefined);
    expect(given.length).toBeGreaterThan(3);
    for (const reference of given) {
      const values = reference.gaps ? withGaps(series[reference.cut], reference.cut) : series[reference.cut];
      const model = fitArima(values, { order: orderOf(reference), constant: reference.constant !== 'none' });
      expect(model.fallback).toBe('the series has no noise');
      expect([...model.forecast(new Float64Array(3))]).toEqual(Array.from({ length: 3 }, () => values.find(Number.isFinite)));
    }
  });

  test('seasonal models of simulated series: nowhere a lower likelihood', () => {
    const compared = seasonal.flatMap(({ values, fits: references }) => references.map((reference) => compare(Float64Array.from(values), reference)));
    expect(compared).toHaveLength(32);
    for (const gain of gainsOf(compared)) expect(gain).toBeGreaterThan(-0.05);
    expectSameResults(compared);
  });
});

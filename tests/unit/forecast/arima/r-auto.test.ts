import { beforeAll, describe, expect, test } from 'vitest';
import { autoArima } from '../../../../src/forecast/series/arima/auto.ts';
import { hasStrongSeason, kpss } from '../../../../src/forecast/series/arima/choose-differences.ts';
import { differenced } from '../../../../src/forecast/series/arima/differences.ts';
import { ljungBox } from '../../../../src/forecast/series/arima/ljung-box.ts';
import { automatic, cutSeries, seasonal } from './references.ts';

/** All 200 series with ARIMA_ALL=1; without, every fifth. */
const every = process.env.ARIMA_ALL === '1' ? 1 : 5;
const first = { d: 1, D: 0, period: 1 };

let series: readonly Float64Array[] = [];
beforeAll(async () => {
  series = await cutSeries();
});

describe('automatic order choice against R', () => {
  test('takes as many differences, and its AICc is at most 2 above on 95 % of the series', () => {
    const references = automatic.filter(({ cut }) => cut < 200 && cut % every === 0);
    const distances = references.map(({ cut, order, aicc }) => {
      const { model } = autoArima(series[cut]);
      expect(model.order.d).toBe(order[1]);
      // Both say −Infinity of a constant series.
      return model.aicc === aicc || model.logLik === Infinity ? 0 : model.aicc - aicc;
    });
    const near = distances.filter((distance) => distance <= 2).length / distances.length;
    const lower = distances.filter((distance) => distance < -2).length / distances.length;
    if (every === 1) console.log(`AICc at most 2 above R's: ${100 * near} %, more than 2 below: ${100 * lower} %`);
    expect(near).toBeGreaterThanOrEqual(0.95);
    expect(lower).toBeGreaterThan(0.2);
  });

  test('of simulated seasonal series: the same differences, and an AICc at most 2 above', () => {
    for (const { period, values, automatic: { order, seasonal: [, D], aicc } } of seasonal) {
      const { model } = autoArima(Float64Array.from(values), { period });
      expect([model.order.d, model.order.D]).toEqual([order[1], D]);
      expect(model.aicc).toBeLessThan(aicc + 2);
    }
  });

  test('does not look for seasons unasked, and says what it considered', () => {
    const { model, considered } = autoArima(Float64Array.from(seasonal[0].values));
    expect(model.order.period).toBe(1);
    expect(considered.map(({ name }) => name).slice(0, 4)).toEqual(['ARIMA(2,1,2)', 'ARIMA(0,1,0)', 'ARIMA(1,1,0)', 'ARIMA(0,1,1)']);
    expect(Math.min(...considered.map(({ aicc }) => aicc))).toBeGreaterThanOrEqual(model.aicc - 1e-6);
  });
});

describe('tests against R', () => {
  test('KPSS statistics, of series and of their differences', () => {
    const varying = automatic.filter(({ kpss: statistic }) => typeof statistic === 'number');
    expect(varying.length).toBeGreaterThan(190);
    for (const { cut, kpss: statistic, kpssOfDifferences } of varying) {
      expect(kpss(series[cut])).toBeCloseTo(statistic, 9);
      expect(kpss(differenced(series[cut], first))).toBeCloseTo(kpssOfDifferences, 9);
    }
  });

  test('seasonal differences', () => {
    for (const { period, values, seasonalDifferences } of seasonal) expect(hasStrongSeason(Float64Array.from(values), period)).toBe(seasonalDifferences === 1);
  });

  test('Ljung and Box, with and without fitted coefficients', () => {
    const tested = automatic.flatMap(({ cut, ljungBox: both }) => (both && Number.isFinite(both[0].statistic) ? [{ cut, both }] : []));
    expect(tested.length).toBeGreaterThan(10);
    for (const { cut, both } of tested) {
      for (const [values, { lags, fitted, statistic, pValue }] of [[series[cut], both[0]], [differenced(series[cut], first), both[1]]] as const) {
        const found = ljungBox(values, lags, fitted);
        expect(found.statistic / statistic).toBeCloseTo(1, 9);
        expect(found.degreesOfFreedom).toBe(lags - fitted);
        expect(found.pValue).toBeCloseTo(pValue, 10);
      }
    }
  });
});

import { describe, expect, test } from 'vitest';
import { tableOf } from '../../../../src/forecast/comparison/table.ts';
import type { ComparisonResult } from '../../../../src/forecast/comparison/types.ts';
import { comparisonSettings, contender, point, reference } from './support.ts';

const settings = comparisonSettings({ contenders: [contender('last-value'), contender('theta'), contender('ridge')], everySteps: 50, horizons: [40, 80] });

function resultOf(points: ComparisonResult['points'], references: ComparisonResult['references'] = []): ComparisonResult {
  return { settings, points, references };
}

/** Errors of one contender at origins 0, 50, 100 and so on. */
const series = (index: number, errors: readonly number[]): ComparisonResult['points'] => errors.map((error, i) => point({ contender: index, originStep: 50 * i, error }));

describe('the comparison table', () => {
  test('means are over the layers and origins that all contenders have', () => {
    const points = [
      point({ contender: 0, error: 2, elapsedMs: 3 }), point({ contender: 0, layer: 1, error: 4, covered: 0.8, width: 2, elapsedMs: 4 }), point({ contender: 0, layer: 1, originStep: 50, error: 100, elapsedMs: 5 }),
      point({ contender: 0, horizon: 1, error: 50, elapsedMs: 3 }),
      point({ contender: 1, error: 1 }), point({ contender: 1, layer: 1, error: 3 }),
    ];
    const { rows, horizonSteps } = tableOf(resultOf(points), 0, 'loadBlock');
    expect(horizonSteps).toBe(40);
    expect(rows).toMatchObject([
      { contender: 0, count: 2, scores: { loadBlock: 3, loadPerStep: 6, relativeBlock: 9 }, covered: 0.8, width: 2, best: false },
      { contender: 1, count: 2, scores: { loadBlock: 2 }, best: true, tied: true, pValue: NaN },
    ]);
    expect(rows[0].mase).toBeCloseTo(0.3, 12);
    // All that was done, a fit once for both horizons.
    expect(rows[0].elapsedMs).toBe(12);
  });

  test('the best average is that of the window with the least mean error over the same layers and origins', () => {
    const points = [...series(0, [3, 3]), ...series(1, [2, 1])];
    const references = [
      reference({ averages: [9, 4, 1], floor: 0.4 }), reference({ originStep: 50, averages: [9, 2, 6], floor: 0.6 }),
      reference({ originStep: 100, averages: [0, 0, 0] }), reference({ horizon: 1, averages: [0, 0, 0] }),
    ];
    const { bestAverage, bestWindowSteps, rows, noiseFloor } = tableOf(resultOf(points, references), 0, 'loadBlock');
    expect([bestWindowSteps, bestAverage]).toEqual([20, 3]);
    expect(noiseFloor.loadBlock).toBeCloseTo(0.5, 12);
    expect(rows.map(({ skill }) => skill)).toEqual([0, 0.5]);
  });

  test('what is worse at every origin is not tied, what is worse by chance is', () => {
    const best = [2, 3, 2, 3, 2, 3, 2, 3, 2, 3];
    const points = [...series(0, best), ...series(1, best.map((error, i) => error + 1 + 0.1 * (i % 3))), ...series(2, best.map((error, i) => error + (i % 2 === 0 ? 1 : -0.9)))];
    const { rows } = tableOf(resultOf(points), 0, 'loadBlock');
    expect(rows.map(({ best: is, tied }) => [is, tied])).toEqual([[true, true], [false, false], [false, true]]);
    expect(rows[1].pValue).toBeLessThan(0.001);
    expect(rows[2].pValue).toBeGreaterThan(0.5);
  });

  test('the test is on the mean over layers of each origin, as R’s dm.test has it', () => {
    // Differences by origin 1, 2, 3, 4, 5 once both layers are put together: mean 3, variance 2, so DM = 3 / √(2 / 5) and,
    // corrected by √(4 / 5), t = 4.2426 with 4 degrees of freedom: p = 0.01324.
    const points = [0, 1].flatMap((layer) => [1, 2, 3, 4, 5].flatMap((difference, i) => [
      point({ layer, contender: 0, originStep: 50 * i, error: 1 }), point({ layer, contender: 1, originStep: 50 * i, error: 1 + difference + (layer === 0 ? 0.5 : -0.5) }),
    ]));
    expect(tableOf(resultOf(points), 0, 'loadBlock').rows[1].pValue).toBeCloseTo(0.01324, 4);
  });

  test('horizons that overlap tell less', () => {
    const errors = [1, 1, 1, 1, -0.2, -0.2, 1, 1, 1, 1, -0.2, -0.2];
    const points = [0, 1].flatMap((horizon) => errors.flatMap((error, i) => [
      point({ horizon, contender: 0, originStep: 50 * i, error: 1 }), point({ horizon, contender: 1, originStep: 50 * i, error: 1 + error }),
    ]));
    const pValue = (horizon: number): number => tableOf(resultOf(points), horizon, 'loadBlock').rows[1].pValue;
    expect(pValue(1)).toBeGreaterThan(pValue(0));
  });

  test('of four origins there is no test', () => {
    const { rows } = tableOf(resultOf([...series(0, [1, 1, 1, 1]), ...series(1, [9, 8, 9, 8])]), 0, 'loadBlock');
    expect(rows[1]).toMatchObject({ pValue: NaN, tied: false });
  });

  test('the best is that of the measure', () => {
    const points = [{ ...point({ contender: 0, error: 1 }), mase: 5 }, { ...point({ contender: 1, error: 2 }), mase: 4 }];
    expect(tableOf(resultOf(points), 0, 'loadBlock').rows.map(({ best }) => best)).toEqual([true, false]);
    expect(tableOf(resultOf(points), 0, 'mase').rows.map(({ best }) => best)).toEqual([false, true]);
    expect(tableOf(resultOf(points), 0, 'relativePerStep').rows.map(({ best }) => best)).toEqual([false, false]);
  });

  test('nothing at all is an empty table', () => {
    expect(tableOf(resultOf([]), 0, 'loadBlock')).toMatchObject({ rows: [], bestAverage: NaN, bestWindowSteps: NaN });
  });
});

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { backtest } from '../../../../src/forecast/backtest.ts';
import { compareLayer } from '../../../../src/forecast/comparison/compare-layer.ts';
import { judgeGiven } from '../../../../src/forecast/comparison/judge.ts';
import { referenceWindows, type ComparisonPoint } from '../../../../src/forecast/comparison/types.ts';
import { historyBefore } from '../../../../src/forecast/history.ts';
import { cheapForecaster, cheapForecasters } from '../../../../src/forecast/registry.ts';
import { random } from '../../../../src/random.ts';
import { madeLayer, spoiltLayer, wanderingLayer } from '../layers.ts';
import { compared, comparisonSettings, contender } from './support.ts';

/** The first of two experts gains 0.001 a step. */
const rising = madeLayer(200, 2, (expert, step) => (expert === 0 ? 0.1 + step / 1000 : 0.9 - step / 1000));
const wandering = wanderingLayer(700, 5, 3);
const other = wanderingLayer(700, 3, 5);

describe('the comparison of a layer', () => {
  test('judges each origin for the horizons that the trace holds whole', async () => {
    const { points, references } = await compared(rising, comparisonSettings({ horizons: [40, 100] }));
    const origins = (horizon: number): number[] => points.filter((point) => point.contender === 0 && point.horizon === horizon).map(({ originStep }) => originStep);
    expect(origins(0)).toEqual([50, 75, 100, 125, 150]);
    expect(origins(1)).toEqual([50, 75, 100]);
    expect(points).toHaveLength(16);
    expect(references).toHaveLength(8);
  });

  test('scores as the backtest of one forecaster does', async () => {
    for (const id of ['chosen-holt', 'ridge']) {
      const settings = comparisonSettings({ contenders: [contender('last-value'), contender(id)], horizons: [40, 100], firstOriginStep: 200, everySteps: 100 });
      const { points } = await compared(wandering, settings, { others: [other] });
      for (const [horizon, horizonSteps] of settings.horizons.entries()) {
        const expected = [];
        for await (const one of backtest(wandering, cheapForecaster(id), {}, { ...settings, horizonSteps }, { others: [other] })) expected.push(one.scores);
        expect(points.filter((point) => point.contender === 1 && point.horizon === horizon).map(({ scores }) => scores)).toEqual(expected);
      }
    }
  }, 40_000);

  test('of a straight rise, the scaled error is that of the middles of window and horizon over half a horizon and half a step', async () => {
    const { points } = await compared(rising, comparisonSettings());
    const scaled = (index: number): number[] => points.filter((point) => point.contender === index).map(({ mase }) => mase);
    for (const mase of scaled(0)) expect(mase).toBeCloseTo(30 / 20.5, 4);
    for (const mase of scaled(1)) expect(mase).toBeCloseTo(1, 4);
  });

  test('there is no scaled error where nothing was known a horizon back, or the last value hit', async () => {
    const early = await compared(rising, comparisonSettings({ firstOriginStep: 30, lastOriginStep: 41, everySteps: 10 }));
    expect(early.points.filter((point) => point.contender === 1).map(({ mase }) => Number.isNaN(mase))).toEqual([true, true]);
    const still = await compared(madeLayer(200, 2, () => 1), comparisonSettings());
    expect(still.points.every(({ mase }) => Number.isNaN(mase))).toBe(true);
  });

  test('references are the averages of the windows and the noise floor', async () => {
    const { references } = await compared(rising, comparisonSettings());
    // Middles of w steps back (at most all that is known) and 40 ahead, two experts, 0.1 % a step.
    const [first] = references;
    referenceWindows.forEach((window, i) => expect(first.averages[i]).toBeCloseTo(0.2 * (20 + Math.min(window, 50) / 2), 3));
    expect(first.noiseFloor.loadBlock).toBeCloseTo(0.1, 3);
    expect(first.noiseFloor.loadPerStep).toBeNaN();
  });

  test('between refits a model takes in what has come since, and one that cannot is fitted anew', async () => {
    const taken: number[][] = [];
    const forecaster = cheapForecaster('last-value');
    const fit = vi.spyOn(forecaster, 'fit').mockImplementation(({ experts }) => ({
      forecast: () => ({ experts, blocks: 1, mean: new Float64Array(experts).fill(1 / experts) }),
      update: ({ rows, steps, shares }) => void taken.push([rows, steps[rows - 1], shares.length]),
    }));
    try {
      await compared(rising, comparisonSettings({ contenders: [contender('last-value')], refitEvery: 3 }));
      // Step 25 lies before the first origin, and serves intervals alone.
      expect(fit.mock.calls.map(([{ rows }]) => rows)).toEqual([25, 50, 125]);
      expect(taken).toEqual([[75, 74, 150], [100, 99, 200], [150, 149, 300]]);
      fit.mockImplementation(({ experts }) => ({ forecast: () => ({ experts, blocks: 1, mean: new Float64Array(experts).fill(1 / experts) }) }));
      fit.mockClear();
      await compared(rising, comparisonSettings({ contenders: [contender('last-value')], refitEvery: 3 }));
      expect(fit.mock.calls.map(([{ rows }]) => rows)).toEqual([25, 50, 75, 100, 125, 150]);
    } finally {
      fit.mockRestore();
    }
  });

  test('between refits what has nothing to fit forecasts as ever, and what is fitted keeps its coefficients', async () => {
    const errors = async (id: string, refitEvery: number): Promise<number[]> => {
      const { points } = await compared(wandering, comparisonSettings({ contenders: [contender(id)], refitEvery, firstOriginStep: 400, everySteps: 50, horizons: [100] }));
      return points.map(({ scores }) => scores.loadBlock);
    };
    for (const id of ['last-value', 'sliding-average', 'damped-holt', 'shrunken-trend']) expect(await errors(id, 100)).toEqual(await errors(id, 1));
    const always = await errors('arima', 1);
    const everySecond = await errors('arima', 2);
    const updatedOnly = await errors('arima', 100);
    expect(always).toHaveLength(5);
    // Refits are at the first, third and fifth origin.
    for (const refit of [0, 2, 4]) expect(everySecond[refit]).toBe(always[refit]);
    for (const updated of [1, 3]) expect(everySecond[updated]).not.toBe(always[updated]);
    expect(updatedOnly[0]).toBe(always[0]);
    expect(updatedOnly.slice(1).every((error, i) => error !== always[i + 1] && Number.isFinite(error))).toBe(true);
  });

  test('forecasts that were made elsewhere are judged alike', async () => {
    const settings = comparisonSettings({ horizons: [40, 100], contenders: [contender('chosen-average')], firstOriginStep: 100, everySteps: 50 });
    const { points } = await compared(wandering, settings);
    // Step 50 lies before the first origin: its forecasts serve the intervals alone.
    const places = [{ originStep: 50, horizon: 0 }, { originStep: 50, horizon: 1 }, ...points];
    const given = await Promise.all(places.map(async ({ originStep, horizon }) => {
      const model = await cheapForecaster('chosen-average').fit(historyBefore(wandering, originStep), {});
      return { originStep, horizon, elapsedMs: 0, ...model.forecast(settings.horizons[horizon]) };
    }));
    expect(judgeGiven(0, wandering, 0, settings, given, 100)).toEqual(points);
    expect(judgeGiven(0, wandering, 0, settings, given, 500)).toEqual(points.filter(({ originStep }) => originStep >= 500));
    expect(points.some(({ originStep, width }) => originStep >= 500 && width > 0)).toBe(true);
  });

  test('leaves what is trained to others', async () => {
    const { points } = await compared(rising, comparisonSettings({ contenders: [contender('lstm'), contender('last-value')] }));
    expect(new Set(points.map((point) => point.contender))).toEqual(new Set([1]));
  });

  test('says what cannot be compared', async () => {
    for (const [changes, where] of [[{ everySteps: 0 }, 'origins'], [{ horizons: [] }, 'horizons'], [{ horizons: [40, 40] }, 'horizons'], [{ horizons: [300] }, 'origins']] as const) {
      await expect(compared(rising, comparisonSettings(changes))).rejects.toMatchObject({ code: 'bad-setting', where });
    }
    await expect(compared(rising, comparisonSettings({ contenders: [contender('oracle')] }))).rejects.toMatchObject({ code: 'bad-setting', where: 'forecaster' });
  });

  test('tells how far it is, and ends when cancelled with what has come', async () => {
    const controller = new AbortController();
    const done: number[] = [];
    const came: number[] = [];
    const work = (async () => {
      for await (const { points } of compareLayer(0, rising, comparisonSettings(), {
        signal: controller.signal,
        onProgress: (progress) => {
          done.push(progress.done);
          if (progress.done === 2) controller.abort();
        },
      })) came.push(points[0].originStep);
    })();
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(done).toEqual([0, 1, 2]);
    expect(came).toEqual([50, 75]);
  });
});

describe('leakage', () => {
  test('garbage after the last step that an origin’s horizon needs changes nothing there or before', async () => {
    const settings = comparisonSettings({
      contenders: cheapForecasters.filter(({ cost }) => cost === 'cheap').map(({ id }) => contender(id)), firstOriginStep: 60, everySteps: 90, horizons: [30, 120],
    });
    const real = await compared(wandering, settings, { others: [other] });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 150, max: 699 }), fc.nat(), async (row, seed) => {
        const changed = await compared(spoiltLayer(wandering, row, random(seed)), settings, { others: [spoiltLayer(other, row, random(seed + 1))] });
        const before = <Item extends { readonly originStep: number; readonly horizon: number }>(items: readonly Item[]): readonly Item[] => (
          items.filter(({ originStep, horizon }) => originStep + settings.horizons[horizon] <= row)
        );
        expect(before(changed.points)).toEqual(before(real.points));
        expect(before(changed.references)).toEqual(before(real.references));
        expect(before(real.points).length).toBeGreaterThan(0);
      }),
      { seed: 1, numRuns: 15 },
    );
  }, 60_000);

  test('the width of an interval depends on nothing from its origin on', async () => {
    const settings = comparisonSettings({ firstOriginStep: 60, everySteps: 20, horizons: [30, 120] });
    const real = await compared(wandering, settings);
    const widths = (points: readonly ComparisonPoint[], row: number): readonly number[] => points.filter(({ originStep }) => originStep <= row).map(({ width }) => width);
    for (const row of [200, 300, 450, 600]) {
      const changed = await compared(spoiltLayer(wandering, row, random(row)), settings);
      expect(widths(changed.points, row)).toEqual(widths(real.points, row));
      expect(widths(real.points, row).filter((width) => width > 0).length).toBeGreaterThan(0);
    }
  });
});

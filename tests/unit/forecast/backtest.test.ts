import { describe, expect, test } from 'vitest';
import { backtest, meanScores, type BacktestSettings, type OriginScores } from '../../../src/forecast/backtest.ts';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { cheapForecaster } from '../../../src/forecast/registry.ts';

/** The first of two experts gains 1 token of 1,000 a step. */
const rising = layerShares(
  Uint32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 100 + i / 2 : 900 - (i - 1) / 2)),
  Float64Array.from({ length: 200 }, (_, row) => row),
  2,
);
const settings: BacktestSettings = { firstOriginStep: 50, lastOriginStep: 200, everySteps: 25, horizonSteps: 40, coldShare: 0.001 };

async function all(forecasterId: string, values: object, changes: Partial<BacktestSettings> = {}, options = {}): Promise<OriginScores[]> {
  const found: OriginScores[] = [];
  for await (const one of backtest(rising, cheapForecaster(forecasterId), { ...values }, { ...settings, ...changes }, options)) found.push(one);
  return found;
}

describe('backtest', () => {
  test('judges every origin whose horizon the trace holds whole', async () => {
    expect((await all('last-value', {})).map(({ originStep }) => originStep)).toEqual([50, 75, 100, 125, 150]);
  });

  test('of a straight rise errs by the distance of the middles of window and horizon, at every origin', async () => {
    // Middles of 20 steps back and 40 ahead are 30 steps apart: 0.03 for each of two experts.
    for (const { scores } of await all('sliding-average', { windowSteps: 20 })) expect(scores.loadBlock).toBeCloseTo(6, 4);
    for (const { scores } of await all('last-value', {})) expect(scores.loadBlock).toBeCloseTo(2 * 2.05, 4);
  });

  test('leaves out origins before anything is known', async () => {
    expect((await all('last-value', {}, { firstOriginStep: -25, lastOriginStep: 30 })).map(({ originStep }) => originStep)).toEqual([25]);
  });

  test('without any origin says so', async () => {
    await expect(all('last-value', {}, { horizonSteps: 300 })).rejects.toMatchObject({ code: 'bad-setting', where: 'origins' });
    await expect(all('last-value', {}, { everySteps: 0 })).rejects.toMatchObject({ code: 'bad-setting', where: 'origins' });
  });

  test('reports progress and stops when cancelled', async () => {
    const controller = new AbortController();
    const done: number[] = [];
    const work = all('last-value', {}, {}, {
      signal: controller.signal,
      onProgress: (progress: { done: number }) => {
        done.push(progress.done);
        if (progress.done === 2) controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(done).toEqual([0, 1, 2]);
  });

  test('means leave out what is unknown', () => {
    const scores = { loadPerStep: 1, loadBlock: 2, relativePerStep: NaN, relativeBlock: 4, absolutePerStep: 5, absoluteBlock: 6 };
    expect(meanScores([scores, { ...scores, loadPerStep: 3, relativePerStep: 8 }])).toEqual({ ...scores, loadPerStep: 2, relativePerStep: 8 });
  });
});

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { forecastBand, pastOrigins } from '../../../src/forecast/forecast-band.ts';
import { forecastPicture } from '../../../src/forecast/forecast-picture.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import type { LayerShares } from '../../../src/forecast/layer-shares.ts';
import type { BandRequest } from '../../../src/forecast/picture-types.ts';
import { cheapForecaster, cheapForecasters } from '../../../src/forecast/registry.ts';
import { random } from '../../../src/random.ts';
import { madeLayer, spoiltLayer, wanderingLayer } from './layers.ts';

const wandering = wanderingLayer(900, 5, 3);
const other = wanderingLayer(900, 3, 5);

async function asked(layer: LayerShares, id: string, { originStep = 600, horizonSteps = 100, coverage = 0.9, others = [] as readonly LayerShares[] } = {}) {
  const { pools } = cheapForecaster(id);
  const learnt = pools ? others : [];
  const model = await cheapForecaster(id).fit(historyBefore(layer, originStep, learnt), {});
  const request: Omit<BandRequest, 'fingerprint' | 'layer'> = { forecaster: { kind: 'cheap', id, values: {} }, originStep, horizonSteps, coverage, forecast: model.forecast(horizonSteps) };
  return { ...await forecastBand(layer, request, learnt), elapsedMs: 0 };
}

describe('the band around a forecast', () => {
  test('rests on the six latest forecasts whose horizon is over, and on the two latest whose quarter is', () => {
    expect(pastOrigins({ firstStep: 0, strideSteps: 1 }, 800, 200)).toEqual([350, 400, 450, 500, 550, 600, 700, 750]);
    // Closer where the history is short, and none where fewer than three are over.
    expect(pastOrigins({ firstStep: 0, strideSteps: 1 }, 130, 100)).toEqual([5, 10, 15, 20, 25, 30, 100, 105]);
    expect(pastOrigins({ firstStep: 0, strideSteps: 1 }, 104, 100)).toEqual([1, 2, 3, 4, 78, 79]);
    expect(pastOrigins({ firstStep: 0, strideSteps: 1 }, 103, 100)).toEqual([1, 2, 3, 77, 78]);
    expect(pastOrigins({ firstStep: 0, strideSteps: 1 }, 102, 100)).toEqual([]);
  });

  test('is what six forecasts missed by, brought up to now by the early misses', async () => {
    // The first of two experts rises by 0.001 a step: the last value misses by half a horizon and half a step, early by half a quarter.
    const rising = madeLayer(400, 2, (expert, step) => (expert === 0 ? 0.3 + step / 1000 : 0.7 - step / 1000));
    const band = await asked(rising, 'last-value', { originStep: 200, horizonSteps: 40 });
    expect(band).toMatchObject({ missing: null, resolved: 6, coverage: 0.9 });
    // The last shares are 0.499 and 0.501, where √(p (1 − p)) hardly changes.
    expect(band.interval?.upper[0]).toBeCloseTo(0.499 + 0.0205, 3);
    expect(band.interval?.lower[1]).toBeCloseTo(0.501 - 0.0205, 3);
    expect(band.width).toBeCloseTo(4.1, 1);
  });

  test('says how many experts it holds once the whole horizon is there, and holds more when it is to', async () => {
    const wide = await asked(wandering, 'sliding-average', { coverage: 0.95 });
    const narrow = await asked(wandering, 'sliding-average', { coverage: 0.5 });
    expect(wide.width).toBeGreaterThan(narrow.width);
    expect(wide.held).toBeGreaterThanOrEqual(narrow.held ?? NaN);
    expect((await asked(wandering, 'sliding-average', { originStep: 850 })).held).toBeNull();
  });

  test.each(cheapForecasters.map(({ id }) => ({ id })))('there is one of $id, inside what shares can be', async ({ id }) => {
    const { interval, missing } = await asked(wandering, id, { others: [other] });
    expect(missing).toBeNull();
    interval?.lower.forEach((low, expert) => {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(interval.upper[expert]).toBeLessThanOrEqual(1);
      expect(interval.upper[expert]).toBeGreaterThan(low);
    });
  }, 20_000);

  test.each(cheapForecasters.map(({ id }) => ({ id })))('of $id is never NaN: 30 rows, loads that stand still, dead experts, gaps', async ({ id }) => {
    const dead = madeLayer(300, 4, (expert, step) => (expert === 3 ? 0 : expert === 0 ? 1 + step / 100 : 2));
    const gaps: LayerShares = { ...wandering, steps: wandering.steps.map((step) => (step < 450 ? step : step + 300)) };
    for (const [layer, originStep, horizonSteps] of [[wanderingLayer(30, 4, 1), 24, 6], [madeLayer(300, 3, () => 1), 250, 40], [dead, 250, 40], [gaps, 800, 60]] as const) {
      const { interval, width } = await asked(layer, id, { originStep, horizonSteps });
      if (!interval) continue;
      expect([...interval.lower, ...interval.upper, width].every(Number.isFinite)).toBe(true);
      expect(interval.lower.every((low, expert) => low >= 0 && low <= interval.upper[expert] && interval.upper[expert] <= 1)).toBe(true);
    }
  }, 20_000);

  test('says why there is none', async () => {
    expect(await asked(wandering, 'sliding-average', { originStep: 102 })).toMatchObject({ interval: null, missing: 'short-history', width: NaN, held: null });
    const given = { forecaster: { kind: 'given', blocks: 1, mean: new Float64Array(5).fill(0.2) }, originStep: 600, horizonSteps: 100, coverage: 0.9, forecast: { blocks: 1, mean: new Float64Array(5).fill(0.2) } } as const;
    expect(await forecastBand(wandering, given)).toMatchObject({ interval: null, missing: 'no-past-forecasts' });
  });

  test('of a forecast made elsewhere rests on the earlier ones that came with it', async () => {
    const model = (originStep: number) => cheapForecaster('last-value').fit(historyBefore(wandering, originStep), {});
    const mean = async (originStep: number) => (await model(originStep)).forecast(100).mean;
    const pastForecasts = await Promise.all(pastOrigins({ firstStep: 0, strideSteps: 1 }, 600, 100).map(async (originStep) => ({ originStep, mean: await mean(originStep) })));
    // One of the origin itself, or of a later one, does not count.
    const later = [600, 650].map((originStep) => ({ originStep, mean: new Float64Array(5).fill(0.2) }));
    const forecast = { blocks: 1, mean: await mean(600) };
    const band = await forecastBand(wandering, { forecaster: { kind: 'given', ...forecast, pastForecasts: [...pastForecasts, ...later] }, originStep: 600, horizonSteps: 100, coverage: 0.9, forecast });
    expect({ ...band, elapsedMs: 0 }).toEqual(await asked(wandering, 'last-value'));
  });

  test('fits what takes a while where its last fit is over 300 steps ago, reports how far it is, and ends when cancelled', async () => {
    const fit = vi.spyOn(cheapForecaster('arima'), 'fit');
    const cheap = vi.spyOn(cheapForecaster('last-value'), 'fit');
    const forecast = { blocks: 1, mean: new Float64Array(5).fill(0.2) };
    const request = (id: string) => ({ forecaster: { kind: 'cheap', id, values: {} }, originStep: 600, horizonSteps: 100, coverage: 0.9, forecast }) as const;
    const done: number[] = [];
    await forecastBand(wandering, request('arima'), [], { onProgress: (progress) => done.push(progress.done) });
    await forecastBand(wandering, request('last-value'));
    // At 250 for that and the next six origins, up to 525; then at 575.
    expect(fit.mock.calls.map(([{ rows }]) => rows)).toEqual([250, 575]);
    expect(cheap).toHaveBeenCalledTimes(8);
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const controller = new AbortController();
    const work = forecastBand(wandering, request('last-value'), [], { signal: controller.signal, onProgress: ({ done: made }) => { if (made === 3) controller.abort(); } });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    fit.mockRestore();
    cheap.mockRestore();
  });
});

describe('leakage', () => {
  test.each(cheapForecasters.map(({ id, cost }) => ({ id, runs: cost === 'cheap' ? 8 : 2 })))('garbage from the origin on changes neither forecast nor band of $id', async ({ id, runs }) => {
    const drawn = { fromStep: 0, toStep: 600, experts: [0], columns: 4, smoothingSteps: 1 };
    const { pools } = cheapForecaster(id);
    const made = async (layer: LayerShares, others: readonly LayerShares[], originStep: number) => {
      const request = { forecaster: { kind: 'cheap', id, values: {} }, originStep, horizonSteps: 90, coldShare: 0, bandCoverage: 0.9, drawn } as const;
      const { mean, band } = await forecastPicture(layer, request, new Map(), pools ? others : []);
      return { mean, interval: band?.interval, width: band?.width };
    };
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 850 }), fc.nat(), async (originStep, seed) => {
        const real = await made(wandering, [other], originStep);
        expect(real.interval).not.toBeNull();
        expect(await made(spoiltLayer(wandering, originStep, random(seed)), [spoiltLayer(other, originStep, random(seed + 1))], originStep)).toEqual(real);
      }),
      { seed: 1, numRuns: runs },
    );
  }, 60_000);
});

import { describe, expect, test } from 'vitest';
import { forecastPicture, type Comparisons } from '../../../src/forecast/forecast-picture.ts';
import { layerShares, type LayerShares } from '../../../src/forecast/layer-shares.ts';
import { LayerStore } from '../../../src/forecast/layer-store.ts';
import type { ForecastRequest } from '../../../src/forecast/picture-types.ts';

/** Two experts; the first one's share is 0.25 before step 100 and 0.75 from then on; 1,000 tokens a step. */
function turning(rows: number, strideSteps = 1): LayerShares {
  const values = new Uint32Array(rows * 2);
  for (let row = 0; row < rows; row++) values.set(row * strideSteps < 100 ? [250, 750] : [750, 250], row * 2);
  return layerShares(values, Float64Array.from({ length: rows }, (_, row) => row * strideSteps), 2);
}

const average = (windowSteps: number): ForecastRequest['forecaster'] => ({ kind: 'cheap', id: 'sliding-average', values: { windowSteps } });
const request = {
  forecaster: average(50),
  originStep: 100,
  horizonSteps: 50,
  coldShare: 0.001,
  drawn: { fromStep: 0, toStep: 200, experts: [1, 0], columns: 20, smoothingSteps: 1 },
} satisfies Omit<ForecastRequest, 'fingerprint' | 'layer'>;

describe('what the Forecast cell draws', () => {
  test('a change at the origin is missed by every forecaster, and the picture says by how much', async () => {
    const picture = await forecastPicture(turning(200), request);
    expect(picture.blocks).toBe(1);
    expect([...picture.mean]).toEqual([0.25, 0.75]);
    expect([...picture.averageMean]).toEqual([0.25, 0.75]);
    expect(picture.judgedSteps).toBe(50);
    expect(picture.scores?.forecast.loadBlock).toBeCloseTo(100, 10);
    expect(picture.scores?.average.loadBlock).toBeCloseTo(100, 10);
    expect(picture.scores?.average.windowSteps).toBe(picture.averageWindowSteps);
    expect(picture.scores?.lastValue.loadPerStep).toBeCloseTo(100, 10);
    expect(picture.scores?.noiseFloor.loadBlock).toBe(0);
    expect(picture.coldExperts).toBe(0);
  });

  test('the window changes the forecast and not what it is compared with', async () => {
    const comparisons: Comparisons = new Map();
    const layer = turning(200);
    const first = await forecastPicture(layer, { ...request, originStep: 150, forecaster: average(10) }, comparisons);
    const second = await forecastPicture(layer, { ...request, originStep: 150, forecaster: average(100) }, comparisons);
    expect(first.mean[0]).toBeCloseTo(0.75, 10);
    expect(second.mean[0]).toBeCloseTo(0.5, 10);
    expect(second.scores?.average).toEqual(first.scores?.average);
    expect(second.averageMean).toEqual(first.averageMean);
    expect(second).toEqual(await forecastPicture(layer, { ...request, originStep: 150, forecaster: average(100) }));
  });

  test('many origins do not mix up their comparisons', async () => {
    const comparisons: Comparisons = new Map();
    const layer = turning(400);
    for (const originStep of [100, 110, 120, 130, 140, 150, 100]) {
      const picture = await forecastPicture(layer, { ...request, originStep }, comparisons);
      expect(picture).toEqual(await forecastPicture(layer, { ...request, originStep }));
    }
    expect(comparisons.size).toBeLessThanOrEqual(4);
  });

  test('what takes a while to fit is fitted anew for another origin or other settings, and not for another horizon', async () => {
    const layer = turning(2000);
    const fits = async (changes: object): Promise<number> => {
      const given = { ...request, originStep: 1000, forecaster: { kind: 'cheap' as const, id: 'seasonal', values: {} }, ...changes };
      let reports = 0;
      const picture = await forecastPicture(layer, given, new Map(), [], { onProgress: () => reports++ });
      expect(picture).toEqual(await forecastPicture(turning(2000), given));
      return reports / layer.experts;
    };
    expect(await fits({})).toBe(1);
    expect(await fits({ horizonSteps: 700 })).toBe(0);
    expect(await fits({ horizonSteps: 700, originStep: 900 })).toBe(1);
    expect(await fits({ horizonSteps: 700, originStep: 900, forecaster: { kind: 'cheap', id: 'seasonal', values: { blockSteps: 20 } } })).toBe(1);
  });

  test('less than a whole horizon came: judged on what is there', async () => {
    const picture = await forecastPicture(turning(120), request);
    expect(picture.judgedSteps).toBe(20);
    expect(picture.errorByStep.columnSteps[0]).toBe(100);
    expect(picture.errorByStep.forecast).toHaveLength(20);
  });

  test('nothing came yet: a forecast without scores', async () => {
    const picture = await forecastPicture(turning(100), request);
    expect(picture.judgedSteps).toBe(0);
    expect(picture.scores).toBeNull();
    expect(picture.errorByStep.forecast).toHaveLength(0);
    expect([...picture.mean]).toEqual([0.25, 0.75]);
  });

  test('errors by step are means of equal groups of steps, at most one a column', async () => {
    const { errorByStep } = await forecastPicture(turning(200), { ...request, originStep: 90, horizonSteps: 20, drawn: { ...request.drawn, columns: 4 } });
    expect([...errorByStep.columnSteps]).toEqual([90, 95, 100, 105]);
    expect([...errorByStep.forecast].map((load) => Math.round(load))).toEqual([0, 0, 100, 100]);
    expect([...errorByStep.average].map((load) => Math.round(load))).toEqual([0, 0, 100, 100]);
    // √(2/π) · 2 · √(0.5 · 0.5 / 1,000) with shares 0.5 over this horizon
    expect(errorByStep.noiseFloor[0]).toBeCloseTo(2.523, 3);
  });

  test('lines show history and truth of the drawn experts', async () => {
    const { lines } = await forecastPicture(turning(200), request);
    expect([...lines.columnSteps.subarray(0, 3)]).toEqual([0, 10, 20]);
    expect([lines.mean[0], lines.mean[19], lines.mean[20], lines.mean[39]]).toEqual([0.75, 0.25, 0.25, 0.75]);
  });

  test('every tenth step recorded: window and horizon are steps', async () => {
    const picture = await forecastPicture(turning(40, 10), { ...request, originStep: 150, forecaster: average(100) });
    expect(picture.mean[0]).toBeCloseTo(0.5, 10);
    expect(picture.judgedSteps).toBe(50);
    expect(picture.errorByStep.columnSteps).toHaveLength(5);
  });

  test('a forecast made elsewhere is judged like any other, and brought onto the simplex', async () => {
    const given = { kind: 'given' as const, blocks: 2, mean: Float64Array.of(0.25, 0.75, 3, 1) };
    const picture = await forecastPicture(turning(200), { ...request, originStep: 75, forecaster: given });
    expect(picture.blocks).toBe(2);
    expect([...picture.mean]).toEqual([0.25, 0.75, 0.75, 0.25]);
    expect(picture.scores?.forecast.loadPerStep).toBeCloseTo(0, 10);
  });

  test('a forecast of another shape, an empty horizon and an unknown expert are refused', async () => {
    const refused = (changes: object): Promise<unknown> => forecastPicture(turning(200), { ...request, ...changes }).catch((error: unknown) => error);
    expect(await refused({ forecaster: { kind: 'given', blocks: 1, mean: Float64Array.of(1) } })).toMatchObject({ code: 'bad-setting', where: 'forecast' });
    expect(await refused({ horizonSteps: 0 })).toMatchObject({ code: 'bad-setting', where: 'horizon' });
    expect(await refused({ originStep: 0 })).toMatchObject({ code: 'bad-setting', where: 'origin' });
    expect(await refused({ drawn: { ...request.drawn, experts: [5] } })).toMatchObject({ code: 'bad-setting', where: 'experts' });
  });

  test('one row, constant shares, dead experts and rows without tokens give numbers', async () => {
    const drawn = { ...request.drawn, experts: [0] };
    const one = await forecastPicture(layerShares(Uint32Array.of(3, 1), Float64Array.of(7), 2), { ...request, originStep: 8, drawn });
    expect([...one.mean]).toEqual([0.75, 0.25]);
    const silent = layerShares(new Uint32Array(600), Float64Array.from({ length: 200 }, (_, row) => row), 3);
    const dead = await forecastPicture(silent, { ...request, drawn });
    expect(dead.mean[0]).toBeCloseTo(1 / 3, 7);
    expect(dead.scores?.forecast.loadBlock).toBeCloseTo(0, 5);
    expect(dead.scores?.noiseFloor.loadPerStep).toBeNaN();
    const collapsed = layerShares(Uint32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 9 : 0)), Float64Array.from({ length: 200 }, (_, row) => row), 2);
    const picture = await forecastPicture(collapsed, { ...request, drawn });
    expect(picture.coldExperts).toBe(1);
    expect(picture.scores?.forecast.relativeBlock).toBe(0);
  });
});

describe('kept layers', () => {
  const layer = turning(100);
  // 100 steps and tokens of 8 bytes, 200 shares of 4, 202 sums of 8.
  const bytes = 100 * 16 + 200 * 4 + 202 * 8;

  test('the one unused for longest goes when there is no room', () => {
    const store = new LayerStore(2 * bytes);
    store.put('a', 0, layer);
    store.put('a', 1, layer);
    store.get('a', 0);
    store.put('a', 2, layer);
    expect([0, 1, 2].map((number) => store.has('a', number))).toEqual([true, false, true]);
  });

  test('one that is larger than the room is kept alone', () => {
    const store = new LayerStore(1);
    store.put('a', 0, layer);
    store.put('a', 1, layer);
    expect([store.has('a', 0), store.has('a', 1)]).toEqual([false, true]);
  });

  test('of another trace are not mixed up, and one that was not loaded is refused', () => {
    const store = new LayerStore();
    store.put('a', 0, layer);
    expect(() => store.get('b', 0)).toThrowError('layer 0 is not loaded');
  });
});

/** The recorded traces: numbers found with plain scripts when they were recorded (origins 2,000 to 7,000 every 250, horizon 1,000). */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { backtest, type OriginScores } from '../../../src/forecast/backtest.ts';
import type { ParameterValues } from '../../../src/forecast/contract.ts';
import { layerShares, type LayerShares } from '../../../src/forecast/layer-shares.ts';
import { cheapForecaster } from '../../../src/forecast/registry.ts';
import { noiseFloor } from '../../../src/forecast/scores.ts';
import { truthFrom } from '../../../src/forecast/truth.ts';
import { npzReader } from '../../../src/trace/formats/numpy/npz.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';

const settings = { firstOriginStep: 2000, lastOriginStep: 7000, everySteps: 250, horizonSteps: 1000, coldShare: 0.001 };

/** Load error of the horizon's mean, %, mean over origins and layers. */
async function loadError(layers: readonly LayerShares[], id: string, values: ParameterValues, everySteps = settings.everySteps): Promise<number> {
  const found: OriginScores[] = [];
  const forecaster = cheapForecaster(id);
  for (const layer of layers) {
    const others = forecaster.pools ? layers.filter((other) => other !== layer) : [];
    for await (const one of backtest(layer, forecaster, values, { ...settings, everySteps }, { others })) found.push(one);
  }
  expect(found).toHaveLength((5000 / everySteps + 1) * layers.length);
  return found.reduce((sum, { scores }) => sum + scores.loadBlock, 0) / found.length;
}

const rounded = (percent: number): number => Math.round(100 * percent) / 100;

describe.each([
  {
    name: 'gpt-moe-125m-16e', floor: 0.52, chosen: 1.43, holt: 1.4, plain: 1.35, reverting: 1.28, combined: 1.25,
    byWindow: { 10: 9.08, 50: 4.09, 100: 2.83, 200: 2.04, 500: 1.51, 1000: 1.41, 2000: 1.66 },
  },
  {
    name: 'gpt-moe-small-8e-top1', floor: 0.45, chosen: 4.94, holt: 4.7, plain: 4.85, reverting: 4.87, combined: 4.65,
    byWindow: { 10: 11.69, 50: 6.69, 100: 5.45, 200: 4.93, 500: 5.33, 1000: 6.78, 2000: 10.6 },
  },
  {
    name: 'gpt-moe-small-64e-top6-lossfree', floor: 0.76, chosen: 2.94, holt: 2.67, plain: 2.6, reverting: 1.84, combined: 1.87,
    byWindow: { 10: 12.2, 50: 6.69, 100: 5.11, 200: 3.89, 500: 3.03, 1000: 2.81, 2000: 3.05 },
  },
])('$name', ({ name, floor, chosen, holt, plain, reverting, combined, byWindow }) => {
  let layers: readonly LayerShares[] = [];

  beforeAll(async () => {
    const bytes = await readFile(new URL(`../../../samples/${name}.npz`, import.meta.url));
    const { trace } = await npzReader.read(bytesSource(new Uint8Array(bytes), `${name}.npz`), {});
    layers = trace.layers.map(({ values, experts }) => layerShares(values, trace.steps, experts));
  });

  test.each(Object.entries(byWindow))('the average of %s steps errs by %d %%', async (windowSteps, expected) => {
    expect(rounded(await loadError(layers, 'sliding-average', { windowSteps: Number(windowSteps) }))).toBe(expected);
  });

  test(`the average with its window chosen on the past errs by at most ${chosen} %`, async () => {
    expect(await loadError(layers, 'chosen-average', {})).toBeLessThanOrEqual(chosen);
  });

  test(`damped Holt with its settings chosen on the past errs by at most ${holt} %`, async () => {
    expect(rounded(await loadError(layers, 'chosen-holt', {}))).toBeLessThanOrEqual(holt);
  });

  test(`the ridge on averages errs by ${plain} %, with reversion to equal shares by ${reverting} %`, async () => {
    expect(rounded(await loadError(layers, 'ridge', { reversion: 'none' }))).toBe(plain);
    expect(rounded(await loadError(layers, 'ridge', {}))).toBe(reverting);
  });

  test(`the combination errs by at most ${combined} %, origins every 1,000`, async () => {
    expect(rounded(await loadError(layers, 'combination', {}, 1000))).toBeLessThanOrEqual(combined);
  });

  test(`half the difference of odd and even steps is ${floor} %`, () => {
    let sum = 0;
    let count = 0;
    for (const layer of layers) {
      for (let origin = 2000; origin <= 7000; origin += 250) {
        const truth = truthFrom(layer, origin, 1000, 0.001);
        sum += truth ? noiseFloor(truth).scores.loadBlock : NaN;
        count++;
      }
    }
    expect(rounded(sum / count)).toBe(floor);
  });
});

/** What holds for every forecaster that needs no training, whatever the trace. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Forecaster, ParameterValues } from '../../../src/forecast/contract.ts';
import { forecastPicture } from '../../../src/forecast/forecast-picture.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { cheapForecasters } from '../../../src/forecast/registry.ts';
import { random } from '../../../src/random.ts';
import { madeLayer, meanAhead } from './layers.ts';

interface Scene {
  /** Values of the layer and of the trace's other layers, `[rows][experts]`. */
  readonly layers: readonly { readonly experts: number; readonly values: Uint32Array }[];
  readonly steps: Float64Array;
  readonly known: number;
  readonly originStep: number;
  readonly horizonSteps: number;
  readonly garbage: () => number;
}

/** Layers of any shape with an origin in them: even or uneven steps, a gap, dead experts, nothing but zeros. */
const scene: fc.Arbitrary<Scene> = fc
  .record({
    rows: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 600 })),
    experts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    strideSteps: fc.constantFrom(1, 7, 10, 60),
    gap: fc.record({ at: fc.nat(600), steps: fc.constantFrom(0, 0, 500, 100_000) }),
    uneven: fc.boolean(),
    seed: fc.nat(),
    origin: fc.double({ min: 0, max: 1, noNaN: true }),
    largest: fc.constantFrom(0, 1, 1000),
    horizonSteps: fc.integer({ min: 1, max: 3000 }),
  })
  .map(({ rows, experts, strideSteps, gap, uneven, seed, origin, largest, horizonSteps }) => {
    const next = random(seed);
    const known = 1 + Math.floor(origin * (rows - 1));
    let step = 50;
    const steps = Float64Array.from({ length: rows }, (_, row) => {
      if (row > 0) step += strideSteps * (uneven ? 1 + Math.floor(3 * next()) : 1) + (row === gap.at ? gap.steps : 0);
      return step;
    });
    const layers = experts.map((count) => {
      const dead = Math.floor(next() * 2 * count);
      return { experts: count, values: Uint32Array.from({ length: rows * count }, (_, i) => (i % count === dead ? 0 : Math.floor(next() * (largest + 1)))) };
    });
    return { layers, steps, known, horizonSteps, originStep: steps[known - 1] + 1, garbage: random(seed + 1) };
  });

/** Any values of a forecaster's parameters. */
function valuesOf({ parameters }: Forecaster): fc.Arbitrary<ParameterValues> {
  return fc.record(Object.fromEntries(parameters.map((parameter): [string, fc.Arbitrary<number | string>] => {
    if (parameter.kind === 'choice') return [parameter.id, fc.constantFrom(...parameter.choices.map(({ value }) => value))];
    const { minimum, maximum } = parameter;
    return [parameter.id, parameter.kind === 'integer' ? fc.integer({ min: minimum, max: Math.min(maximum, 3000) }) : fc.double({ min: minimum, max: maximum, noNaN: true })];
  })));
}

async function sceneForecast(forecaster: Forecaster, values: ParameterValues, { layers, steps, originStep, horizonSteps }: Pick<Scene, 'layers' | 'steps' | 'originStep' | 'horizonSteps'>): Promise<Float64Array> {
  const [layer, ...others] = layers.map((one) => layerShares(one.values, steps, one.experts));
  const model = await forecaster.fit(historyBefore(layer, originStep, others), values);
  return model.forecast(horizonSteps).mean;
}

/** The scene with other values after the origin. */
function spoilt(one: Scene): Scene {
  const { known, garbage } = one;
  return { ...one, layers: one.layers.map(({ experts, values }) => ({ experts, values: values.map((value, i) => (i < known * experts ? value : Math.floor(garbage() * 1e6))) })) };
}

/** The scene without anything after the origin. */
function cut(one: Scene): Scene {
  const { known } = one;
  return { ...one, steps: one.steps.slice(0, known), layers: one.layers.map(({ experts, values }) => ({ experts, values: values.slice(0, known * experts) })) };
}

describe('every forecaster', () => {
  test.each(cheapForecasters)('$id: garbage from the origin on, or nothing there, changes no forecast', async (forecaster) => {
    await fc.assert(
      fc.asyncProperty(scene, valuesOf(forecaster), async (one, values) => {
        const real = await sceneForecast(forecaster, values, one);
        expect(await sceneForecast(forecaster, values, spoilt(one))).toEqual(real);
        expect(await sceneForecast(forecaster, values, cut(one))).toEqual(real);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test.each(cheapForecasters)('$id: forecasts lie on the simplex', async (forecaster) => {
    await fc.assert(
      fc.asyncProperty(scene, valuesOf(forecaster), async (one, values) => {
        const mean = await sceneForecast(forecaster, values, one);
        expect(mean).toHaveLength(one.layers[0].experts);
        expect(mean.every((share) => share >= 0)).toBe(true);
        expect(mean.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test.each(cheapForecasters)('$id: shares that never change stay, a dead expert at 0, after 1, 30 or 20,000 rows', async (forecaster) => {
    for (const rows of [1, 30, 2000, 20_000]) {
      const still = layerShares(Uint32Array.from({ length: rows * 3 }, (_, i) => [600, 400, 0][i % 3]), Float64Array.from({ length: rows }, (_, row) => row), 3);
      const mean = await meanAhead(forecaster, still, rows, 1000);
      [0.6, 0.4, 0].forEach((share, expert) => expect(mean[expert]).toBeCloseTo(share, 6));
    }
  });

  test.each(cheapForecasters)('$id: 30 noisy rows give no forecast far from their mean', async (forecaster) => {
    const noisy = madeLayer(30, 2, (expert) => (expert === 0 ? 0.4 : 0.6), { noise: 0.05, seed: 9 });
    // A single row is two or three deviations off at most.
    expect((await meanAhead(forecaster, noisy, 30, 2000))[0]).toBeGreaterThan(0.25);
    expect((await meanAhead(forecaster, noisy, 30, 2000))[0]).toBeLessThan(0.55);
  });

  test.each(cheapForecasters)('$id: values that a parameter cannot have are refused', (forecaster) => {
    const history = historyBefore(madeLayer(2, 2, () => 1), 2);
    for (const parameter of forecaster.parameters) {
      const bad = parameter.kind === 'choice' ? ['no such choice', 1] : [parameter.minimum - 1, NaN, 'long'];
      for (const value of bad) expect(() => forecaster.fit(history, { [parameter.id]: value })).toThrow(expect.objectContaining({ code: 'bad-setting' }));
    }
  });

  test('what the Forecast cell compares with does not see past the origin either', async () => {
    await fc.assert(
      fc.asyncProperty(scene, fc.integer({ min: 1, max: 3000 }), async (one, windowSteps) => {
        const { originStep, horizonSteps } = one;
        const request = {
          forecaster: { kind: 'cheap' as const, id: 'sliding-average', values: { windowSteps } },
          originStep, horizonSteps, coldShare: 0.001,
          drawn: { fromStep: 50, toStep: 51, experts: [0], columns: 10, smoothingSteps: 1 },
        };
        const pictureOf = ({ layers: [layer], steps }: Scene): ReturnType<typeof forecastPicture> => forecastPicture(layerShares(layer.values, steps, layer.experts), request);
        const real = await pictureOf(one);
        const other = await pictureOf(spoilt(one));
        expect(other.mean).toEqual(real.mean);
        expect(other.averageMean).toEqual(real.averageMean);
        expect(other.averageWindowSteps).toBe(real.averageWindowSteps);
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});

/** Layers of any shape, and any settings of a forecaster, for what must hold always. */
import fc from 'fast-check';
import type { Forecaster, Model, ParameterValues } from '../../../src/forecast/contract.ts';
import { historyBefore } from '../../../src/forecast/history.ts';
import { layerShares } from '../../../src/forecast/layer-shares.ts';
import { random } from '../../../src/random.ts';

export interface Scene {
  /** Values of the layer and of the trace's other layers, `[rows][experts]`. */
  readonly layers: readonly { readonly experts: number; readonly values: Uint32Array }[];
  readonly steps: Float64Array;
  readonly known: number;
  readonly originStep: number;
  readonly horizonSteps: number;
  readonly garbage: () => number;
}

/** Layers of any shape with an origin in them: even or uneven steps, a gap, dead experts, nothing but zeros. */
export const scene: fc.Arbitrary<Scene> = fc
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
export function valuesOf({ parameters }: Forecaster): fc.Arbitrary<ParameterValues> {
  return fc.record(Object.fromEntries(parameters.map((parameter): [string, fc.Arbitrary<number | string>] => {
    if (parameter.kind === 'choice') return [parameter.id, fc.constantFrom(...parameter.choices.map(({ value }) => value))];
    const { minimum, maximum } = parameter;
    return [parameter.id, parameter.kind === 'integer' ? fc.integer({ min: minimum, max: Math.min(maximum, 3000) }) : fc.double({ min: minimum, max: maximum, noNaN: true })];
  })));
}

export async function sceneForecast(forecaster: Forecaster, values: ParameterValues, { layers, steps, originStep, horizonSteps }: Pick<Scene, 'layers' | 'steps' | 'originStep' | 'horizonSteps'>): Promise<Float64Array> {
  const [layer, ...others] = layers.map((one) => layerShares(one.values, steps, one.experts));
  const model = await forecaster.fit(historyBefore(layer, originStep, others), values);
  return model.forecast(horizonSteps).mean;
}

/**
 * A model that was fitted at the first of earlier origins and has taken in what came up to each of the others, the scene's
 * origin at last; null where the forecaster cannot.
 * @param parts of the known rows that the earlier origins know, ascending
 */
export async function updatedForecast(forecaster: Forecaster, values: ParameterValues, { layers, steps, known, originStep, horizonSteps }: Scene, parts: readonly number[]): Promise<Float64Array | null> {
  const [layer, ...others] = layers.map((one) => layerShares(one.values, steps, one.experts));
  const origins = [...parts.map((part) => steps[Math.floor(part * (known - 1))] + 1), originStep];
  let model: Model | null = null;
  for (const origin of origins) {
    const history = historyBefore(layer, origin, others);
    if (!model) model = await forecaster.fit(history, values);
    else if (model.update) model.update(history);
    else return null;
  }
  return model && model.forecast(horizonSteps).mean;
}

/** The scene with other values after the origin. */
export function spoilt(one: Scene): Scene {
  const { known, garbage } = one;
  return { ...one, layers: one.layers.map(({ experts, values }) => ({ experts, values: values.map((value, i) => (i < known * experts ? value : Math.floor(garbage() * 1e6))) })) };
}

/** The scene without anything after the origin. */
export function cut(one: Scene): Scene {
  const { known } = one;
  return { ...one, steps: one.steps.slice(0, known), layers: one.layers.map(({ experts, values }) => ({ experts, values: values.slice(0, known * experts) })) };
}
